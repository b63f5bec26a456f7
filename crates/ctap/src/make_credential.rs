//! authenticatorMakeCredential, 0x01 (CTAP 2.3 §6.1).

use crate::{
    attestation::Statement,
    entity::{Descriptor, RelyingParty, User},
    extension::MakeCredentialInputs,
};

/// The request map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub client_data_hash: [u8; 32],
    /// 0x02
    pub rp: RelyingParty,
    /// 0x03
    pub user: User,
    /// 0x04: COSE identifiers of the `public-key` entries, in the platform's order of preference.
    pub algorithms: Vec<i64>,
    /// 0x05
    pub exclude_list: Vec<Descriptor>,
    /// 0x06
    pub extensions: MakeCredentialInputs,
    /// 0x07
    pub options: Options,
    /// 0x08: may be empty, which asks the person to select this key (§6.1.2 step 1).
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x09: as sent; the command's steps decide whether it is supported.
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x0A
    pub enterprise_attestation: Option<u64>,
    /// 0x0B
    pub attestation_formats_preference: Vec<String>,
}

/// The options map; absent members are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Store a discoverable credential.
    pub rk: Option<bool>,
    /// User presence.
    pub up: Option<bool>,
    /// User verification by the key itself.
    pub uv: Option<bool>,
}

/// The response map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// 0x02: authenticator data, as signed.
    pub auth_data: Vec<u8>,
    /// 0x01 and 0x03: format and statement.
    pub attestation: Statement,
}
