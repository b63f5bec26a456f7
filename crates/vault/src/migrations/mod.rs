//! The schema, one step per format: step `n` leads from format `n` to `n + 1`.

use std::path::Path;

use rusqlite::Connection;

use crate::{
    database::{self, Unfinished},
    error::Error,
};

const MIGRATIONS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql")];

/// The format this program writes.
pub(crate) fn supported_version() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// The format of an open file.
pub(crate) fn version(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings the file at `path` to today's format, all steps in one transaction. A copy of what it was is kept beside it,
/// `vault.db.format-1.bak`.
pub(crate) fn migrate(connection: &Connection, path: &Path) -> Result<(), Error> {
    let from = version(connection)?;
    if from == supported_version() {
        return Ok(());
    }
    if from > 0 {
        keep(connection, path, from)?;
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let stepped = step(connection);
    connection.execute_batch(if stepped.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    stepped
}

fn step(connection: &Connection) -> Result<(), Error> {
    // Read again: another process may have come first.
    let from = usize::try_from(version(connection)?).unwrap_or(usize::MAX);
    for sql in MIGRATIONS.iter().skip(from) {
        connection.execute_batch(sql)?;
    }
    connection.pragma_update(None, "application_id", database::APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", supported_version())?;
    Ok(())
}

/// Keeps a copy, its log folded in, under the first name that is free.
fn keep(connection: &Connection, path: &Path, from: u32) -> Result<(), Error> {
    let copy = Unfinished::beside(path)?;
    let name = copy.path().to_str().ok_or(Error::Refused("the data folder's name is not UTF-8"))?;
    connection.execute("VACUUM INTO ?1", [name])?;
    // Another process may have come first: then it kept its own.
    if database::version_of(copy.path())? != from {
        return Ok(());
    }
    copy.publish_beside(&format!("format-{from}.bak")).map(drop)
}
