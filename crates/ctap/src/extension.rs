//! Extension inputs and outputs (CTAP 2.3 §12). Extensions that are not known are ignored.

use crate::{cose, pin_protocol::Version};

/// What a platform asks of makeCredential (map of text keys).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakeCredentialInputs {
    /// `credProtect` (§12.1): 1, 2 or 3; other values are refused when decoded.
    pub cred_protect: Option<CredProtect>,
    /// `hmac-secret` (§12.7): true to have the credential carry seeds.
    pub hmac_secret: Option<bool>,
}

/// What makeCredential answers, inside the authenticator data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakeCredentialOutputs {
    /// The policy that was set.
    pub cred_protect: Option<CredProtect>,
    /// Whether seeds were made.
    pub hmac_secret: Option<bool>,
}

/// What a platform asks of getAssertion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetAssertionInputs {
    /// `hmac-secret` (§12.7).
    pub hmac_secret: Option<HmacSecretInput>,
}

/// What getAssertion answers, inside the authenticator data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetAssertionOutputs {
    /// The encrypted outputs of `hmac-secret`.
    pub hmac_secret: Option<Vec<u8>>,
}

/// The input map of `hmac-secret`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HmacSecretInput {
    /// 0x01: the platform's key agreement key.
    pub key_agreement: cose::PublicKey,
    /// 0x02: the encrypted salts.
    pub salt_enc: Vec<u8>,
    /// 0x03: their proof.
    pub salt_auth: Vec<u8>,
    /// 0x04: the PIN/UV protocol; one where absent.
    pub pin_uv_auth_protocol: Option<Version>,
}

/// The `credProtect` levels (§12.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum CredProtect {
    /// 0x01
    #[default]
    UserVerificationOptional = 1,
    /// 0x02: found without verification only by its id.
    UserVerificationOptionalWithCredentialIdList = 2,
    /// 0x03
    UserVerificationRequired = 3,
}
