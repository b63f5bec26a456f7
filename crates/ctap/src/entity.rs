//! The three entities every ceremony speaks of (WebAuthn §5.4.1 to §5.4.3, §5.8.3 as CBOR).

use crate::{
    Status,
    cbor::{Entries, Map, Member},
};
use ciborium::Value;

/// `PublicKeyCredentialRpEntity`: the site. CTAP members `id`, `name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP ID, a domain.
    pub id: String,
    /// What the site calls itself.
    pub name: Option<String>,
}

/// `PublicKeyCredentialUserEntity`: the account. CTAP members `id`, `icon` (ignored), `name`, `displayName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user handle, at most 64 bytes.
    pub id: Vec<u8>,
    /// The account's name at the site, such as an e-mail address.
    pub name: Option<String>,
    /// The person's name.
    pub display_name: Option<String>,
}

/// `PublicKeyCredentialDescriptor` of type `public-key`: a credential by its id.
/// Descriptors of other types are dropped when a list is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The credential id.
    pub id: Vec<u8>,
}

impl Member for RelyingParty {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self { id: map.required("id")?, name: map.optional("name")? })
    }

    fn into_value(self) -> Value {
        Entries::default().with("id", self.id).with_optional("name", self.name).into_value()
    }
}

impl Member for User {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        let id: Vec<u8> = map.required("id")?;
        if id.len() > MAX_USER_HANDLE_LENGTH {
            return Err(Status::INVALID_LENGTH);
        }
        Ok(Self { id, name: map.optional("name")?, display_name: map.optional("displayName")? })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with("id", self.id)
            .with_optional("name", self.name)
            .with_optional("displayName", self.display_name)
            .into_value()
    }
}

/// For one descriptor that stands alone; members such as `transports` are ignored.
impl Member for Descriptor {
    fn from_value(value: Value) -> Result<Self, Status> {
        // Where one descriptor is named, nothing but the one type there is (WebAuthn §5.8.2) can be meant.
        Self::from_typed(value)?.ok_or(Status::INVALID_PARAMETER)
    }

    fn into_value(self) -> Value {
        Entries::default().with("id", self.id).with("type", PUBLIC_KEY.to_owned()).into_value()
    }
}

impl Descriptor {
    /// The descriptors of a list, without those of another type.
    pub(crate) fn from_list(values: Vec<Value>) -> Result<Vec<Self>, Status> {
        values.into_iter().filter_map(|value| Self::from_typed(value).transpose()).collect()
    }

    fn from_typed(value: Value) -> Result<Option<Self>, Status> {
        let mut map = Map::from_value(value)?;
        let id = map.required("id")?;
        let is_public_key = map.required::<String>("type")? == PUBLIC_KEY;
        Ok(is_public_key.then_some(Self { id }))
    }
}

/// The COSE identifiers of a list of `PublicKeyCredentialParameters`, without those of another type. Every entry is
/// looked at, also behind one that suits (CTAP 2.3 §6.1.2 step 3).
pub(crate) fn algorithms(entries: Vec<Map>) -> Result<Vec<i64>, Status> {
    let mut algorithms = Vec::new();
    for mut entry in entries {
        let algorithm = entry.required("alg")?;
        if entry.required::<String>("type")? == PUBLIC_KEY {
            algorithms.push(algorithm);
        }
    }
    Ok(algorithms)
}

/// The list that [`algorithms`] reads.
pub(crate) fn parameters(algorithms: Vec<i64>) -> Vec<Value> {
    let entry =
        |algorithm: i64| Entries::default().with("alg", algorithm).with("type", PUBLIC_KEY.to_owned());
    algorithms.into_iter().map(|algorithm| entry(algorithm).into_value()).collect()
}

/// `PublicKeyCredentialType` (WebAuthn §5.8.2).
const PUBLIC_KEY: &str = "public-key";
/// WebAuthn §4, "User Handle".
const MAX_USER_HANDLE_LENGTH: usize = 64;
