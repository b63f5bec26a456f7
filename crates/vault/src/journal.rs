//! Which journal suits the file system that the vault lies on.
//!
//! A write-ahead log needs memory that all who use it share (sqlite.org/wal.html, "Disadvantages"), and two computers on
//! one network folder share none. There a rollback journal serves: its locks are the file's own, which the server knows.

use std::path::Path;

use rusqlite::Connection;

use crate::error::Error;

/// How SQLite keeps a change whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// The write-ahead log: readers wait for no writer.
    Log,
    /// The rollback journal.
    Rollback,
}

impl Journal {
    /// The one for the file or folder at `path`.
    pub(crate) fn suited(path: &Path) -> Self {
        if is_shared_by_computers(path) { Self::Rollback } else { Self::Log }
    }

    /// Before the first read: a log that was begun elsewhere is then read without shared memory.
    pub(crate) fn prepare(self, connection: &Connection) -> Result<(), Error> {
        if self == Self::Rollback {
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        Ok(())
    }

    /// Brings the file to this journal, also one that was moved from another kind of file system. Outside of a
    /// transaction, because inside one the journal cannot change.
    pub(crate) fn settle(self, connection: &Connection) -> Result<(), Error> {
        let wanted = match self {
            Self::Log => "wal",
            Self::Rollback => "delete",
        };
        let found: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        if found != wanted {
            connection.pragma_update(None, "journal_mode", wanted)?;
        }
        if self == Self::Rollback {
            connection.pragma_update(None, "locking_mode", "NORMAL")?;
            // The lock is given back with the next read (sqlite.org/pragma.html#pragma_locking_mode).
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        }
        Ok(())
    }
}

/// Whether another computer may have the same file open. User-space file systems count: sshfs is one of them, and
/// those that are not lose nothing but speed.
#[cfg(target_os = "linux")]
fn is_shared_by_computers(path: &Path) -> bool {
    /// linux/magic.h, and each system's own header where it is not there.
    const MAGIC: &[u64] = &[
        0x6969,      // NFS
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB2
        0x0102_1997, // 9p
        0x6573_5546, // FUSE
        0x5346_414f, // AFS
        0x6b41_4653, // the kernel's AFS
        0x7375_7245, // Coda
        0x00c3_6400, // Ceph
        0x0bd0_0bd0, // Lustre
        0x0116_1970, // GFS2
        0x7461_636f, // OCFS2
        0x786f_4256, // VirtualBox's shared folders
    ];
    // A file system that says nothing is treated as a disk.
    rustix::fs::statfs(path)
        .is_ok_and(|system| u64::try_from(system.f_type).is_ok_and(|found| MAGIC.contains(&found)))
}

#[cfg(not(target_os = "linux"))]
fn is_shared_by_computers(_: &Path) -> bool {
    false
}
