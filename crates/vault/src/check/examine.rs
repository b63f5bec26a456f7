//! Every record of a vault, looked at.

use std::{collections::HashMap, ops::ControlFlow};

use ciborium::Value;
use rusqlite::{Row, Transaction};

use crate::{
    error::Error,
    header::Digest,
    record::Record,
    rotation::Progress,
    seal::Id,
    session::{self, Columns, PASSKEY, Session},
};

/// The progress is told once for so many records.
const STEP: u64 = 256;

/// What the records are like.
#[derive(Default)]
pub(super) struct Examined {
    pub(super) records: u64,
    pub(super) passkeys: u64,
    /// Of all records whose columns are what they should be.
    pub(super) digest: Digest,
    /// Each with what is wrong with it.
    pub(super) unreadable: Vec<(Id, &'static str)>,
    pub(super) misplaced: Vec<Misplaced>,
    counts: HashMap<Vec<u8>, u64>,
}

/// A passkey, and where it should be found.
pub(super) struct Misplaced {
    pub(super) id: Id,
    pub(super) columns: Columns,
}

/// Opens every record in its place.
pub(super) fn examine(
    session: &Session<'_>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Examined, Error> {
    let transaction = session.transaction;
    let total = transaction.query_row("SELECT count(*) FROM record", [], |row| row.get(0))?;
    let mut statement = transaction.prepare("SELECT id, kind, holder, rp, lookup, sealed FROM record")?;
    let mut rows = statement.query([])?;
    let mut examined = Examined::default();
    loop {
        let done = examined.records;
        if done.is_multiple_of(STEP) && progress(Progress { done, total }).is_break() {
            return Err(Error::Cancelled);
        }
        let Some(row) = rows.next()? else { break };
        examined.records += 1;
        examined.take(session, row)?;
    }
    progress(Progress { done: examined.records, total })
        .is_continue()
        .then_some(examined)
        .ok_or(Error::Cancelled)
}

impl Examined {
    fn take(&mut self, session: &Session<'_>, row: &Row<'_>) -> Result<(), Error> {
        let (id, kind, sealed): (Id, u8, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(5)?);
        *self.counts.entry(row.get(2)?).or_default() += 1;
        match session::digest_of(row, &session.open.index_key) {
            Ok(digest) => self.digest.toggle(digest),
            Err(_) => self.unreadable.push((id, "is not a record of a vault")),
        }
        if kind != PASSKEY {
            match session.unseal::<Value>(&id, kind, &sealed) {
                // A later version's: it stays.
                Ok(_) | Err(Error::NewerVersion { .. }) => {}
                Err(_) => self.unreadable.push((id, "does not open; its bytes or its place were altered")),
            }
            return Ok(());
        }
        let record: Record = match session.unseal(&id, kind, &sealed) {
            Ok(record) => record,
            Err(Error::NewerVersion { .. }) => return Ok(()),
            Err(_) => {
                self.unreadable.push((id, "does not open; its bytes or its place were altered"));
                return Ok(());
            }
        };
        if record.credential().is_err() {
            self.unreadable.push((id, "opens and is not a passkey of this version"));
            return Ok(());
        }
        self.passkeys += 1;
        let columns = session.columns_of(&record)?;
        let found: [Vec<u8>; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
        if found.iter().map(Vec::as_slice).ne([&columns.holder[..], &columns.rp, &columns.lookup]) {
            self.misplaced.push(Misplaced { id, columns });
        }
        Ok(())
    }

    /// How many holders have another number of records than is written.
    pub(super) fn wrong_counts(&self, transaction: &Transaction<'_>) -> Result<usize, Error> {
        let mut statement = transaction.prepare("SELECT holder, records FROM holding WHERE records > 0")?;
        let written: HashMap<Vec<u8>, u64> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let wrong = self.counts.iter().filter(|(holder, count)| written.get(*holder) != Some(*count)).count();
        let left = written.keys().filter(|holder| !self.counts.contains_key(*holder)).count();
        Ok(wrong + left)
    }
}
