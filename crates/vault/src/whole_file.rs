//! Files that are there whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::{error::Error, random::random};

/// What happens where a file has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Keep,
    /// It gives way, in one step.
    Replace,
}

/// Writes a file that only its owner may read; it is on the disk when this returns.
///
/// # Errors
/// [`Error::FileExists`], [`Error::DiskFull`], [`Error::Io`]; then nothing was left behind.
pub fn write_whole(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), Error> {
    Staged::write(path, bytes, existing)?.publish()
}

/// A file that is on the disk and has not got its name yet; gone when dropped.
pub(crate) struct Staged {
    file: File,
    path: PathBuf,
    folder: PathBuf,
    /// The name that it has meanwhile, where the file system knows no files without one.
    temporary: Option<Temporary>,
    existing: Existing,
}

impl Staged {
    pub(crate) fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<Self, Error> {
        // Said before the work, and once more by the step that gives the name.
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(Error::FileExists(path.to_owned()));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new(".")).to_owned();
        let cannot = |error| cannot(path, error);
        let (file, temporary) = if let Some(file) = unnamed(&folder) {
            (file, None)
        } else {
            let temporary = Temporary::of(path)?;
            (create_private(&temporary.0).map_err(cannot)?, Some(temporary))
        };
        let mut staged = Self { file, path: path.to_owned(), folder, temporary, existing };
        staged.file.write_all(bytes).and_then(|()| staged.file.sync_all()).map_err(cannot)?;
        Ok(staged)
    }

    /// What lies on the disk.
    pub(crate) fn read_back(&mut self) -> Result<Vec<u8>, Error> {
        // What the system still holds in memory proves nothing about the disk.
        #[cfg(target_os = "linux")]
        let _ = rustix::fs::fadvise(&self.file, 0, None, rustix::fs::Advice::DontNeed);
        let mut bytes = Vec::new();
        let read = self.file.rewind().and_then(|()| self.file.read_to_end(&mut bytes));
        read.map_err(|error| cannot(&self.path, error))?;
        Ok(bytes)
    }

    /// Gives it its name; that is on the disk too when this returns.
    pub(crate) fn publish(self) -> Result<(), Error> {
        let named = match (&self.temporary, self.existing) {
            (None, Existing::Keep) => link(&self.file, &self.path),
            (None, Existing::Replace) => {
                let temporary = Temporary::of(&self.path)?;
                link(&self.file, &temporary.0).and_then(|()| fs::rename(&temporary.0, &self.path))
            }
            (Some(temporary), Existing::Keep) => rename_to_free(&temporary.0, &self.path),
            (Some(temporary), Existing::Replace) => fs::rename(&temporary.0, &self.path),
        };
        named.and_then(|()| flush(&self.folder)).map_err(|error| cannot(&self.path, error))
    }
}

/// A name for the meantime, beside the one that is wanted; free again when dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn of(path: &Path) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self(path.with_file_name(format!(".{name}.{}.part", hex::encode(random::<6>()?)))))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Most often it was renamed; what is left over holds nothing that was promised.
        drop(fs::remove_file(&self.0));
    }
}

/// A file without a name: whatever ends the program, nothing of it stays. `None` where the file system has none.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};

    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
    // Naming it goes through /proc (open(2), O_TMPFILE).
    Path::new("/proc/self/fd").exists().then(|| file.into())
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD};
    use std::os::fd::AsRawFd;

    let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(rustix::fs::linkat(CWD, unnamed, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// A rename that fails where the name is taken, as far as the file system knows one.
pub(crate) fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    // FAT, as on memory sticks, has no hard links.
    #[cfg(target_os = "linux")]
    match rustix::fs::renameat_with(
        rustix::fs::CWD,
        from,
        rustix::fs::CWD,
        to,
        rustix::fs::RenameFlags::NOREPLACE,
    ) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {}
        renamed => return Ok(renamed?),
    }
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Neither of the two: whoever takes the name in this moment loses it.
        Err(_) if to.symlink_metadata().is_err() => fs::rename(from, to),
        linked => linked,
    }
}

/// Makes the names in a folder durable, where its file system has such a thing.
fn flush(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        flushed => flushed,
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn cannot(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::AlreadyExists => Error::FileExists(path.to_owned()),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull,
        _ => Error::io(format!("{} cannot be written", path.display()))(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_private_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        write_whole(&path, b"one", Existing::Keep).unwrap();
        assert!(matches!(write_whole(&path, b"two", Existing::Keep), Err(Error::FileExists(_))));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_whole(&path, b"three", Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_never_gets_its_name_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut staged = Staged::write(&folder.path().join("backup"), b"bytes", Existing::Keep).unwrap();
        assert_eq!(staged.read_back().unwrap(), b"bytes");
        drop(staged);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        assert!(write_whole(&folder.path().join("no/folder"), b"", Existing::Keep).is_err());
    }

    #[test]
    fn a_file_system_that_has_no_files_without_names_serves_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        for (existing, bytes) in [(Existing::Keep, b"one"), (Existing::Replace, b"two")] {
            let temporary = Temporary::of(&path).unwrap();
            let mut file = create_private(&temporary.0).unwrap();
            file.write_all(bytes).unwrap();
            let folder = folder.path().to_owned();
            Staged { file, path: path.clone(), folder, temporary: Some(temporary), existing }
                .publish()
                .unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
