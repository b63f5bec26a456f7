use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;

use crate::Error;

/// Where the lab keeps its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file; made where it is not there.
    File(PathBuf),
    /// Gone when the lab is.
    Memory,
}

const VERSION: i64 = 2;

/// Times are seconds since 1970.
const SCHEMA: &str = "
    CREATE TABLE account (
        id INTEGER PRIMARY KEY,
        user_handle BLOB NOT NULL UNIQUE,
        name TEXT NOT NULL UNIQUE,
        display_name TEXT NOT NULL
    ) STRICT;
    CREATE TABLE credential (
        id BLOB PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        record TEXT NOT NULL,
        algorithm INTEGER,
        aaguid TEXT NOT NULL,
        attestation TEXT NOT NULL,
        attachment TEXT,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE ceremony (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        credential BLOB REFERENCES credential ON DELETE CASCADE,
        at INTEGER NOT NULL,
        verdict TEXT NOT NULL
    ) STRICT;
    CREATE INDEX ceremony_of_credential ON ceremony (credential, id);
    CREATE TABLE challenge (
        id TEXT PRIMARY KEY,
        session BLOB NOT NULL REFERENCES session ON DELETE CASCADE,
        purpose TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE session (
        token_hash BLOB PRIMARY KEY,
        account INTEGER REFERENCES account ON DELETE CASCADE,
        expires_at INTEGER NOT NULL
    ) STRICT;
";

/// Version 2: a removed credential is kept, so that it can be put back.
const REMOVED: &str = "ALTER TABLE credential ADD COLUMN removed_at INTEGER";

impl Database {
    pub(crate) fn open(&self) -> Result<Connection, Error> {
        let mut connection = match self {
            Self::Memory => Connection::open_in_memory()?,
            Self::File(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)
                        .map_err(|source| Error::Folder { folder: folder.to_owned(), source })?;
                }
                Connection::open(path)?
            }
        };
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut connection)?;
        Ok(connection)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > VERSION {
        return Err(Error::LaterDatabase);
    }
    if version == 0 {
        transaction.execute_batch(SCHEMA)?;
    }
    if version < 2 {
        transaction.execute_batch(REMOVED)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(())
}
