//! authenticatorGetInfo, 0x04 (CTAP 2.3 §6.4).

use crate::{
    Status,
    cbor::{Entries, Map, Member},
    entity,
};
use ciborium::Value;

/// The response map. Members that the key does not state are `None` or empty and are left out on the wire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// 0x01
    pub versions: Vec<String>,
    /// 0x02
    pub extensions: Vec<String>,
    /// 0x03
    pub aaguid: [u8; 16],
    /// 0x04: option ids and their values.
    pub options: Vec<(String, bool)>,
    /// 0x05, in bytes; 1024 where absent.
    pub max_msg_size: Option<u64>,
    /// 0x06, preferred first.
    pub pin_uv_auth_protocols: Vec<u64>,
    /// 0x07
    pub max_credential_count_in_list: Option<u64>,
    /// 0x08, in bytes.
    pub max_credential_id_length: Option<u64>,
    /// 0x09
    pub transports: Vec<String>,
    /// 0x0A: COSE identifiers, preferred first.
    pub algorithms: Vec<i64>,
    /// 0x0C
    pub force_pin_change: Option<bool>,
    /// 0x0D, in code points.
    pub min_pin_length: Option<u64>,
    /// 0x0E
    pub firmware_version: Option<u64>,
    /// 0x14
    pub remaining_discoverable_credentials: Option<u64>,
    /// 0x16
    pub attestation_formats: Vec<String>,
    /// Every other member, by its key, as the CBOR value it came as, by rising key (0x0B, 0x0F to 0x13, 0x15, 0x17 to 0x1F and unknown).
    pub other: Vec<(u64, Value)>,
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        Ok(Self {
            versions: map.required(0x01)?,
            extensions: map.list(0x02)?,
            aaguid: map.required(0x03)?,
            options: options(map.optional(0x04)?)?,
            max_msg_size: map.optional(0x05)?,
            pin_uv_auth_protocols: map.list(0x06)?,
            max_credential_count_in_list: map.optional(0x07)?,
            max_credential_id_length: map.optional(0x08)?,
            transports: map.list(0x09)?,
            algorithms: entity::algorithms(map.list(0x0A)?)?,
            force_pin_change: map.optional(0x0C)?,
            min_pin_length: map.optional(0x0D)?,
            firmware_version: map.optional(0x0E)?,
            remaining_discoverable_credentials: map.optional(0x14)?,
            attestation_formats: map.list(0x16)?,
            other: other(map)?,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        let map = Entries::default()
            .with(0x01, response.versions)
            .with_list(0x02, response.extensions)
            .with(0x03, response.aaguid)
            .with_optional(0x04, options_member(response.options))
            .with_optional(0x05, response.max_msg_size)
            .with_list(0x06, response.pin_uv_auth_protocols)
            .with_optional(0x07, response.max_credential_count_in_list)
            .with_optional(0x08, response.max_credential_id_length)
            .with_list(0x09, response.transports)
            .with_list(0x0A, entity::parameters(response.algorithms))
            .with_optional(0x0C, response.force_pin_change)
            .with_optional(0x0D, response.min_pin_length)
            .with_optional(0x0E, response.firmware_version)
            .with_optional(0x14, response.remaining_discoverable_credentials)
            .with_list(0x16, response.attestation_formats);
        response.other.into_iter().fold(map, |map, (key, value)| map.with(key, value)).encode()
    }
}

fn options(map: Option<Map>) -> Result<Vec<(String, bool)>, Status> {
    let members = map.map(Map::rest).unwrap_or_default();
    members.into_iter().map(|(id, value)| Ok((String::from_value(id)?, bool::from_value(value)?))).collect()
}

fn options_member(options: Vec<(String, bool)>) -> Option<Value> {
    let members = options.into_iter().fold(Entries::default(), |map, (id, value)| map.with(id, value));
    (!members.is_empty()).then(|| members.into_value())
}

fn other(map: Map) -> Result<Vec<(u64, Value)>, Status> {
    let mut members = Vec::new();
    for (key, value) in map.rest() {
        members.push((u64::from_value(key)?, value));
    }
    members.sort_by_key(|(key, _)| *key);
    Ok(members)
}
