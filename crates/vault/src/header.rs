//! The sealed header: proves the vault key and everything that the vault holds.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    random::random,
    seal::{Id, Place},
    secret::Secret,
    session,
};

/// The header is sealed like a record, in a place of its own.
const KIND: u8 = 0;
const ID: Id = [0; 16];

/// What only the vault key opens.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Header {
    /// Keys the lookups apart from the vault key, so that it can be replaced without new lookups.
    pub(crate) index_seed: Secret,
    /// What a vault of format 3 proves beside its key; absent until one of an earlier format is unlocked.
    #[serde(default)]
    pub(crate) proof: Option<Proof>,
}

/// What tells the vault from an older copy of itself, or from one that lost records.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Proof {
    /// Grows by one with every transaction that changes a record.
    pub(crate) generation: u64,
    /// Of all records.
    pub(crate) digest: Digest,
    /// This device among those that hold copies of one passkey.
    #[serde(with = "serde_bytes")]
    pub(crate) device: Id,
}

impl Header {
    /// The header of a vault that holds nothing.
    pub(crate) fn new() -> Result<Self, Error> {
        let proof = Proof { generation: 0, digest: Digest::default(), device: random()? };
        Ok(Self { index_seed: Secret::new(random()?), proof: Some(proof) })
    }

    pub(crate) fn load(connection: &Connection, vault: &Id, vault_key: &Secret) -> Result<Self, Error> {
        let sealed: Vec<u8> =
            connection.prepare_cached("SELECT header FROM vault")?.query_row([], |row| row.get(0))?;
        session::unseal(vault_key, place(vault), &sealed)
    }

    pub(crate) fn seal(&self, vault: &Id, vault_key: &Secret) -> Result<Vec<u8>, Error> {
        session::seal(vault_key, place(vault), self)
    }
}

fn place(vault: &Id) -> Place<'_> {
    Place { vault, record: &ID, kind: KIND }
}

/// The exclusive or of a keyed hash of every row: a set's digest that one changed row changes in constant time.
/// It never leaves the sealed header, so nobody can solve for rows that fit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Digest(#[serde(with = "serde_bytes")] [u8; 32]);

impl Digest {
    /// Adds a row that is not in it, takes out one that is.
    pub(crate) fn toggle(&mut self, row: [u8; 32]) {
        for (byte, other) in self.0.iter_mut().zip(row) {
            *byte ^= other;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.toggle(other.0);
    }
}
