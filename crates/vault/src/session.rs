//! Sealed records inside one transaction on an open vault.

use std::cell::Cell;

use rusqlite::{OptionalExtension, Params, Row, Transaction, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    header::Digest,
    open::Open,
    random::random,
    record::{self, Record, Standing},
    seal::{self, Fresh, Id, Place},
    secret::Secret,
};

/// The kind of passkeys' records; part of the associated data.
pub(crate) const PASSKEY: u8 = 1;
/// That of security keys that were seen.
pub(crate) const SEEN_KEY: u8 = 7;

/// How what no site is offered is held, beside 0 (not discoverable) and 1 (discoverable).
const ASIDE: u8 = 2;
/// What is deleted is held together, whatever key it was of.
const TRASH: &[u8] = b"trash";

/// One transaction.
pub(crate) struct Session<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) vault: &'a Id,
    pub(crate) open: &'a Open,
    /// The revision that this transaction leads to, should it change anything.
    pub(crate) revision: u64,
    /// Seconds since 1970.
    pub(crate) now: u64,
    /// How this transaction changes the digest of all records.
    pub(crate) difference: Cell<Digest>,
    /// How many events it told so far.
    pub(crate) events: Cell<u32>,
    /// The key that it told last of a change.
    pub(crate) marked: Cell<Option<Id>>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        transaction: &'a Transaction<'a>,
        vault: &'a Id,
        open: &'a Open,
        revision: u64,
        now: u64,
    ) -> Self {
        let (difference, events, marked) = (Cell::default(), Cell::default(), Cell::default());
        Self { transaction, vault, open, revision, now, difference, events, marked }
    }
}

/// A passkey and where it lies.
pub(crate) struct Stored {
    pub(crate) id: Id,
    pub(crate) record: Record,
}

/// What a passkey is found by.
#[derive(PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) holder: [u8; 32],
    pub(crate) rp: [u8; 32],
    pub(crate) lookup: [u8; 32],
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

    /// The passkeys of all keys for one site, whether they are offered or not; oldest first.
    pub(crate) fn passkeys_at(&self, rp_id: &str) -> Result<Vec<Stored>, Error> {
        let rp = self.lookup("rp", rp_id.as_bytes())?;
        self.select("SELECT id, sealed FROM record WHERE rp = ?1", [rp])
    }

    /// What one key has and does not offer, but for the trash; oldest first.
    pub(crate) fn aside_of(&self, aaguid: &Id) -> Result<Vec<Stored>, Error> {
        self.select("SELECT id, sealed FROM record WHERE holder = ?1", [self.held(aaguid, ASIDE)?])
    }

    /// The trash as far as it was filled before `revision`, or then.
    pub(crate) fn trash(&self, revision: u64) -> Result<Vec<Stored>, Error> {
        let trash = self.lookup("holder", TRASH)?;
        self.select(
            "SELECT id, sealed FROM record WHERE holder = ?1 AND changed <= ?2",
            params![trash, revision],
        )
    }

    /// The passkey of a record's id.
    pub(crate) fn by_id(&self, id: &Id) -> Result<Record, Error> {
        let mut statement = self.transaction.prepare_cached("SELECT sealed FROM record WHERE id = ?1")?;
        let sealed: Vec<u8> = statement.query_row([id], |row| row.get(0))?;
        self.unseal(id, PASSKEY, &sealed)
    }

    /// How many discoverable passkeys one key holds.
    pub(crate) fn discoverable(&self, aaguid: &Id) -> Result<u64, Error> {
        self.count(self.holder(aaguid, true)?)
    }

    /// How many records a holder has.
    pub(crate) fn count(&self, holder: [u8; 32]) -> Result<u64, Error> {
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

    /// The one record of a kind that is found by its name.
    pub(crate) fn named<T: DeserializeOwned>(
        &self,
        kind: u8,
        purpose: &str,
        name: &[u8],
    ) -> Result<Option<T>, Error> {
        let Some((id, sealed)) = self.row(self.lookup(purpose, name)?)? else { return Ok(None) };
        self.unseal(&id, kind, &sealed).map(Some)
    }

    pub(crate) fn set_named(
        &self,
        kind: u8,
        purpose: &str,
        name: &[u8],
        value: &impl Serialize,
    ) -> Result<(), Error> {
        let lookup = self.lookup(purpose, name)?;
        let id = self.row(lookup)?.map_or_else(random, |(id, _)| Ok(id))?;
        self.put(id, kind, lookup, None, lookup, value)
    }

    /// The one record of this lookup, sealed.
    pub(crate) fn row(&self, lookup: [u8; 32]) -> Result<Option<(Id, Vec<u8>)>, Error> {
        let mut statement =
            self.transaction.prepare_cached("SELECT id, sealed FROM record WHERE lookup = ?1")?;
        Ok(statement.query_row([lookup], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    pub(crate) fn select(&self, sql: &str, values: impl Params) -> Result<Vec<Stored>, Error> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, sealed): (Id, Vec<u8>) = (row.get(0)?, row.get(1)?);
            found.push(Stored { id, record: self.unseal(&id, PASSKEY, &sealed)? });
        }
        // What one import brought shares a sequence.
        found.sort_by_key(|stored| (stored.record.sequence, stored.record.created_at));
        Ok(found)
    }

    pub(crate) fn put(
        &self,
        id: Id,
        kind: u8,
        holder: [u8; 32],
        rp: Option<[u8; 32]>,
        lookup: [u8; 32],
        value: &impl Serialize,
    ) -> Result<(), Error> {
        let sealed = seal(&self.open.vault_key, Place { vault: self.vault, record: &id, kind }, value)?;
        self.toggle(&id)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO record (id, kind, holder, rp, lookup, sealed, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE
                 SET holder = excluded.holder, sealed = excluded.sealed, changed = excluded.changed",
            )?
            .execute(params![id, kind, holder, rp, lookup, sealed, self.revision])?;
        self.toggle(&id)
    }

    /// Puts another value in the place of one, which keeps its age.
    pub(crate) fn reseal(&self, id: &Id, kind: u8, value: &impl Serialize) -> Result<(), Error> {
        let sealed = seal(&self.open.vault_key, Place { vault: self.vault, record: id, kind }, value)?;
        self.toggle(id)?;
        let sql = "UPDATE record SET sealed = ?2 WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![id, sealed])?;
        self.toggle(id)
    }

    pub(crate) fn take_out(&self, id: &Id) -> Result<(), Error> {
        self.toggle(id)?;
        self.transaction.prepare_cached("DELETE FROM record WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    /// Puts the record as it lies there now into the digest, or takes it out.
    fn toggle(&self, id: &Id) -> Result<(), Error> {
        let sql = "SELECT id, kind, holder, rp, lookup, sealed FROM record WHERE id = ?1";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        if let Some(row) = rows.next()? {
            let mut difference = self.difference.get();
            difference.toggle(digest_of(row, &self.open.index_key)?);
            self.difference.set(difference);
        }
        Ok(())
    }

    pub(crate) fn unseal<T: DeserializeOwned>(&self, id: &Id, kind: u8, sealed: &[u8]) -> Result<T, Error> {
        unseal(&self.open.vault_key, Place { vault: self.vault, record: id, kind }, sealed)
    }

    /// Discoverable passkeys are counted, so they are held apart.
    fn holder(&self, aaguid: &Id, discoverable: bool) -> Result<[u8; 32], Error> {
        self.held(aaguid, u8::from(discoverable))
    }

    /// Where a record is held; what no site is offered is no key's any more.
    fn holder_of(&self, record: &Record) -> Result<[u8; 32], Error> {
        match record.standing() {
            Standing::Offered => self.holder(&record.aaguid, record.discoverable),
            Standing::Hidden | Standing::Replaced => self.held(&record.aaguid, ASIDE),
            Standing::Deleted => self.lookup("holder", TRASH),
        }
    }

    pub(crate) fn columns_of(&self, record: &Record) -> Result<Columns, Error> {
        Ok(Columns {
            holder: self.holder_of(record)?,
            rp: self.rp_of(record)?,
            lookup: self.lookup("credential", &record.credential_id)?,
        })
    }

    fn held(&self, aaguid: &Id, how: u8) -> Result<[u8; 32], Error> {
        self.lookup("holder", &[&aaguid[..], &[how]].concat())
    }

    fn rp_of(&self, record: &Record) -> Result<[u8; 32], Error> {
        self.lookup("rp", record.rp_id.as_bytes())
    }

    pub(crate) fn lookup(&self, purpose: &str, value: &[u8]) -> Result<[u8; 32], Error> {
        Ok(seal::lookup(&self.open.index_key, purpose, value)?)
    }
}

/// The digest of all records as they lie there.
pub(crate) fn digest(transaction: &Transaction<'_>, index_key: &Secret) -> Result<Digest, Error> {
    let mut statement = transaction.prepare("SELECT id, kind, holder, rp, lookup, sealed FROM record")?;
    let mut rows = statement.query([])?;
    let mut digest = Digest::default();
    while let Some(row) = rows.next()? {
        digest.toggle(digest_of(row, index_key)?);
    }
    Ok(digest)
}

/// `L("row", id ‖ kind ‖ holder ‖ lookup ‖ last 16 bytes of sealed ‖ rp)`: these bytes are the envelope's tag, which
/// stands for the whole of it.
pub(crate) fn digest_of(row: &Row<'_>, index_key: &Secret) -> Result<[u8; 32], Error> {
    let (id, kind, holder): (Id, u8, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (rp, lookup): (Option<[u8; 32]>, [u8; 32]) = (row.get(3)?, row.get(4)?);
    let sealed = row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?;
    let tag = sealed.last_chunk::<16>().ok_or(seal::Unopened)?;
    let rp = rp.as_ref().map_or(&[][..], |rp| rp);
    Ok(seal::lookup(index_key, "row", &[&id[..], &[kind], &holder, &lookup, tag, rp].concat())?)
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
