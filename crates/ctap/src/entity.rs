//! The three entities every ceremony speaks of (WebAuthn §5.4.1 to §5.4.3, §5.8.3 as CBOR).

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

impl RelyingParty {
    /// What can be read of what a key told, and whether that is all. The id is empty where it cannot be read.
    pub(crate) fn told(value: Value) -> Option<(Self, bool)> {
        let mut map = Map::from_value(value).ok()?;
        let (id, name) = (map.told("id"), map.told("name"));
        let whole = id.is_some() && !map.holds("name");
        Some((Self { id: id.unwrap_or_default(), name }, whole))
    }
}

impl User {
    /// What can be read of what a key told, and whether that is all. The id is empty where it cannot be read.
    pub(crate) fn told(value: Value) -> Option<(Self, bool)> {
        let mut map = Map::from_value(value).ok()?;
        let id: Option<Vec<u8>> = map.told("id");
        let (name, display_name) = (map.told("name"), map.told("displayName"));
        let whole = id.is_some() && !map.holds("name") && !map.holds("displayName");
        Some((Self { id: id.unwrap_or_default(), name, display_name }, whole))
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

    /// A descriptor that a key told; one without a type can be of the one type only.
    pub(crate) fn told(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        let id = map.required("id")?;
        match map.told::<String>("type") {
            Some(other) if other != PUBLIC_KEY => Err(Status::INVALID_PARAMETER),
            _ => Ok(Self { id }),
        }
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

/// As [`algorithms`], of a key's own list: what can be read, and whether that is all.
pub(crate) fn told_algorithms(value: Value) -> Option<(Vec<i64>, bool)> {
    let (entries, mut whole) = cbor::entries::<Map>(value)?;
    let mut algorithms = Vec::new();
    for mut entry in entries {
        if entry.told::<String>("type").is_some_and(|of_type| of_type != PUBLIC_KEY) {
            continue;
        }
        match entry.told("alg") {
            Some(algorithm) => algorithms.push(algorithm),
            None => whole = false,
        }
    }
    Some((algorithms, whole))
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
