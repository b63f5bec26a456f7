//! authenticatorGetInfo, 0x04 (CTAP 2.3 §6.4).

/// The response map. Members that the key does not state are `None` or empty and are left out on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Every other member, by its key, as the CBOR value it came as (0x0B, 0x0F to 0x13, 0x15, 0x17 to 0x1F and unknown).
    pub other: Vec<(u64, ciborium::Value)>,
}
