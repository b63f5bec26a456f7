//! Slots: the ways to the vault key.
//!
//! A passphrase slot is always there; a keyring slot is a convenience beside it. The slot's row holds what
//! it needs to be opened again, so that the cost of Argon2id can rise without a new format.

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::{Connection, OptionalExtension, params};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{
    error::Error,
    random::random,
    seal::{self, Id, Place},
    secret::Secret,
};

/// The fewest code points of a new passphrase, after normalisation to NFC.
pub const PASSPHRASE_MINIMUM: usize = 8;

/// A way to open the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A passphrase, stretched by Argon2id.
    Passphrase,
    /// The operating system's keyring.
    Keyring,
}

impl Slot {
    /// The number in the file.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Passphrase => 1,
            Self::Keyring => 2,
        }
    }

    /// `None` for a kind of slot that a later version made: it stays and is not used.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::Passphrase, Self::Keyring].into_iter().find(|slot| slot.number() == number)
    }
}

/// What can open the vault of `connection`, the passphrase first.
pub(crate) fn slots(connection: &Connection) -> Result<Vec<Slot>, Error> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT kind FROM slot ORDER BY kind")?;
    let kinds: Vec<u8> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(kinds.into_iter().filter_map(Slot::from_number).collect())
}

/// A slot as stored.
pub(crate) struct SlotRow {
    pub(crate) id: Id,
    pub(crate) slot: Slot,
    pub(crate) parameters: Vec<u8>,
    /// The vault key under what the slot derives; empty where the keyring holds the vault key itself.
    pub(crate) wrapped: Vec<u8>,
    pub(crate) check: Vec<u8>,
}

impl SlotRow {
    /// A keyring slot: only says that the keyring was given the key.
    pub(crate) fn keyring(vault: &Id) -> Result<Self, Error> {
        Ok(Self::checked(vault, random()?, Slot::Keyring, Vec::new(), Vec::new()))
    }

    /// A passphrase slot with a fresh salt at today's cost.
    pub(crate) fn passphrase(
        vault: &Id,
        vault_key: &Secret,
        passphrase: &SecretString,
    ) -> Result<Self, Error> {
        let normal = normalised(passphrase);
        let found = normal.chars().count();
        if found < PASSPHRASE_MINIMUM {
            return Err(Error::PassphraseTooShort { minimum: PASSPHRASE_MINIMUM, found });
        }
        let id = random()?;
        let argon2id = Argon2id::today(random()?);
        let mut parameters = Vec::new();
        ciborium::into_writer(&argon2id, &mut parameters)
            .map_err(|error| Error::Damaged(error.to_string()))?;
        let place = Place { vault, record: &id, kind: Slot::Passphrase.number() };
        let wrapped =
            seal::wrap_vault_key(&argon2id.stretch(&normal)?, place, &parameters, vault_key, random()?)?;
        Ok(Self::checked(vault, id, Slot::Passphrase, parameters, wrapped))
    }

    /// The vault key, where `passphrase` is the right one.
    pub(crate) fn open(&self, vault: &Id, passphrase: &SecretString) -> Result<Secret, Error> {
        let place = Place { vault, record: &self.id, kind: self.slot.number() };
        if seal::slot_check(place, &self.parameters, &self.wrapped) != self.check {
            return Err(Error::Damaged("the passphrase slot was altered".to_owned()));
        }
        let argon2id: Argon2id = ciborium::from_reader(self.parameters.as_slice())
            .map_err(|error| Error::Damaged(error.to_string()))?;
        let stretched = argon2id.stretch(&normalised(passphrase))?;
        seal::unwrap_vault_key(&stretched, place, &self.parameters, &self.wrapped)
            .map_err(|_| Error::WrongPassphrase)
    }

    /// The first slot of this kind.
    pub(crate) fn load(connection: &Connection, slot: Slot) -> Result<Option<Self>, Error> {
        let row = connection
            .prepare_cached(r#"SELECT id, parameters, wrapped, "check" FROM slot WHERE kind = ?1"#)?
            .query_row([slot.number()], |row| {
                Ok(Self {
                    id: row.get(0)?,
                    slot,
                    parameters: row.get(1)?,
                    wrapped: row.get(2)?,
                    check: row.get(3)?,
                })
            })
            .optional()?;
        Ok(row)
    }

    pub(crate) fn insert(&self, connection: &Connection) -> Result<(), Error> {
        connection.execute(
            r#"INSERT INTO slot (id, kind, parameters, wrapped, "check") VALUES (?1, ?2, ?3, ?4, ?5)"#,
            params![self.id, self.slot.number(), self.parameters, self.wrapped, self.check],
        )?;
        Ok(())
    }

    /// Removes the slots of this kind.
    pub(crate) fn remove(connection: &Connection, slot: Slot) -> Result<(), Error> {
        connection.execute("DELETE FROM slot WHERE kind = ?1", [slot.number()])?;
        Ok(())
    }

    fn checked(vault: &Id, id: Id, slot: Slot, parameters: Vec<u8>, wrapped: Vec<u8>) -> Self {
        let place = Place { vault, record: &id, kind: slot.number() };
        let check = seal::slot_check(place, &parameters, &wrapped);
        Self { id, slot, parameters, wrapped, check }
    }
}

/// What Argon2id was asked for; stored as a CBOR map.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Argon2id {
    #[serde(with = "serde_bytes")]
    salt: [u8; 16],
    /// Passes over the memory.
    time: u32,
    /// KiB.
    memory: u32,
    lanes: u32,
}

impl Argon2id {
    /// RFC 9106 §4, the second recommended option.
    fn today(salt: [u8; 16]) -> Self {
        Self { salt, time: 3, memory: 64 * 1024, lanes: 4 }
    }

    fn stretch(&self, passphrase: &str) -> Result<Secret, Error> {
        // An altered file must not make us take all memory: 1 GiB, far above what a person waits for.
        if self.memory > 1024 * 1024 || self.time > 64 {
            return Err(Error::Damaged("the passphrase slot asks for absurd costs".to_owned()));
        }
        let damaged = |error: argon2::Error| Error::Damaged(error.to_string());
        let params = Params::new(self.memory, self.time, self.lanes, Some(32)).map_err(damaged)?;
        let mut key = Secret::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, key.expose_mut())
            .map_err(damaged)?;
        Ok(key)
    }
}

/// NFC, so that a composed and a decomposed "é" are one passphrase.
pub(crate) fn normalised(passphrase: &SecretString) -> Zeroizing<String> {
    let raw = passphrase.expose_secret();
    // NFC grows a string at most threefold in UTF-8 (UAX #15): no reallocation leaves a copy behind.
    let mut normal = Zeroizing::new(String::with_capacity(raw.len() * 3));
    normal.extend(raw.nfc());
    normal
}
