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
    /// 0x0B, in bytes.
    pub max_serialized_large_blob_array: Option<u64>,
    /// 0x0C
    pub force_pin_change: Option<bool>,
    /// 0x0D, in code points.
    pub min_pin_length: Option<u64>,
    /// 0x0E
    pub firmware_version: Option<u64>,
    /// 0x0F, in bytes.
    pub max_cred_blob_length: Option<u64>,
    /// 0x10
    pub max_rp_ids_for_set_min_pin_length: Option<u64>,
    /// 0x11
    pub preferred_platform_uv_attempts: Option<u64>,
    /// 0x12: the bits of the FIDO registry's user verification methods.
    pub uv_modality: Option<u64>,
    /// 0x13: names and levels.
    pub certifications: Vec<(String, u64)>,
    /// 0x14
    pub remaining_discoverable_credentials: Option<u64>,
    /// 0x15; an empty list says that vendorPrototype is supported, without commands to tell of.
    pub vendor_prototype_config_commands: Option<Vec<u64>>,
    /// 0x16
    pub attestation_formats: Vec<String>,
    /// 0x17
    pub uv_count_since_last_pin_entry: Option<u64>,
    /// 0x18
    pub long_touch_for_reset: Option<bool>,
    /// 0x19: initialisation vector and encrypted device identifier.
    pub enc_identifier: Option<Vec<u8>>,
    /// 0x1A
    pub transports_for_reset: Vec<String>,
    /// 0x1B
    pub pin_complexity_policy: Option<bool>,
    /// 0x1C: a URL as bytes of UTF-8.
    pub pin_complexity_policy_url: Option<Vec<u8>>,
    /// 0x1D, in code points.
    pub max_pin_length: Option<u64>,
    /// 0x1E: initialisation vector and encrypted state of the credential store.
    pub enc_cred_store_state: Option<Vec<u8>>,
    /// 0x1F
    pub authenticator_config_commands: Option<Vec<u64>>,
    /// Every other member, by its key, as the CBOR value it came as, by rising key.
    pub other: Vec<(u64, Value)>,
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        Ok(Self {
            versions: map.required(0x01)?,
            extensions: map.list(0x02)?,
            aaguid: map.required(0x03)?,
            options: named(map.optional(0x04)?)?,
            max_msg_size: map.optional(0x05)?,
            pin_uv_auth_protocols: map.list(0x06)?,
            max_credential_count_in_list: map.optional(0x07)?,
            max_credential_id_length: map.optional(0x08)?,
            transports: map.list(0x09)?,
            algorithms: entity::algorithms(map.list(0x0A)?)?,
            max_serialized_large_blob_array: map.optional(0x0B)?,
            force_pin_change: map.optional(0x0C)?,
            min_pin_length: map.optional(0x0D)?,
            firmware_version: map.optional(0x0E)?,
            max_cred_blob_length: map.optional(0x0F)?,
            max_rp_ids_for_set_min_pin_length: map.optional(0x10)?,
            preferred_platform_uv_attempts: map.optional(0x11)?,
            uv_modality: map.optional(0x12)?,
            certifications: named(map.optional(0x13)?)?,
            remaining_discoverable_credentials: map.optional(0x14)?,
            vendor_prototype_config_commands: map.optional(0x15)?,
            attestation_formats: map.list(0x16)?,
            uv_count_since_last_pin_entry: map.optional(0x17)?,
            long_touch_for_reset: map.optional(0x18)?,
            enc_identifier: map.optional(0x19)?,
            transports_for_reset: map.list(0x1A)?,
            pin_complexity_policy: map.optional(0x1B)?,
            pin_complexity_policy_url: map.optional(0x1C)?,
            max_pin_length: map.optional(0x1D)?,
            enc_cred_store_state: map.optional(0x1E)?,
            authenticator_config_commands: map.optional(0x1F)?,
            other: other(map)?,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        let map = Entries::default()
            .with(0x01, response.versions)
            .with_list(0x02, response.extensions)
            .with(0x03, response.aaguid)
            .with_optional(0x04, named_member(response.options))
            .with_optional(0x05, response.max_msg_size)
            .with_list(0x06, response.pin_uv_auth_protocols)
            .with_optional(0x07, response.max_credential_count_in_list)
            .with_optional(0x08, response.max_credential_id_length)
            .with_list(0x09, response.transports)
            .with_list(0x0A, entity::parameters(response.algorithms))
            .with_optional(0x0B, response.max_serialized_large_blob_array)
            .with_optional(0x0C, response.force_pin_change)
            .with_optional(0x0D, response.min_pin_length)
            .with_optional(0x0E, response.firmware_version)
            .with_optional(0x0F, response.max_cred_blob_length)
            .with_optional(0x10, response.max_rp_ids_for_set_min_pin_length)
            .with_optional(0x11, response.preferred_platform_uv_attempts)
            .with_optional(0x12, response.uv_modality)
            .with_optional(0x13, named_member(response.certifications))
            .with_optional(0x14, response.remaining_discoverable_credentials)
            .with_optional(0x15, response.vendor_prototype_config_commands)
            .with_list(0x16, response.attestation_formats)
            .with_optional(0x17, response.uv_count_since_last_pin_entry)
            .with_optional(0x18, response.long_touch_for_reset)
            .with_optional(0x19, response.enc_identifier)
            .with_list(0x1A, response.transports_for_reset)
            .with_optional(0x1B, response.pin_complexity_policy)
            .with_optional(0x1C, response.pin_complexity_policy_url)
            .with_optional(0x1D, response.max_pin_length)
            .with_optional(0x1E, response.enc_cred_store_state)
            .with_optional(0x1F, response.authenticator_config_commands);
        response.other.into_iter().fold(map, |map, (key, value)| map.with(key, value)).encode()
    }
}

/// A map of names, as a list in the wire's order.
fn named<T: Member>(map: Option<Map>) -> Result<Vec<(String, T)>, Status> {
    let members = map.map(Map::rest).unwrap_or_default();
    members.into_iter().map(|(name, value)| Ok((String::from_value(name)?, T::from_value(value)?))).collect()
}

fn named_member<T: Member>(members: Vec<(String, T)>) -> Option<Value> {
    let members = members.into_iter().fold(Entries::default(), |map, (name, value)| map.with(name, value));
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
