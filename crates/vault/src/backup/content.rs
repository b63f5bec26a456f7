//! What a backup holds when it is open: one CBOR map.

use std::collections::BTreeSet;

use authenticator::{Kind, state::PersistentState};
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    record::{self, Record},
    seal::Id,
    session::Session,
};

const FORMAT: &str = "latchkey-backup";
const VERSION: u16 = 1;

/// The members of the map.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    format: String,
    version: u16,
    /// The vault that it was made of.
    #[serde(with = "serde_bytes")]
    vault: Id,
    /// Seconds since 1970.
    pub(super) created_at: u64,
    /// The schema of `passkeys`.
    schema: u16,
    /// Every passkey that may be copied, oldest first, those of the trash among them.
    pub(super) passkeys: Vec<Record>,
    /// What the keys that hold them keep beside them.
    pub(super) keys: Vec<KeyState>,
    /// How many passkeys live in one place and are not here.
    pub(super) device_bound: usize,
}

/// The persistent state of one virtual key.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyState {
    #[serde(with = "serde_bytes")]
    pub(super) aaguid: Id,
    pub(super) state: PersistentState,
}

impl Content {
    pub(super) fn collect(session: &Session<'_>, now: u64) -> Result<Self, Error> {
        let all = session.passkeys()?.into_iter().map(|stored| stored.record);
        let (passkeys, bound): (Vec<_>, Vec<_>) = all.partition(|record| record.kind == Kind::Synced);
        let holders: BTreeSet<Id> = passkeys.iter().map(|record| record.aaguid).collect();
        let mut keys = Vec::new();
        for aaguid in holders {
            if session.has_state(&aaguid)? {
                keys.push(KeyState { aaguid, state: session.state(&aaguid)? });
            }
        }
        Ok(Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            vault: *session.vault,
            created_at: now,
            schema: record::SCHEMA,
            passkeys,
            keys,
            device_bound: bound.len(),
        })
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Heading {
            format: String,
            version: u16,
            schema: u16,
        }

        let not = || Error::File("what it holds is no backup".to_owned());
        let heading: Heading = record::decode(bytes).map_err(|_| not())?;
        if heading.format != FORMAT {
            return Err(not());
        }
        if heading.version > VERSION {
            return Err(Error::NewerVersion { found: heading.version.into(), supported: VERSION.into() });
        }
        if heading.schema > record::SCHEMA {
            return Err(Error::NewerVersion {
                found: heading.schema.into(),
                supported: record::SCHEMA.into(),
            });
        }
        let content: Self = record::decode(bytes).map_err(|_| not())?;
        // Whoever has a public key can make a file for it: what is no copy is not taken from one.
        let genuine = |record: &Record| {
            record.kind == Kind::Synced && record.sign_count == 0 && record.credential().is_ok()
        };
        if content.passkeys.iter().all(genuine) { Ok(content) } else { Err(not()) }
    }
}
