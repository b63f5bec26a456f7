//! authenticatorGetInfo, 0x04 (CTAP 2.3 §6.4).

use crate::{
    Status,
    cbor::{Entries, Map, Member, entries},
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
    /// Every other member, by its key, as the CBOR value it came as, by rising key: those without a field here, and
    /// those of which something is not as §6.4 says. Lists and maps keep beside that what can be read of them.
    pub other: Vec<(u64, Value)>,
}

impl Response {
    /// Without `versions` nothing is said of how to speak to the key. All the rest is worth having without its
    /// neighbours: what is absent or cannot be read is as if the key did not state it, the AAGUID zeroes, which stand
    /// for no model (WebAuthn §6.5.1).
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            versions: versions(&mut map)?,
            extensions: map.told_list(0x02),
            aaguid: map.told(0x03).unwrap_or_default(),
            options: map.told_part(0x04, named).unwrap_or_default(),
            max_msg_size: map.told(0x05),
            pin_uv_auth_protocols: map.told_list(0x06),
            max_credential_count_in_list: map.told(0x07),
            max_credential_id_length: map.told(0x08),
            transports: map.told_list(0x09),
            algorithms: map.told_part(0x0A, entity::told_algorithms).unwrap_or_default(),
            max_serialized_large_blob_array: map.told(0x0B),
            force_pin_change: map.told(0x0C),
            min_pin_length: map.told(0x0D),
            firmware_version: map.told(0x0E),
            max_cred_blob_length: map.told(0x0F),
            max_rp_ids_for_set_min_pin_length: map.told(0x10),
            preferred_platform_uv_attempts: map.told(0x11),
            uv_modality: map.told(0x12),
            certifications: map.told_part(0x13, named).unwrap_or_default(),
            remaining_discoverable_credentials: map.told(0x14),
            vendor_prototype_config_commands: map.told_part(0x15, entries),
            attestation_formats: map.told_list(0x16),
            uv_count_since_last_pin_entry: map.told(0x17),
            long_touch_for_reset: map.told(0x18),
            enc_identifier: map.told(0x19),
            transports_for_reset: map.told_list(0x1A),
            pin_complexity_policy: map.told(0x1B),
            pin_complexity_policy_url: map.told(0x1C),
            max_pin_length: map.told(0x1D),
            enc_cred_store_state: map.told(0x1E),
            authenticator_config_commands: map.told_part(0x1F, entries),
            other: map.unread(),
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        Entries::default()
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
            .with_optional(0x1F, response.authenticator_config_commands)
            .with_unread(response.other)
            .encode()
    }
}

fn versions(map: &mut Map) -> Result<Vec<String>, Status> {
    match map.told_part(0x01, entries) {
        Some(versions) => Ok(versions),
        None if map.holds(0x01) => Err(Status::CBOR_UNEXPECTED_TYPE),
        None => Err(Status::MISSING_PARAMETER),
    }
}

/// What can be read of a map of names, as a list in the wire's order, and whether that is all.
fn named<T: Member>(value: Value) -> Option<(Vec<(String, T)>, bool)> {
    let members = value.into_map().ok()?;
    let count = members.len();
    let read = |(name, value)| Some((String::from_value(name).ok()?, T::from_value(value).ok()?));
    let named: Vec<_> = members.into_iter().filter_map(read).collect();
    let whole = named.len() == count;
    Some((named, whole))
}

fn named_member<T: Member>(members: Vec<(String, T)>) -> Option<Value> {
    let members = members.into_iter().fold(Entries::default(), |map, (name, value)| map.with(name, value));
    (!members.is_empty()).then(|| members.into_value())
}
