//! The SQLite file: where it lies, its schema, and how it is opened without being harmed.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags,
    config::DbConfig::{SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE},
};

use crate::{
    error::Error,
    journal::Journal,
    migrations::{migrate, supported_version, version},
    random::random,
    whole_file::rename_to_free,
};

/// The file in the data folder.
pub(crate) const FILE: &str = "vault.db";
/// "Ltch" in SQLite's header: tells our file from any other database.
pub(crate) const APPLICATION_ID: u32 = 0x4c74_6368;
/// A file up to this size is read whole when it is opened, which takes some 30 ms; a larger one by `Vault::check`.
const SMALL: u64 = 2 * 1024 * 1024;
/// How long another process may hold the write lock.
const BUSY: Duration = Duration::from_secs(10);

/// The vault's file in `dir`.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// Opens the file in `dir`. A file that is damaged or of a newer format is left as it is, byte for byte.
pub(crate) fn open(dir: &Path) -> Result<Connection, Error> {
    let (connection, path) = (look(dir)?, path(dir));
    connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Journal::suited(&path).settle(&connection)?;
    migrate(&connection, &path)?;
    Ok(connection)
}

/// Opens a file of any format that this program knows, and changes nothing of it.
pub(crate) fn look(dir: &Path) -> Result<Connection, Error> {
    let path = path(dir);
    check_header(&path)?;
    check_access(dir)?;
    check_access(&path)?;
    let connection = connect(&path)?;
    // A log that another process left is not folded into a file that may turn out damaged.
    connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log(&path))?;
    check_content(&connection, is_small(&path))?;
    Ok(connection)
}

/// Makes the file in `dir`: `fill` writes the first rows, then the complete file takes its name in one step.
/// An existing vault is never replaced.
pub(crate) fn create(dir: &Path, fill: impl FnOnce(&Connection) -> Result<(), Error>) -> Result<(), Error> {
    create_folder(dir)?;
    let path = path(dir);
    let unfinished = Unfinished::beside(&path)?;
    let connection = connect(unfinished.path())?;
    Journal::suited(dir).settle(&connection)?;
    migrate(&connection, unfinished.path())?;
    fill(&connection)?;
    connection.close().map_err(|(_, error)| error)?;
    unfinished.publish(&path)
}

/// Opens a file of today's format that may be damaged, and changes nothing of it.
pub(crate) fn open_unchecked(dir: &Path) -> Result<Connection, Error> {
    let path = path(dir);
    check_header(&path)?;
    check_access(dir)?;
    check_access(&path)?;
    let connection = connect(&path)?;
    connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if version(&connection)? == supported_version() {
        return Ok(connection);
    }
    Err(Error::Damaged("a damaged vault of an earlier format cannot be repaired".to_owned()))
}

/// A second connection beside the first.
pub(crate) fn second(dir: &Path) -> Result<Connection, Error> {
    connect(&path(dir))
}

/// A second connection, for reading beside the first.
pub(crate) fn reader(dir: &Path) -> Result<Connection, Error> {
    let connection = connect(&path(dir))?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Whether the file is read whole when it is opened.
pub(crate) fn is_small(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() <= SMALL)
}

/// The format that the file's header states.
pub(crate) fn version_of(path: &Path) -> Result<u32, Error> {
    let mut header = [0; 100];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut header))
        .map_err(Error::io(format!("{} cannot be read", path.display())))?;
    Ok(big_endian(&header, 60).unwrap_or_default())
}

/// What SQLite's file header says before SQLite itself may touch the file.
fn check_header(path: &Path) -> Result<(), Error> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::Absent(path.to_owned())),
        file => file.map_err(Error::io(format!("{} cannot be read", path.display())))?,
    };
    let mut header = [0; 100];
    file.read_exact(&mut header).map_err(|_| Error::Damaged("the file is cut short".to_owned()))?;
    if !header.starts_with(b"SQLite format 3\0") || big_endian(&header, 68) != Some(APPLICATION_ID) {
        return Err(Error::Damaged("the file is not a Latchkey vault".to_owned()));
    }
    check_version(big_endian(&header, 60).unwrap_or(0))
}

/// Whether the folder, where SQLite keeps its journal, and the file can be written to.
fn check_access(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use rustix::{
            fs::{Access, access},
            io::Errno,
        };
        // Whatever else may be the matter, the next step says it.
        if let Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) = access(path, Access::WRITE_OK) {
            return Err(Error::ReadOnly(path.to_owned()));
        }
    }
    Ok(())
}

/// What SQLite says of the content. `whole` reads all of it, so that a loss in its trees does not go unnoticed.
fn check_content(connection: &Connection, whole: bool) -> Result<(), Error> {
    check_version(version(connection)?)?;
    if !whole {
        return Ok(());
    }
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(Error::Damaged(verdict)) }
}

fn check_version(found: u32) -> Result<(), Error> {
    match found {
        0 => Err(Error::Damaged("the file has no format number".to_owned())),
        found if found > supported_version() => {
            Err(Error::NewerVersion { found, supported: supported_version() })
        }
        _ => Ok(()),
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE,
    )?;
    connection.busy_timeout(BUSY)?;
    Journal::suited(path).prepare(&connection)?;
    connection.set_db_config(SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // What costs nothing is looked at with every page that is read.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    // FULL: a commit is on the disk when it returns, whichever the journal.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn has_log(path: &Path) -> bool {
    fs::metadata(path.with_extension("db-wal")).is_ok_and(|log| log.len() > 0)
}

fn big_endian(header: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*header.get(at..)?.first_chunk()?))
}

fn create_folder(dir: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(Error::io(format!("{} cannot be made", dir.display())))
}

/// SQLite gives its log the mode of the file that it belongs to.
fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn sync(path: &Path) -> Result<(), Error> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(Error::io(format!("{} cannot be made durable", path.display())))
}

/// A file that has not got its name yet; gone when dropped.
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    /// An empty file that only its owner may read, in the folder of `path`.
    pub(crate) fn beside(path: &Path) -> Result<Self, Error> {
        let unfinished = Self(path.with_file_name(format!("{FILE}.{}", hex::encode(random::<8>()?))));
        open_private(&unfinished.0)
            .map_err(Error::io(format!("{} cannot be made", unfinished.0.display())))?;
        Ok(unfinished)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the complete file its name, durably. [`Error::Exists`] where the name is taken.
    pub(crate) fn publish(&self, path: &Path) -> Result<(), Error> {
        sync(&self.0)?;
        match rename_to_free(&self.0, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(Error::Exists(path.to_owned()));
            }
            renamed => renamed.map_err(Error::io(format!("{} cannot be made", path.display())))?,
        }
        path.parent().map_or(Ok(()), sync)
    }

    /// As [`Self::publish`], under the name of the vault and `suffix`, or with the first number that makes it free.
    pub(crate) fn publish_beside(&self, suffix: &str) -> Result<PathBuf, Error> {
        let mut to = self.0.with_file_name(format!("{FILE}.{suffix}"));
        for number in 2_u32.. {
            match self.publish(&to) {
                Err(Error::Exists(_)) => to = self.0.with_file_name(format!("{FILE}.{suffix}.{number}")),
                published => return published.map(|()| to),
            }
        }
        Err(Error::Exists(to))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = self.0.clone().into_os_string();
            name.push(suffix);
            // Most often there is no such file; a leftover holds nothing readable.
            drop(fs::remove_file(name));
        }
    }
}
