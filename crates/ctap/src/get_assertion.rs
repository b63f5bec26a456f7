//! authenticatorGetAssertion, 0x02, and authenticatorGetNextAssertion, 0x08 (CTAP 2.3 §6.2, §6.3).

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
    entity::{Descriptor, User},
    extension::{self, GetAssertionInputs, UnsignedOutputs},
    make_credential::Options,
};
use ciborium::Value;

/// The request map of getAssertion; getNextAssertion has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub rp_id: String,
    /// 0x02
    pub client_data_hash: [u8; 32],
    /// 0x03: `None` where absent; an empty list is an error of the platform's and is refused when decoded.
    pub allow_list: Option<Vec<Descriptor>>,
    /// 0x04
    pub extensions: GetAssertionInputs,
    /// 0x05: `rk` present is refused by the command's steps.
    pub options: Options,
    /// 0x06: may be empty, which asks the person to select this key.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x07
    pub pin_uv_auth_protocol: Option<u64>,
}

/// The response map of both commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// 0x01: the credential id. Empty where the key left it out, as CTAP 2.0 lets it when the allow list has one entry.
    pub credential: Descriptor,
    /// 0x02: authenticator data, as signed.
    pub auth_data: Vec<u8>,
    /// 0x03
    pub signature: Vec<u8>,
    /// 0x04
    pub user: Option<User>,
    /// 0x05: only in the first of several.
    pub number_of_credentials: Option<u64>,
    /// 0x06: the person chose the account on the key itself.
    pub user_selected: Option<bool>,
    /// 0x07
    pub large_blob_key: Option<[u8; 32]>,
    /// 0x08
    pub unsigned_extension_outputs: UnsignedOutputs,
}

/// The key of the options.
const OPTIONS: u8 = 0x05;

impl Request {
    /// Members are taken in the order in which §6.2.2 consults them, so that the first fault decides the status.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        // Firefox writes `uv` before `up` where a key verifies the person itself.
        let mut map = Map::from_value(cbor::decode_unordered_below(bytes, OPTIONS)?)?;
        let pin_uv_auth_param = map.optional(0x06)?;
        let pin_uv_auth_protocol = map.optional(0x07)?;
        let options = map.optional(OPTIONS)?.unwrap_or_default();
        let client_data_hash = map.required(0x02)?;
        let rp_id = map.required(0x01)?;
        let allow_list = map.optional(0x03)?.map(allow_list).transpose()?;
        let extensions = map.optional(0x04)?.unwrap_or_default();
        Ok(Self {
            rp_id,
            client_data_hash,
            allow_list,
            extensions,
            options,
            pin_uv_auth_param,
            pin_uv_auth_protocol,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let request = self.clone();
        Entries::default()
            .with(0x01, request.rp_id)
            .with(0x02, request.client_data_hash)
            .with_optional(0x03, request.allow_list)
            .with_optional(0x04, extension::member(request.extensions))
            .with_optional(OPTIONS, request.options.member())
            .with_optional(0x06, request.pin_uv_auth_param)
            .with_optional(0x07, request.pin_uv_auth_protocol)
            .encode()
    }
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            credential: map.told_as(0x01, Descriptor::told).unwrap_or_default(),
            auth_data: map.required(0x02)?,
            signature: map.required(0x03)?,
            user: map.told_part(0x04, User::told),
            number_of_credentials: map.told(0x05),
            user_selected: map.told(0x06),
            large_blob_key: map.told(0x07),
            unsigned_extension_outputs: map.told(0x08).unwrap_or_default(),
        })
    }

    /// The members as canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        Entries::default()
            .with_optional(0x01, Some(response.credential).filter(|credential| !credential.id.is_empty()))
            .with(0x02, response.auth_data)
            .with(0x03, response.signature)
            .with_optional(0x04, response.user)
            .with_optional(0x05, response.number_of_credentials)
            .with_optional(0x06, response.user_selected)
            .with_optional(0x07, response.large_blob_key)
            .with_optional(0x08, extension::member(response.unsigned_extension_outputs))
            .encode()
    }
}

/// A list whose descriptors are all of other types stays a list: it names no credential of this key.
fn allow_list(entries: Vec<Value>) -> Result<Vec<Descriptor>, Status> {
    // §6.2: a platform with nothing to list leaves the member out. Taking this one for absent would offer every
    // discoverable credential to someone who allowed none.
    if entries.is_empty() { Err(Status::INVALID_PARAMETER) } else { Descriptor::from_list(entries) }
}
