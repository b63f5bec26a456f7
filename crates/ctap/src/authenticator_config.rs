//! authenticatorConfig, 0x0D (CTAP 2.3 §6.11). Its response has no members.

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
};
use ciborium::Value;

/// The request map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub sub_command: u64,
    /// 0x02, of setMinPINLength; those of other subcommands are not read.
    pub params: Option<Params>,
    /// 0x02 as it stood on the wire: what `pin_uv_auth_param` is computed over. Empty where absent; `encode`
    /// writes `params`, whose bytes are [`Params::encode`].
    pub raw_params: Vec<u8>,
    /// 0x03
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x04
    pub pin_uv_auth_param: Option<Vec<u8>>,
}

/// The subCommandParams map of setMinPINLength (§6.11.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// 0x01, in code points.
    pub new_min_pin_length: Option<u64>,
    /// 0x02
    pub min_pin_length_rp_ids: Option<Vec<String>>,
    /// 0x03
    pub force_change_pin: Option<bool>,
    /// 0x04
    pub pin_complexity_policy: Option<bool>,
}

/// The subcommands (§6.11), by their numbers.
pub mod sub_command {
    /// enableEnterpriseAttestation
    pub const ENABLE_ENTERPRISE_ATTESTATION: u64 = 0x01;
    /// toggleAlwaysUv
    pub const TOGGLE_ALWAYS_UV: u64 = 0x02;
    /// setMinPINLength
    pub const SET_MIN_PIN_LENGTH: u64 = 0x03;
    /// enableLongTouchForReset
    pub const ENABLE_LONG_TOUCH_FOR_RESET: u64 = 0x04;
    /// vendorPrototype
    pub const VENDOR_PROTOTYPE: u64 = 0xFF;
}

impl Request {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        let sub_command = map.required(0x01)?;
        let params: Option<Value> = map.optional(0x02)?;
        Ok(Self {
            sub_command,
            pin_uv_auth_protocol: map.optional(0x03)?,
            pin_uv_auth_param: map.optional(0x04)?,
            // What was decoded was canonical, so encoding it again gives the bytes that stood there.
            raw_params: params.as_ref().map(cbor::encode).unwrap_or_default(),
            params: params
                .filter(|_| sub_command == sub_command::SET_MIN_PIN_LENGTH)
                .map(Params::from_value)
                .transpose()?,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let request = self.clone();
        Entries::default()
            .with(0x01, request.sub_command)
            .with_optional(0x02, request.params)
            .with_optional(0x03, request.pin_uv_auth_protocol)
            .with_optional(0x04, request.pin_uv_auth_param)
            .encode()
    }
}

impl Params {
    /// The member as it will stand on the wire.
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(&self.clone().into_value())
    }
}

impl Member for Params {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            new_min_pin_length: map.optional(0x01)?,
            min_pin_length_rp_ids: map.optional(0x02)?,
            force_change_pin: map.optional(0x03)?,
            pin_complexity_policy: map.optional(0x04)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional(0x01, self.new_min_pin_length)
            .with_optional(0x02, self.min_pin_length_rp_ids)
            .with_optional(0x03, self.force_change_pin)
            .with_optional(0x04, self.pin_complexity_policy)
            .into_value()
    }
}
