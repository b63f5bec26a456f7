//! authenticatorLargeBlobs, 0x0C (CTAP 2.3 §6.10).

use crate::{
    Status,
    cbor::{Entries, Map},
};

/// The request map, members as sent: which of them go together is decided by the steps of §6.10.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// 0x01: how many bytes to read.
    pub get: Option<u64>,
    /// 0x02: the fragment to write.
    pub set: Option<Vec<u8>>,
    /// 0x03, in bytes.
    pub offset: Option<u64>,
    /// 0x04: the length of the whole array, with its first fragment, in bytes.
    pub length: Option<u64>,
    /// 0x05
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x06
    pub pin_uv_auth_protocol: Option<u64>,
}

/// The response map; empty for a write (no bytes follow the status then).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 0x01: a fragment of the serialized large-blob array.
    pub config: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        Ok(Self {
            get: map.optional(0x01)?,
            set: map.optional(0x02)?,
            offset: map.optional(0x03)?,
            length: map.optional(0x04)?,
            pin_uv_auth_param: map.optional(0x05)?,
            pin_uv_auth_protocol: map.optional(0x06)?,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let request = self.clone();
        Entries::default()
            .with_optional(0x01, request.get)
            .with_optional(0x02, request.set)
            .with_optional(0x03, request.offset)
            .with_optional(0x04, request.length)
            .with_optional(0x05, request.pin_uv_auth_param)
            .with_optional(0x06, request.pin_uv_auth_protocol)
            .encode()
    }
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self { config: Map::decode_lenient(bytes)?.told(0x01) })
    }

    /// No bytes where there is no member.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let config = self.config.clone();
        config.map(|config| Entries::default().with(0x01, config).encode()).unwrap_or_default()
    }
}
