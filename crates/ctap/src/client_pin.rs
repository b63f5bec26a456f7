//! authenticatorClientPIN, 0x06 (CTAP 2.3 §6.5.5).

use crate::{
    Status,
    cbor::{Entries, Map},
    cose,
};

/// The request map, members as sent: which of them a subcommand needs is decided by its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x02
    pub sub_command: u64,
    /// 0x03
    pub key_agreement: Option<cose::PublicKey>,
    /// 0x04
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x05
    pub new_pin_enc: Option<Vec<u8>>,
    /// 0x06
    pub pin_hash_enc: Option<Vec<u8>>,
    /// 0x09
    pub permissions: Option<u64>,
    /// 0x0A
    pub rp_id: Option<String>,
}

/// The subcommands (§6.5.5), by their numbers.
pub mod sub_command {
    /// getPINRetries
    pub const GET_PIN_RETRIES: u64 = 0x01;
    /// getKeyAgreement
    pub const GET_KEY_AGREEMENT: u64 = 0x02;
    /// setPIN
    pub const SET_PIN: u64 = 0x03;
    /// changePIN
    pub const CHANGE_PIN: u64 = 0x04;
    /// getPinToken
    pub const GET_PIN_TOKEN: u64 = 0x05;
    /// getPinUvAuthTokenUsingUvWithPermissions
    pub const GET_PIN_UV_AUTH_TOKEN_USING_UV_WITH_PERMISSIONS: u64 = 0x06;
    /// getUVRetries
    pub const GET_UV_RETRIES: u64 = 0x07;
    /// getPinUvAuthTokenUsingPinWithPermissions
    pub const GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS: u64 = 0x09;
}

/// The response map; empty for setPIN and changePIN (no bytes follow the status then).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 0x01
    pub key_agreement: Option<cose::PublicKey>,
    /// 0x02: the encrypted token.
    pub pin_uv_auth_token: Option<Vec<u8>>,
    /// 0x03
    pub pin_retries: Option<u64>,
    /// 0x04
    pub power_cycle_state: Option<bool>,
    /// 0x05
    pub uv_retries: Option<u64>,
}

impl Request {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        Ok(Self {
            sub_command: map.required(0x02)?,
            pin_uv_auth_protocol: map.optional(0x01)?,
            key_agreement: map.optional(0x03)?,
            pin_uv_auth_param: map.optional(0x04)?,
            new_pin_enc: map.optional(0x05)?,
            pin_hash_enc: map.optional(0x06)?,
            permissions: map.optional(0x09)?,
            rp_id: map.optional(0x0A)?,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let request = self.clone();
        Entries::default()
            .with_optional(0x01, request.pin_uv_auth_protocol)
            .with(0x02, request.sub_command)
            .with_optional(0x03, request.key_agreement)
            .with_optional(0x04, request.pin_uv_auth_param)
            .with_optional(0x05, request.new_pin_enc)
            .with_optional(0x06, request.pin_hash_enc)
            .with_optional(0x09, request.permissions)
            .with_optional(0x0A, request.rp_id)
            .encode()
    }
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            key_agreement: map.told_as(0x01, cose::PublicKey::of_agreement),
            pin_uv_auth_token: map.told(0x02),
            pin_retries: map.told(0x03),
            power_cycle_state: map.told(0x04),
            uv_retries: map.told(0x05),
        })
    }

    /// No bytes where there is no member.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        let map = Entries::default()
            .with_optional(0x01, response.key_agreement)
            .with_optional(0x02, response.pin_uv_auth_token)
            .with_optional(0x03, response.pin_retries)
            .with_optional(0x04, response.power_cycle_state)
            .with_optional(0x05, response.uv_retries);
        if map.is_empty() { Vec::new() } else { map.encode() }
    }
}
