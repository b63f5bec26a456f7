//! Repairing: what can be computed anew is; what cannot be read is moved aside, never destroyed.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, params};

use super::{
    examine::{Misplaced, examine},
    structure,
};
use crate::{
    database::{self, Unfinished},
    error::Error,
    header::{Digest, Header},
    rotation::Progress,
    seal::Id,
    session::{self, Columns, Session},
    vault::{Vault, guard},
};

/// Whether records may be missing after the repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Losses {
    /// No: then nothing is changed, and [`Error::RecordsMissing`] says so.
    Refuse,
    /// Yes: the owner looked at what is there, and takes it for the vault.
    Accept,
}

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Records that could not be read, and the file beside the vault that holds them now.
    pub moved_aside: Option<(u64, PathBuf)>,
    /// Passkeys that can be found again.
    pub lookups: u64,
    /// The header vouches for other records than before.
    pub losses_accepted: bool,
}

impl Vault {
    /// Repairs an open vault, in one transaction: indexes and counts are made anew, records that do not open are moved
    /// into a file beside the vault.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Cancelled`]; [`Error::RecordsMissing`] where `losses` refuses them;
    /// [`Error::Damaged`] where the file's own trees lost something: then only a backup helps.
    pub fn repair(
        &self,
        losses: Losses,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Repaired, Error> {
        let path = database::path(&self.inner.dir);
        let repaired = self.write_despite_alarm(|session| repair(session, &path, losses, progress))?;
        *guard(&self.inner.alarm) = None;
        // An older copy is one still.
        self.watch()?;
        let connection = self.connection();
        connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(repaired)
    }
}

fn repair(
    session: &Session<'_>,
    path: &Path,
    losses: Losses,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Repaired, Error> {
    let transaction = session.transaction;
    transaction.execute_batch("REINDEX")?;
    // Counts and the rest are no part of what SQLite looks at.
    if let Some(verdict) = structure(transaction)?.into_iter().next() {
        return Err(Error::Damaged(verdict));
    }
    let mut header = Header::load(transaction, session.vault, &session.open.vault_key)?;
    let examined = examine(session, progress)?;
    let mut repaired = Repaired::default();

    let mut aside: Vec<Id> = examined.unreadable.iter().map(|(id, _)| *id).collect();
    for Misplaced { id, columns } in &examined.misplaced {
        if is_taken(session, id, columns)? {
            aside.push(*id);
        }
    }
    let mut expected = header.proof_mut()?.digest;
    expected.merge(digest_of(session, &aside)?);
    let unreadable = (!aside.is_empty()).then(|| take_out(session, &aside, path)).transpose()?;
    for Misplaced { id, columns } in
        examined.misplaced.iter().filter(|misplaced| !aside.contains(&misplaced.id))
    {
        let sql = "UPDATE record SET holder = ?2, rp = ?3, lookup = ?4 WHERE id = ?1";
        transaction.execute(sql, params![id, columns.holder, columns.rp, columns.lookup])?;
        repaired.lookups += 1;
    }
    transaction.execute_batch(
        "DELETE FROM holding; INSERT INTO holding SELECT holder, count(*) FROM record GROUP BY holder",
    )?;

    let digest = session::digest(transaction, &session.open.index_key)?;
    if digest != expected {
        if losses == Losses::Refuse {
            return Err(Error::RecordsMissing);
        }
        repaired.losses_accepted = true;
    }
    if let Some(unreadable) = unreadable {
        let file = unreadable.publish_beside(&format!("unreadable-{}", session.revision))?;
        repaired.moved_aside = Some((u64::try_from(aside.len()).unwrap_or(u64::MAX), file));
    }
    header.proof_mut()?.digest = digest;
    header.store(transaction, session.vault, &session.open.vault_key)?;
    Ok(repaired)
}

/// Whether another record is found by what this one should be found by.
fn is_taken(session: &Session<'_>, id: &Id, columns: &Columns) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM record WHERE lookup = ?1 AND id <> ?2";
    let others: u64 = session.transaction.query_row(sql, params![columns.lookup, id], |row| row.get(0))?;
    Ok(others > 0)
}

/// What these records, as they lie there, add to the digest.
fn digest_of(session: &Session<'_>, ids: &[Id]) -> Result<Digest, Error> {
    let sql = "SELECT id, kind, holder, rp, lookup, sealed FROM record WHERE id = ?1";
    let mut statement = session.transaction.prepare(sql)?;
    let mut digest = Digest::default();
    for id in ids {
        let mut rows = statement.query([id])?;
        if let Some(row) = rows.next()? {
            // Nothing was counted for a row without the columns of one.
            if let Ok(row) = session::digest_of(row, &session.open.index_key) {
                digest.toggle(row);
            }
        }
    }
    Ok(digest)
}

/// Takes the records out, into a database of their own that has no name yet.
fn take_out(session: &Session<'_>, ids: &[Id], path: &Path) -> Result<Unfinished, Error> {
    let unfinished = Unfinished::beside(path)?;
    let file = Connection::open(unfinished.path())?;
    file.execute_batch("CREATE TABLE record (id, kind, holder, rp, lookup, sealed)")?;
    for id in ids {
        let sql = "SELECT kind, holder, rp, lookup, sealed FROM record WHERE id = ?1";
        let row = session.transaction.query_row(sql, [id], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?])
        })?;
        let [kind, holder, rp, lookup, sealed]: [rusqlite::types::Value; 5] = row;
        file.execute(
            "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, kind, holder, rp, lookup, sealed],
        )?;
        session.transaction.execute("DELETE FROM record WHERE id = ?1", [id])?;
    }
    file.close().map_err(|(_, error)| error)?;
    Ok(unfinished)
}
