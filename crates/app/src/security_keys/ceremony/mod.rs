//! `key register`, `key authenticate`: a ceremony with a site that does not exist, and what the key answered, taken apart
//! and verified as a site would.

mod attestation;
mod authenticate;
mod register;
mod salt;

pub use attestation::{AttestationKind, KeyAttestation};
pub use authenticate::{KeyAssertion, SignInWishes};
pub use register::{CeremonyWishes, KeyRegistration};
pub use salt::Salt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ctap::auth_data::{AuthenticatorData, Flags as Bits};
use security_key::{Permissions, Token, Verification};
use serde::Serialize;
use specta::Type;
use webauthn::{
    client::Capabilities,
    verify::{AttestationPolicy, CounterPolicy, Outcome, Policy, Verdict},
};

use super::OpenKey;
use crate::error::{AppError, Code, sentence};

/// No name under .invalid is ever anybody's (RFC 2606 §2).
pub const TEST_SITE: &str = "latchkey-test.invalid";

/// The flags that a key signs (WebAuthn §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFlags {
    /// UP: somebody touched it.
    pub user_present: bool,
    /// UV: it was its owner.
    pub user_verified: bool,
    /// BE: the passkey may be copied to other devices.
    pub backup_eligible: bool,
    /// BS: it is.
    pub backup_state: bool,
}

/// One thing that a site verifies (WebAuthn §7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedStep {
    /// A stable word.
    pub id: String,
    /// Where it stands in WebAuthn Level 3, such as `7.1.9`.
    pub section: String,
    /// What is verified.
    pub title: String,
    /// `pass`, `fail`, `skip` or `warn`.
    pub outcome: String,
    /// The values, and what is wrong with them.
    pub detail: String,
}

impl From<Bits> for KeyFlags {
    fn from(flags: Bits) -> Self {
        Self {
            user_present: flags.has(Bits::UP),
            user_verified: flags.has(Bits::UV),
            backup_eligible: flags.has(Bits::BE),
            backup_state: flags.has(Bits::BS),
        }
    }
}

/// How the person is verified in one ceremony.
enum Owner {
    /// By the key itself, or not at all: the request's options say which.
    AskedOfKey,
    /// By a token for the PIN.
    Token(Token),
}

impl Owner {
    fn param(&self, hash: &[u8; 32]) -> Option<Vec<u8>> {
        match self {
            Self::AskedOfKey => None,
            Self::Token(token) => Some(token.prove(hash)),
        }
    }

    fn protocol(&self) -> Option<u64> {
        match self {
            Self::AskedOfKey => None,
            Self::Token(token) => Some(token.protocol()),
        }
    }
}

impl OpenKey {
    fn capabilities(&self, verification: bool) -> Capabilities {
        let option = |name: &str| self.info.options.iter().any(|(id, set)| id == name && *set);
        let verifies = Verification::of(&self.info) != Verification::None;
        Capabilities { discoverable: option("rk"), user_verification: verification && verifies }
    }

    async fn owner(
        &mut self,
        verification: bool,
        permissions: Permissions,
        rp_id: &str,
    ) -> Result<Owner, AppError> {
        if !verification || Verification::of(&self.info) != Verification::Pin {
            return Ok(Owner::AskedOfKey);
        }
        let proof = self.proof()?;
        match self.session.token(&self.info, &proof, permissions, Some(rp_id)).await {
            Ok(token) => Ok(Owner::Token(token)),
            Err(error) => Err(self.failed("checking its PIN", error).await),
        }
    }

    /// Whether it states an extension.
    fn extends(&self, extension: &str) -> bool {
        self.info.extensions.iter().any(|stated| stated == extension)
    }

    fn require(&self, extension: &'static str) -> Result<(), AppError> {
        if self.extends(extension) {
            return Ok(());
        }
        Err(AppError::new(
            Code::Usage,
            format!("The key does not know the extension {extension}."),
            "latchkey key info shows which it knows.",
        ))
    }
}

fn origin(rp_id: &str) -> String {
    format!("https://{rp_id}")
}

fn policy(rp_id: &str, challenge: &[u8], algorithms: &[i64]) -> Policy {
    Policy {
        rp_id: rp_id.to_owned(),
        origins: vec![origin(rp_id)],
        challenge: challenge.to_vec().into(),
        require_user_verification: false,
        require_user_presence: true,
        algorithms: algorithms.to_vec(),
        allow_cross_origin: false,
        top_origins: Vec::new(),
        allow_credentials: Vec::new(),
        require_user_handle: false,
        attestation: AttestationPolicy::Any,
        trust_anchors: Vec::new(),
        counter: CounterPolicy::Warn,
    }
}

fn steps(verdict: Verdict) -> Vec<VerifiedStep> {
    let word = |outcome: Outcome| match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Skip => "skip",
        Outcome::Warn => "warn",
    };
    let step = |step: webauthn::verify::Step| VerifiedStep {
        id: step.id,
        section: step.section,
        title: step.title,
        outcome: word(step.outcome).to_owned(),
        detail: step.detail,
    };
    verdict.steps.into_iter().map(step).collect()
}

fn signed_data(doing: &str, bytes: &[u8]) -> Result<AuthenticatorData, AppError> {
    AuthenticatorData::decode(bytes).map_err(|status| AppError::of_status(doing, status))
}

fn refused(error: webauthn::client::Error) -> AppError {
    AppError::new(Code::Usage, sentence(&error), "Name a site as in example.org, without https://.")
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of an id or a key, as faces show them.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn random() -> Result<[u8; 32], AppError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::plain(Code::Failed, format!("The operating system gives no randomness: {error}."))
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
