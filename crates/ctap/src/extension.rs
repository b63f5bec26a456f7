//! Extension inputs and outputs (CTAP 2.3 §12). Extensions that are not known are ignored.

use crate::{
    Status,
    cbor::{Entries, Map, Member},
    cose,
    pin_protocol::Version,
};
use ciborium::Value;

/// What a platform asks of makeCredential (map of text keys).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakeCredentialInputs {
    /// `credProtect` (§12.1): 1, 2 or 3; other values are refused when decoded.
    pub cred_protect: Option<CredProtect>,
    /// `hmac-secret` (§12.7): true to have the credential carry seeds; false asks for nothing and is
    /// decoded as absent.
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

impl MakeCredentialOutputs {
    /// The extension map of authenticator data; `None` where there is nothing to say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let map = Entries::default()
            .with_optional(CRED_PROTECT, self.cred_protect)
            .with_optional(HMAC_SECRET, self.hmac_secret);
        (!map.is_empty()).then(|| map.encode())
    }

    /// Reads the extension map of authenticator data.
    ///
    /// # Errors
    /// `INVALID_CBOR`, `CBOR_UNEXPECTED_TYPE`, or `INVALID_PARAMETER` for a level that does not exist.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        Ok(Self { cred_protect: map.optional(CRED_PROTECT)?, hmac_secret: map.optional(HMAC_SECRET)? })
    }
}

impl GetAssertionOutputs {
    /// The extension map of authenticator data; `None` where there is nothing to say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let output = self.hmac_secret.clone()?;
        Some(Entries::default().with(HMAC_SECRET, output).encode())
    }

    /// Reads the extension map of authenticator data.
    ///
    /// # Errors
    /// `INVALID_CBOR` or `CBOR_UNEXPECTED_TYPE`.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        Ok(Self { hmac_secret: Map::decode(bytes)?.optional(HMAC_SECRET)? })
    }
}

impl Member for MakeCredentialInputs {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            cred_protect: map.optional(CRED_PROTECT)?,
            hmac_secret: map.optional(HMAC_SECRET)?.filter(|asked| *asked),
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional(CRED_PROTECT, self.cred_protect)
            .with_optional(HMAC_SECRET, self.hmac_secret)
            .into_value()
    }
}

impl Member for GetAssertionInputs {
    fn from_value(value: Value) -> Result<Self, Status> {
        Ok(Self { hmac_secret: Map::from_value(value)?.optional(HMAC_SECRET)? })
    }

    fn into_value(self) -> Value {
        Entries::default().with_optional(HMAC_SECRET, self.hmac_secret).into_value()
    }
}

impl Member for HmacSecretInput {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            key_agreement: map.required(0x01)?,
            salt_enc: map.required(0x02)?,
            salt_auth: map.required(0x03)?,
            pin_uv_auth_protocol: map.optional(0x04)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with(0x01, self.key_agreement)
            .with(0x02, self.salt_enc)
            .with(0x03, self.salt_auth)
            .with_optional(0x04, self.pin_uv_auth_protocol)
            .into_value()
    }
}

impl Member for CredProtect {
    fn from_value(value: Value) -> Result<Self, Status> {
        match u64::from_value(value)? {
            1 => Ok(Self::UserVerificationOptional),
            2 => Ok(Self::UserVerificationOptionalWithCredentialIdList),
            3 => Ok(Self::UserVerificationRequired),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    fn into_value(self) -> Value {
        (self as u64).into_value()
    }
}

impl Member for Version {
    fn from_value(value: Value) -> Result<Self, Status> {
        Self::from_number(u64::from_value(value)?).ok_or(Status::INVALID_PARAMETER)
    }

    fn into_value(self) -> Value {
        (self as u64).into_value()
    }
}

const CRED_PROTECT: &str = "credProtect";
const HMAC_SECRET: &str = "hmac-secret";

/// The extensions member of a request, absent where nothing is asked.
pub(crate) fn member<T: Member + Default + PartialEq>(inputs: T) -> Option<T> {
    (inputs != T::default()).then_some(inputs)
}
