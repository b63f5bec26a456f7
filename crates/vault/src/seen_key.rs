//! The owner's security keys as they were seen last: what stands on one that is in a drawer can still be looked up.
//!
//! Nothing here opens an account: names and ids, and the read-only token of CTAP 2.3 §6.5.5.7 (`pcmr`), by which a key
//! lists its passkeys without its PIN.

use std::collections::BTreeMap;

use ciborium::Value;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    secret::Secret,
    session::{SEEN_KEY, Session},
    vault::Vault,
};

/// What lookups of these records are made for.
const PURPOSE: &str = "security key";

/// A security key of the owner's.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenKey {
    /// How it is told from every other key.
    pub id: String,
    /// What it is called, as it was shown last.
    pub name: String,
    /// 16 bytes; `None` of a key that knows only U2F.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<Vec<u8>>,
    /// Seconds since 1970.
    pub first_seen_at: u64,
    /// Seconds since 1970.
    pub last_seen_at: u64,
    /// What is behind `encIdentifier` (CTAP 2.3 §6.4), 16 bytes: the same in each answer of this key, and no other's.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Option::is_none")]
    pub device_identifier: Option<Vec<u8>>,
    /// Its persistent, read-only token, where the owner had one made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ReadOnlyToken>,
    /// Its passkeys, where they were ever listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<Listing>,
    /// Members of a later version, kept as they are.
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

/// The passkeys of a key at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// Seconds since 1970.
    pub listed_at: u64,
    /// What was behind `encCredStoreState` (§6.4), 16 bytes: while it is the same, so are the passkeys.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Option::is_none")]
    pub state: Option<Vec<u8>>,
    /// How many the key has room for beside, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// In the key's order.
    pub passkeys: Vec<ListedPasskey>,
}

/// A passkey as a key lists it (§6.8), without what would open its large blob.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedPasskey {
    /// As the key keeps it, which may be cut off.
    pub rp_id: String,
    /// SHA-256 of the whole RP ID, 32 bytes.
    #[serde(with = "serde_bytes")]
    pub rp_id_hash: Vec<u8>,
    /// The user handle.
    #[serde(with = "serde_bytes")]
    pub user_id: Vec<u8>,
    /// The account's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_display_name: Option<String>,
    /// The credential id.
    #[serde(with = "serde_bytes")]
    pub credential_id: Vec<u8>,
    /// The COSE_Key, in CBOR; empty where it could not be read.
    #[serde(default, with = "serde_bytes")]
    pub public_key: Vec<u8>,
    /// Its COSE algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<i64>,
    /// 1 to 3 (§12.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_protect: Option<u8>,
    /// Whether it may have a large blob.
    #[serde(default)]
    pub large_blob_key: bool,
    /// Whether it pays elsewhere (§12.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party_payment: Option<bool>,
}

/// A persistent pinUvAuthToken that can only read. Wiped when dropped, never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReadOnlyToken(Secret);

impl ReadOnlyToken {
    /// The token as the key gave it.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The token, for asking the key.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl SeenKey {
    /// A key that is seen for the first time.
    pub fn new(id: String, name: String, now: u64) -> Self {
        Self {
            id,
            name,
            aaguid: None,
            first_seen_at: now,
            last_seen_at: now,
            device_identifier: None,
            token: None,
            listing: None,
            unknown: BTreeMap::new(),
        }
    }
}

impl Vault {
    /// Every security key that was seen, the one seen last first.
    ///
    /// # Errors
    /// [`Error::Locked`], and what the database says.
    pub fn seen_keys(&self) -> Result<Vec<SeenKey>, Error> {
        let mut keys = self.read(all)?;
        keys.sort_by(|a, b| (b.last_seen_at, &a.id).cmp(&(a.last_seen_at, &b.id)));
        Ok(keys)
    }

    /// The security key with this id.
    ///
    /// # Errors
    /// As [`Vault::seen_keys`].
    pub fn seen_key(&self, id: &str) -> Result<Option<SeenKey>, Error> {
        self.read(|session| session.named(SEEN_KEY, PURPOSE, id.as_bytes()))
    }

    /// Changes what is known of a security key, or notes that it is there; `change` may be given what another program
    /// of the same owner wrote meanwhile.
    ///
    /// # Errors
    /// As [`Vault::seen_keys`].
    pub fn see_key(
        &self,
        id: &str,
        name: &str,
        now: u64,
        change: impl FnOnce(&mut SeenKey),
    ) -> Result<(), Error> {
        self.write(|session| {
            let known = session.named(SEEN_KEY, PURPOSE, id.as_bytes())?;
            let mut key = known.unwrap_or_else(|| SeenKey::new(id.to_owned(), name.to_owned(), now));
            name.clone_into(&mut key.name);
            key.last_seen_at = key.last_seen_at.max(now);
            change(&mut key);
            session.set_named(SEEN_KEY, PURPOSE, id.as_bytes(), &key)
        })
    }

    /// Forgets a security key, its token with it; `false` where none has this id.
    ///
    /// # Errors
    /// As [`Vault::seen_keys`].
    pub fn forget_key(&self, id: &str) -> Result<bool, Error> {
        self.write(|session| {
            let row = session.row(session.lookup(PURPOSE, id.as_bytes())?)?;
            row.map_or(Ok(false), |(id, _)| session.take_out(&id).map(|()| true))
        })
    }
}

fn all(session: &Session<'_>) -> Result<Vec<SeenKey>, Error> {
    let mut statement =
        session.transaction.prepare_cached("SELECT id, sealed FROM record WHERE kind = ?1")?;
    let mut rows = statement.query([SEEN_KEY])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, sealed): (_, Vec<u8>) = (row.get(0)?, row.get(1)?);
        keys.push(session.unseal(&id, SEEN_KEY, &sealed)?);
    }
    Ok(keys)
}
