//! Sealed records inside one transaction on an open vault.

use authenticator::state::PersistentState;
use rusqlite::{OptionalExtension, Params, Transaction, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    random::random,
    record::{self, Record},
    seal::{self, Fresh, Id, Place},
    secret::Secret,
    unlock::Slot,
};

/// Kinds of records; part of the associated data.
const PASSKEY: u8 = 1;
const KEY_STATE: u8 = 2;
const CHANGE: u8 = 3;
/// The header is sealed like a record, in a place of its own.
pub(crate) const HEADER: u8 = 0;
pub(crate) const HEADER_ID: Id = [0; 16];

/// What an open vault knows; wiped when dropped.
pub(crate) struct Open {
    pub(crate) vault_key: Secret,
    pub(crate) index_key: Secret,
    pub(crate) by: Slot,
}

/// One transaction.
pub(crate) struct Session<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) vault: &'a Id,
    pub(crate) open: &'a Open,
    /// The revision that this transaction leads to, should it change anything.
    pub(crate) revision: u64,
}

/// A passkey and where it lies.
pub(crate) struct Stored {
    id: Id,
    pub(crate) record: Record,
}

impl Session<'_> {
    /// Every passkey, oldest first.
    pub(crate) fn passkeys(&self) -> Result<Vec<Stored>, Error> {
        self.select("SELECT id, sealed FROM record WHERE kind = ?1", [PASSKEY])
    }

    /// The passkeys of one key, oldest first.
    pub(crate) fn passkeys_of(&self, aaguid: &Id) -> Result<Vec<Stored>, Error> {
        let (found, others) = (self.holder(aaguid, true)?, self.holder(aaguid, false)?);
        self.select("SELECT id, sealed FROM record WHERE holder IN (?1, ?2)", params![found, others])
    }

    /// Any passkey of one key.
    pub(crate) fn any_of(&self, aaguid: &Id) -> Result<Option<Stored>, Error> {
        let (found, others) = (self.holder(aaguid, true)?, self.holder(aaguid, false)?);
        let sql = "SELECT id, sealed FROM record WHERE holder IN (?1, ?2) LIMIT 1";
        Ok(self.select(sql, params![found, others])?.pop())
    }

    /// The passkeys of one key for one site, oldest first.
    pub(crate) fn passkeys_for(&self, aaguid: &Id, rp_id: &str) -> Result<Vec<Stored>, Error> {
        let (found, others) = (self.holder(aaguid, true)?, self.holder(aaguid, false)?);
        let rp = self.lookup("rp", rp_id.as_bytes())?;
        self.select(
            "SELECT id, sealed FROM record WHERE holder IN (?1, ?2) AND rp = ?3",
            params![found, others, rp],
        )
    }

    /// The passkey with this credential id.
    pub(crate) fn passkey(&self, credential_id: &[u8]) -> Result<Option<Stored>, Error> {
        let lookup = self.lookup("credential", credential_id)?;
        let mut found = self.select("SELECT id, sealed FROM record WHERE lookup = ?1", [lookup])?;
        Ok(found.pop())
    }

    /// How many discoverable passkeys one key holds.
    pub(crate) fn discoverable(&self, aaguid: &Id) -> Result<u64, Error> {
        let holder = self.holder(aaguid, true)?;
        let mut statement =
            self.transaction.prepare_cached("SELECT records FROM holding WHERE holder = ?1")?;
        let count: Option<i64> = statement.query_row([holder], |row| row.get(0)).optional()?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    pub(crate) fn insert(&self, record: &Record) -> Result<(), Error> {
        if record.discoverable {
            self.mark_changed(&record.aaguid)?;
        }
        let lookup = self.lookup("credential", &record.credential_id)?;
        self.put(random()?, PASSKEY, self.holder_of(record)?, Some(self.rp_of(record)?), lookup, record)
    }

    pub(crate) fn replace(&self, stored: &Stored) -> Result<(), Error> {
        let record = &stored.record;
        let lookup = self.lookup("credential", &record.credential_id)?;
        self.put(stored.id, PASSKEY, self.holder_of(record)?, Some(self.rp_of(record)?), lookup, record)
    }

    pub(crate) fn remove(&self, stored: &Stored) -> Result<(), Error> {
        if stored.record.discoverable {
            self.mark_changed(&stored.record.aaguid)?;
        }
        self.transaction.prepare_cached("DELETE FROM record WHERE id = ?1")?.execute([stored.id])?;
        Ok(())
    }

    /// The persistent state of one key; the default where nothing was stored yet.
    pub(crate) fn state(&self, aaguid: &Id) -> Result<PersistentState, Error> {
        let Some((id, sealed)) = self.row(self.lookup("state", aaguid)?)? else {
            return Ok(PersistentState::default());
        };
        self.unseal(&id, KEY_STATE, &sealed)
    }

    pub(crate) fn set_state(&self, aaguid: &Id, state: &PersistentState) -> Result<(), Error> {
        let lookup = self.lookup("state", aaguid)?;
        let id = self.row(lookup)?.map_or_else(random, |(id, _)| Ok(id))?;
        self.put(id, KEY_STATE, lookup, None, lookup, state)
    }

    pub(crate) fn remove_state(&self, aaguid: &Id) -> Result<(), Error> {
        let lookup = self.lookup("state", aaguid)?;
        self.transaction.execute("DELETE FROM record WHERE lookup = ?1", [lookup])?;
        Ok(())
    }

    /// The revision that last added, removed or renamed a discoverable passkey of one key; 0 where none did.
    pub(crate) fn changed_at(&self, aaguid: &Id) -> Result<u64, Error> {
        let Some((id, sealed)) = self.row(self.lookup("change", aaguid)?)? else { return Ok(0) };
        self.unseal(&id, CHANGE, &sealed)
    }

    /// This transaction does.
    pub(crate) fn mark_changed(&self, aaguid: &Id) -> Result<(), Error> {
        let lookup = self.lookup("change", aaguid)?;
        let id = self.row(lookup)?.map_or_else(random, |(id, _)| Ok(id))?;
        self.put(id, CHANGE, lookup, None, lookup, &self.revision)
    }

    /// The one record of this lookup, sealed.
    fn row(&self, lookup: [u8; 32]) -> Result<Option<(Id, Vec<u8>)>, Error> {
        let mut statement =
            self.transaction.prepare_cached("SELECT id, sealed FROM record WHERE lookup = ?1")?;
        Ok(statement.query_row([lookup], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    fn select(&self, sql: &str, values: impl Params) -> Result<Vec<Stored>, Error> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, sealed): (Id, Vec<u8>) = (row.get(0)?, row.get(1)?);
            found.push(Stored { id, record: self.unseal(&id, PASSKEY, &sealed)? });
        }
        found.sort_by_key(|stored| stored.record.sequence);
        Ok(found)
    }

    fn put(
        &self,
        id: Id,
        kind: u8,
        holder: [u8; 32],
        rp: Option<[u8; 32]>,
        lookup: [u8; 32],
        value: &impl Serialize,
    ) -> Result<(), Error> {
        let sealed = seal(&self.open.vault_key, Place { vault: self.vault, record: &id, kind }, value)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO record (id, kind, holder, rp, lookup, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, sealed = excluded.sealed",
            )?
            .execute(params![id, kind, holder, rp, lookup, sealed])?;
        Ok(())
    }

    fn unseal<T: DeserializeOwned>(&self, id: &Id, kind: u8, sealed: &[u8]) -> Result<T, Error> {
        unseal(&self.open.vault_key, Place { vault: self.vault, record: id, kind }, sealed)
    }

    /// Discoverable passkeys are counted, so they are held apart.
    fn holder(&self, aaguid: &Id, discoverable: bool) -> Result<[u8; 32], Error> {
        self.lookup("holder", &[&aaguid[..], &[u8::from(discoverable)]].concat())
    }

    fn holder_of(&self, record: &Record) -> Result<[u8; 32], Error> {
        self.holder(&record.aaguid, record.discoverable)
    }

    fn rp_of(&self, record: &Record) -> Result<[u8; 32], Error> {
        self.lookup("rp", record.rp_id.as_bytes())
    }

    fn lookup(&self, purpose: &str, value: &[u8]) -> Result<[u8; 32], Error> {
        Ok(seal::lookup(&self.open.index_key, purpose, value)?)
    }
}

/// Seals `value` under a content key that nothing else uses.
pub(crate) fn seal(vault_key: &Secret, place: Place<'_>, value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let fresh =
        Fresh { content_key: Secret::new(random()?), wrap_nonce: random()?, content_nonce: random()? };
    Ok(seal::seal(vault_key, place, record::SCHEMA, &record::encode(value)?, &fresh)?)
}

/// The inverse of [`seal`].
pub(crate) fn unseal<T: DeserializeOwned>(
    vault_key: &Secret,
    place: Place<'_>,
    sealed: &[u8],
) -> Result<T, Error> {
    let (schema, plaintext) = seal::open(vault_key, place, sealed)?;
    if schema > record::SCHEMA {
        return Err(Error::NewerVersion { found: schema.into(), supported: record::SCHEMA.into() });
    }
    record::decode(&plaintext)
}
