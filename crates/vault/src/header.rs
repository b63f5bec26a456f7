//! The sealed header: proves the vault key and everything that the vault holds.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::{
    error::Error,
    random::random,
    seal::{Id, Place},
    secret::Secret,
    session,
    slot::SlotRow,
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
    /// What all slots wrap beside their private keys; absent as `proof` is.
    #[serde(default)]
    pub(crate) slot_seed: Option<Secret>,
    /// The slots that a new vault key may be sealed to, by their ids in hex: what [`SlotRow::listed`] says of each.
    /// A slot that somebody put into the file is not among them.
    #[serde(default)]
    pub(crate) slots: BTreeMap<String, ByteArray<32>>,
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
        Ok(Self {
            index_seed: Secret::new(random()?),
            proof: Some(proof),
            slot_seed: Some(Secret::new(random()?)),
            slots: BTreeMap::new(),
        })
    }

    pub(crate) fn load(connection: &Connection, vault: &Id, vault_key: &Secret) -> Result<Self, Error> {
        let sealed: Vec<u8> =
            connection.prepare_cached("SELECT header FROM vault")?.query_row([], |row| row.get(0))?;
        session::unseal(vault_key, place(vault), &sealed)
    }

    /// Writes it in place of the one that was there.
    pub(crate) fn store(&self, connection: &Connection, vault: &Id, vault_key: &Secret) -> Result<(), Error> {
        connection.prepare_cached("UPDATE vault SET header = ?1")?.execute([self.seal(vault, vault_key)?])?;
        Ok(())
    }

    /// What `slot_seed` and `proof` hold; a vault that was opened has both.
    pub(crate) fn slot_seed(&self) -> Result<&Secret, Error> {
        self.slot_seed.as_ref().ok_or_else(incomplete)
    }

    pub(crate) fn proof_mut(&mut self) -> Result<&mut Proof, Error> {
        self.proof.as_mut().ok_or_else(incomplete)
    }

    /// Takes the slot into the list, as it is now.
    pub(crate) fn list(&mut self, vault: &Id, slot: &SlotRow) {
        self.slots.insert(hex::encode(slot.id), ByteArray::new(slot.listed(vault)));
    }

    pub(crate) fn unlist(&mut self, slot: &SlotRow) {
        self.slots.remove(&hex::encode(slot.id));
    }

    /// Whether the slot is in the list, as it is now.
    pub(crate) fn lists(&self, vault: &Id, slot: &SlotRow) -> bool {
        self.slots.get(&hex::encode(slot.id)).is_some_and(|listed| **listed == slot.listed(vault))
    }

    pub(crate) fn seal(&self, vault: &Id, vault_key: &Secret) -> Result<Vec<u8>, Error> {
        session::seal(vault_key, place(vault), self)
    }
}

fn incomplete() -> Error {
    Error::Damaged("its header proves nothing".to_owned())
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
