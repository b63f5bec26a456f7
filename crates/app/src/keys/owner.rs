use authenticator::{Profile, platform::Store};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::{path::PathBuf, sync::Arc};
use subtle::ConstantTimeEq;

use crate::{
    error::{AppError, Code},
    prompts::{Proof, SecretKind},
    settings::{Settings, Verification},
};

/// What proves the owner of a virtual key: its PIN where it has one, else what the person chose for the
/// vault, else, for a key in memory, that somebody approves.
pub(super) struct Owner {
    store: Arc<dyn Store>,
    vault: Option<::vault::Vault>,
    folder: PathBuf,
    sensor: bool,
}

impl Owner {
    pub(super) fn new(
        store: Arc<dyn Store>,
        vault: Option<::vault::Vault>,
        folder: PathBuf,
        profile: &Profile,
    ) -> Self {
        let sensor = profile.verification == authenticator::profile::Verification::Fingerprint;
        Self { store, vault, folder, sensor }
    }
}

impl Proof for Owner {
    fn needed(&self) -> SecretKind {
        if self.store.state().is_ok_and(|state| state.pin.is_some()) {
            return SecretKind::Pin;
        }
        // Settings that cannot be read must not make proof easier.
        let chosen = Settings::load(&self.folder).unwrap_or_default().verification;
        match (&self.vault, chosen) {
            (Some(_), Verification::Passphrase) => SecretKind::Passphrase,
            _ => SecretKind::None,
        }
    }

    fn by_sensor(&self) -> bool {
        self.sensor
    }

    fn verify(&self, kind: SecretKind, secret: &SecretString) -> Result<bool, AppError> {
        match kind {
            SecretKind::None => Ok(true),
            SecretKind::Passphrase => self
                .vault
                .as_ref()
                .map_or(Ok(false), |vault| vault.verify_passphrase(secret).map_err(crate::vault::explain)),
            SecretKind::Pin => self.is_pin(secret),
        }
    }
}

impl Owner {
    /// LEFT(SHA-256(PIN), 16), as clientPIN stores it (CTAP 2.3 §6.5.5.5).
    fn is_pin(&self, secret: &SecretString) -> Result<bool, AppError> {
        let state = self
            .store
            .state()
            .map_err(|_| AppError::plain(Code::Failed, "The key's PIN cannot be read from the vault."))?;
        let hash = Sha256::digest(secret.expose_secret().as_bytes());
        Ok(state
            .pin
            .as_ref()
            .is_some_and(|pin| hash.iter().take(16).copied().collect::<Vec<_>>().ct_eq(&pin.hash).into()))
    }
}
