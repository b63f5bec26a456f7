use crate::{
    Status,
    cbor::{Entries, Map, Member},
    cose,
    pin_protocol::Version,
};
use ciborium::Value;

/// The input map of `hmac-secret` in getAssertion (§12.7) and of `hmac-secret-mc` (§12.8).
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

impl Member for Version {
    fn from_value(value: Value) -> Result<Self, Status> {
        Self::from_number(u64::from_value(value)?).ok_or(Status::INVALID_PARAMETER)
    }

    fn into_value(self) -> Value {
        (self as u64).into_value()
    }
}
