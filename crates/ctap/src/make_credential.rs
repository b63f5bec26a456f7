//! authenticatorMakeCredential, 0x01 (CTAP 2.3 §6.1).

use crate::{
    Status,
    attestation::Statement,
    cbor::{Entries, Map, Member},
    entity::{self, Descriptor, RelyingParty, User},
    extension::{self, MakeCredentialInputs, UnsignedOutputs},
};
use ciborium::Value;

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
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// 0x02: authenticator data, as signed.
    pub auth_data: Vec<u8>,
    /// 0x01 and 0x03: format and statement.
    pub attestation: Statement,
    /// 0x04: whether this is an enterprise attestation.
    pub ep_att: Option<bool>,
    /// 0x05
    pub large_blob_key: Option<[u8; 32]>,
    /// 0x06
    pub unsigned_extension_outputs: UnsignedOutputs,
}

impl Request {
    /// Members are taken in the order in which §6.1.2 consults them, so that the first fault decides the status.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        let pin_uv_auth_param = map.optional(0x08)?;
        let pin_uv_auth_protocol = map.optional(0x09)?;
        let algorithms = entity::algorithms(map.required(0x04)?)?;
        let options = map.optional(0x07)?.unwrap_or_default();
        let enterprise_attestation = map.optional(0x0A)?;
        let client_data_hash = map.required(0x01)?;
        let rp = map.required(0x02)?;
        let exclude_list = Descriptor::from_list(map.list(0x05)?)?;
        let extensions = map.optional(0x06)?.unwrap_or_default();
        let user = map.required(0x03)?;
        let attestation_formats_preference = map.list(0x0B)?;
        Ok(Self {
            client_data_hash,
            rp,
            user,
            algorithms,
            exclude_list,
            extensions,
            options,
            pin_uv_auth_param,
            pin_uv_auth_protocol,
            enterprise_attestation,
            attestation_formats_preference,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let request = self.clone();
        Entries::default()
            .with(0x01, request.client_data_hash)
            .with(0x02, request.rp)
            .with(0x03, request.user)
            .with(0x04, entity::parameters(request.algorithms))
            .with_list(0x05, request.exclude_list)
            .with_optional(0x06, extension::member(request.extensions))
            .with_optional(0x07, request.options.member())
            .with_optional(0x08, request.pin_uv_auth_param)
            .with_optional(0x09, request.pin_uv_auth_protocol)
            .with_optional(0x0A, request.enterprise_attestation)
            .with_list(0x0B, request.attestation_formats_preference)
            .encode()
    }
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode_lenient(bytes)?;
        let format = map.required(0x01)?;
        let auth_data = map.required(0x02)?;
        // §6.1 allows an authenticator to leave out the empty statement of `none`.
        let statement = map.told(0x03).unwrap_or_else(|| Value::Map(Vec::new()));
        Ok(Self {
            auth_data,
            attestation: Statement::told(format, statement),
            ep_att: map.told(0x04),
            large_blob_key: map.told(0x05),
            unsigned_extension_outputs: map.told(0x06).unwrap_or_default(),
        })
    }

    /// The members as canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let (format, statement) = self.attestation.encode();
        Entries::default()
            .with(0x01, format)
            .with(0x02, self.auth_data.clone())
            .with(0x03, statement)
            .with_optional(0x04, self.ep_att)
            .with_optional(0x05, self.large_blob_key)
            .with_optional(0x06, extension::member(self.unsigned_extension_outputs.clone()))
            .encode()
    }
}

impl Options {
    /// The options member of a request, absent where no option is stated.
    pub(crate) fn member(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }
}

impl Member for Options {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        let options = Self { rk: map.optional("rk")?, up: map.optional("up")?, uv: map.optional("uv")? };
        // An option that is not known is ignored, but an option is a boolean.
        if map.rest().iter().all(|(_, value)| value.is_bool()) {
            Ok(options)
        } else {
            Err(Status::CBOR_UNEXPECTED_TYPE)
        }
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional("rk", self.rk)
            .with_optional("up", self.up)
            .with_optional("uv", self.uv)
            .into_value()
    }
}
