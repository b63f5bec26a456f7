//! authenticatorCredentialManagement, 0x0A (CTAP 2.3 §6.8), and its preview number 0x41.

use crate::{
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::CredProtect,
};

/// The request map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub sub_command: u64,
    /// 0x02
    pub params: Option<Params>,
    /// 0x02 as it stood on the wire: what `pin_uv_auth_param` is computed over.
    pub raw_params: Vec<u8>,
    /// 0x03
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x04
    pub pin_uv_auth_param: Option<Vec<u8>>,
}

/// The subCommandParams map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// 0x01
    pub rp_id_hash: Option<[u8; 32]>,
    /// 0x02
    pub credential_id: Option<Descriptor>,
    /// 0x03
    pub user: Option<User>,
}

/// The subcommands (§6.8), by their numbers.
pub mod sub_command {
    /// getCredsMetadata
    pub const GET_CREDS_METADATA: u64 = 0x01;
    /// enumerateRPsBegin
    pub const ENUMERATE_RPS_BEGIN: u64 = 0x02;
    /// enumerateRPsGetNextRP
    pub const ENUMERATE_RPS_GET_NEXT_RP: u64 = 0x03;
    /// enumerateCredentialsBegin
    pub const ENUMERATE_CREDENTIALS_BEGIN: u64 = 0x04;
    /// enumerateCredentialsGetNextCredential
    pub const ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL: u64 = 0x05;
    /// deleteCredential
    pub const DELETE_CREDENTIAL: u64 = 0x06;
    /// updateUserInformation
    pub const UPDATE_USER_INFORMATION: u64 = 0x07;
}

/// The response map; empty for delete and update (no bytes follow the status then).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 0x01
    pub existing_resident_credentials_count: Option<u64>,
    /// 0x02
    pub max_possible_remaining_resident_credentials_count: Option<u64>,
    /// 0x03
    pub rp: Option<RelyingParty>,
    /// 0x04
    pub rp_id_hash: Option<[u8; 32]>,
    /// 0x05
    pub total_rps: Option<u64>,
    /// 0x06
    pub user: Option<User>,
    /// 0x07
    pub credential_id: Option<Descriptor>,
    /// 0x08
    pub public_key: Option<cose::PublicKey>,
    /// 0x09
    pub total_credentials: Option<u64>,
    /// 0x0A
    pub cred_protect: Option<CredProtect>,
}
