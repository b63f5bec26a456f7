use secrecy::SecretString;

use crate::error::AppError;

/// What has to be typed in the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// Nothing.
    None,
    /// The vault's passphrase.
    Passphrase,
    /// The key's own PIN.
    Pin,
}

/// What proves, at one key, that the person is its owner.
pub trait Proof: Send + Sync {
    /// What has to be typed now; `None` where approving is proof enough.
    fn needed(&self) -> SecretKind;

    /// Whether it is a touch of the key's fingerprint sensor, and nothing is typed; the key itself knows its
    /// fingers.
    fn by_sensor(&self) -> bool {
        false
    }

    /// Whether `secret` is right. May block.
    ///
    /// # Errors
    /// Where it could not be checked at all.
    fn verify(&self, kind: SecretKind, secret: &SecretString) -> Result<bool, AppError>;
}
