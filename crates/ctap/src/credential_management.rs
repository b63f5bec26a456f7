//! authenticatorCredentialManagement, 0x0A (CTAP 2.3 §6.8), and its preview number 0x41.

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
    cose,
    entity::{Descriptor, RelyingParty, User},
};
use ciborium::Value;

/// The request map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub sub_command: u64,
    /// 0x02
    pub params: Option<Params>,
    /// 0x02 as it stood on the wire: what `pin_uv_auth_param` is computed over. Empty where absent; `encode` writes
    /// `params`, whose bytes are [`Params::encode`].
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// 0x01
    pub existing_resident_credentials_count: Option<u64>,
    /// 0x02
    pub max_possible_remaining_resident_credentials_count: Option<u64>,
    /// 0x03; its id is empty where it cannot be read, and may be cut (§6.8.7): `rp_id_hash` tells sites apart.
    pub rp: Option<RelyingParty>,
    /// 0x04
    pub rp_id_hash: Option<[u8; 32]>,
    /// 0x05
    pub total_rps: Option<u64>,
    /// 0x06; its id is empty where it cannot be read.
    pub user: Option<User>,
    /// 0x07
    pub credential_id: Option<Descriptor>,
    /// 0x08
    pub public_key: Option<cose::AnyKey>,
    /// 0x09
    pub total_credentials: Option<u64>,
    /// 0x0A: [`CredProtect::from_level`](crate::extension::CredProtect::from_level) knows the levels there are.
    pub cred_protect: Option<u64>,
    /// 0x0B
    pub large_blob_key: Option<[u8; 32]>,
    /// 0x0C
    pub third_party_payment: Option<bool>,
    /// Every other member, by its key, as the CBOR value it came as, by rising key: those without a field here, and
    /// those of which something is not as §6.8 says. `rp` and `user` keep beside that what can be read of them.
    pub other: Vec<(u64, Value)>,
}

impl Request {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        let sub_command = map.required(0x01)?;
        let pin_uv_auth_protocol = map.optional(0x03)?;
        let pin_uv_auth_param = map.optional(0x04)?;
        let params: Option<Value> = map.optional(0x02)?;
        Ok(Self {
            sub_command,
            // What was decoded was canonical, so encoding it again gives the bytes that stood there.
            raw_params: params.as_ref().map(cbor::encode).unwrap_or_default(),
            params: params.map(Params::from_value).transpose()?,
            pin_uv_auth_protocol,
            pin_uv_auth_param,
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
            rp_id_hash: map.optional(0x01)?,
            credential_id: map.optional(0x02)?,
            user: map.optional(0x03)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional(0x01, self.rp_id_hash)
            .with_optional(0x02, self.credential_id)
            .with_optional(0x03, self.user)
            .into_value()
    }
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            existing_resident_credentials_count: map.told(0x01),
            max_possible_remaining_resident_credentials_count: map.told(0x02),
            rp: map.told_part(0x03, RelyingParty::told),
            rp_id_hash: map.told(0x04),
            total_rps: map.told(0x05),
            user: map.told_part(0x06, User::told),
            credential_id: map.told_as(0x07, Descriptor::told),
            public_key: map.told(0x08),
            total_credentials: map.told(0x09),
            cred_protect: map.told(0x0A),
            large_blob_key: map.told(0x0B),
            third_party_payment: map.told(0x0C),
            other: map.unread(),
        })
    }

    /// No bytes where there is no member.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        let map = Entries::default()
            .with_optional(0x01, response.existing_resident_credentials_count)
            .with_optional(0x02, response.max_possible_remaining_resident_credentials_count)
            .with_optional(0x03, response.rp)
            .with_optional(0x04, response.rp_id_hash)
            .with_optional(0x05, response.total_rps)
            .with_optional(0x06, response.user)
            .with_optional(0x07, response.credential_id)
            .with_optional(0x08, response.public_key)
            .with_optional(0x09, response.total_credentials)
            .with_optional(0x0A, response.cred_protect)
            .with_optional(0x0B, response.large_blob_key)
            .with_optional(0x0C, response.third_party_payment)
            .with_unread(response.other);
        if map.is_empty() { Vec::new() } else { map.encode() }
    }
}
