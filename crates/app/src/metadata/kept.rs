//! The folder of the files that are kept, and its record: what each is, and the SHA-256 of what was verified.

use ::metadata::{Anchor, Blob, Catalogue, File as Read, Kind, List};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use specta::Type;
use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::ModelSource;
use crate::error::{AppError, Code, sentence};

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetadataFile {
    /// What it is.
    pub source: ModelSource,
    /// The name that it was imported by.
    pub name: String,
    /// When it was imported, and verified where it is signed (RFC 3339).
    pub imported: String,
    /// Its number, where it has one.
    pub number: Option<u64>,
    /// When the next one is due (YYYY-MM-DD), where it says so.
    pub next_update: Option<String>,
    /// How many entries can be read.
    pub models: usize,
    /// How many cannot.
    pub skipped: usize,
    /// The root that its signature leads to; null for a list, which nobody signed.
    pub root: Option<String>,
    /// Whether that root is one that the person gave.
    pub own_root: bool,
    /// The SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// A file that is kept, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileStatus {
    /// The file.
    pub file: MetadataFile,
    /// Whole days since it was imported.
    pub age_days: u32,
    /// Whether the next one is due.
    pub stale: bool,
    /// Why it is not used, where it is not.
    pub problem: Option<String>,
}

impl MetadataFile {
    pub(super) fn of(path: &Path, kind: Kind, bytes: &[u8], read: &Read, now: Timestamp) -> Self {
        let end = if kind == Kind::Blob { "jwt" } else { "json" };
        let name = path.file_name().map_or_else(|| end.into(), |name| name.to_string_lossy());
        let new = Self {
            source: read.source().into(),
            name: name.chars().filter(|letter| !letter.is_control()).collect(),
            imported: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            number: None,
            next_update: None,
            models: 0,
            skipped: 0,
            root: None,
            own_root: false,
            sha256: hex::encode(Sha256::digest(bytes)),
        };
        match read {
            Read::Blob(blob, anchor) => Self {
                number: Some(blob.number),
                next_update: Some(blob.next_update.to_string()),
                models: blob.len(),
                skipped: blob.skipped.len(),
                root: Some(match anchor {
                    Anchor::Fido(name) => (*name).to_owned(),
                    Anchor::Own(sha256) => format!("SHA-256 {sha256}"),
                }),
                own_root: matches!(anchor, Anchor::Own(_)),
                ..new
            },
            Read::List(list) => {
                Self { number: list.number, models: list.len(), skipped: list.skipped.len(), ..new }
            }
        }
    }

    /// Whether it is a later one of the same series: numbers of different signers say nothing about each other.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        let series = |file: &Self| file.own_root.then(|| file.root.clone());
        series(self) == series(other) && self.number > other.number
    }

    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        let due = self.next_update.as_ref().and_then(|date| date.parse::<Date>().ok());
        due.is_some_and(|due| now.to_zoned(TimeZone::UTC).date() > due)
    }

    /// The file's name in the folder, by its content: one that is half written never has it.
    fn kept_as(&self) -> String {
        format!("{}.{}", self.sha256, if self.root.is_some() { "jwt" } else { "json" })
    }
}

/// The folder, whether it is there or not.
pub(super) struct Folder(PathBuf);

/// What the folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    files: Vec<MetadataFile>,
}

impl Record {
    pub(super) fn of(&self, source: ModelSource) -> Option<&MetadataFile> {
        self.files.iter().find(|file| file.source == source)
    }
}

/// The files of a record, read.
pub(crate) struct Loaded {
    pub(super) record: Record,
    pub(super) catalogue: Catalogue,
    pub(super) files: Vec<LoadedFile>,
}

/// A file that was read, or why not.
pub(super) struct LoadedFile {
    file: MetadataFile,
    problem: Option<String>,
}

impl LoadedFile {
    pub(super) fn at(&self, now: Timestamp) -> FileStatus {
        let imported = self.file.imported.parse::<Timestamp>().unwrap_or(now);
        FileStatus {
            file: self.file.clone(),
            age_days: u32::try_from(now.duration_since(imported).as_hours() / 24).unwrap_or_default(),
            stale: self.file.is_stale(now),
            problem: self.problem.clone(),
        }
    }
}

impl Loaded {
    /// Whether newer verified metadata is due.
    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        self.catalogue.blob.as_ref().is_some_and(|blob| blob.is_stale(now))
    }
}

const RECORD: &str = "kept.json";
const LOCK: &str = "lock";

impl Folder {
    pub(super) fn of(data: &Path) -> Self {
        Self(data.join("metadata"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps other programs from changing the folder until dropped.
    pub(super) fn lock(&self) -> Result<File, AppError> {
        let locked = || {
            fs::create_dir_all(&self.0)?;
            let file = File::options().create(true).truncate(false).write(true).open(self.0.join(LOCK))?;
            file.lock()?;
            Ok(file)
        };
        locked().map_err(|error| self.not_written(&error))
    }

    /// What is kept; nothing where there is no record.
    pub(super) fn record(&self) -> Result<Record, AppError> {
        let path = self.0.join(RECORD);
        let not_read = |error: &dyn std::error::Error| {
            AppError::new(
                Code::Failed,
                format!("{} cannot be read: {}", path.display(), sentence(error)),
                "Say latchkey metadata remove, and import the files anew.",
            )
        };
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| not_read(&error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Record::default()),
            Err(error) => Err(not_read(&error)),
        }
    }

    /// Keeps a file in the place of the one of its kind: its bytes first, then the record that names them.
    pub(super) fn keep(&self, file: &MetadataFile, bytes: &[u8]) -> Result<(), AppError> {
        self.write(&file.kept_as(), bytes)?;
        let mut record = self.record()?;
        record.files.retain(|kept| kept.source != file.source);
        record.files.push(file.clone());
        record.files.sort_by_key(|kept| kept.source);
        self.save(&record)
    }

    /// Forgets the files of one kind, or all; says which.
    pub(super) fn forget(&self, source: Option<ModelSource>) -> Result<Vec<MetadataFile>, AppError> {
        let record = match (self.record(), source) {
            (Err(_), None) => {
                // A record that cannot be read names nothing: what it named goes with it.
                self.save(&Record::default())?;
                return Ok(Vec::new());
            }
            (record, _) => record?,
        };
        let goes = |file: &MetadataFile| source.is_none_or(|source| file.source == source);
        let (gone, files): (Vec<_>, Vec<_>) = record.files.into_iter().partition(goes);
        self.save(&Record { files })?;
        Ok(gone)
    }

    /// Reads every file of the record. One that is not what was imported is not used.
    pub(super) fn load(&self, record: Record) -> Loaded {
        let mut catalogue = Catalogue::default();
        let mut files = Vec::new();
        for file in &record.files {
            let problem = self.add(file, &mut catalogue).err();
            files.push(LoadedFile { file: file.clone(), problem });
        }
        Loaded { record, catalogue, files }
    }

    fn add(&self, file: &MetadataFile, catalogue: &mut Catalogue) -> Result<(), String> {
        let bytes =
            super::read(&self.0.join(file.kept_as()), ::metadata::MAXIMUM).map_err(|error| error.message)?;
        if hex::encode(Sha256::digest(&bytes)) != file.sha256 {
            return Err("It was changed after it was imported. Import it anew.".to_owned());
        }
        let told = |error: ::metadata::Error| sentence(&error);
        match file.source {
            ModelSource::Metadata => catalogue.blob = Some(Blob::verified_before(&bytes).map_err(told)?),
            ModelSource::Convenience => catalogue.convenience = Some(List::read(&bytes).map_err(told)?),
            ModelSource::Community => catalogue.community = Some(List::read(&bytes).map_err(told)?),
            ModelSource::Common => {}
        }
        Ok(())
    }

    /// Writes the record, then clears away what it does not name.
    fn save(&self, record: &Record) -> Result<(), AppError> {
        self.write(RECORD, &serde_json::to_vec_pretty(record).unwrap_or_default())?;
        let named: Vec<_> = record.files.iter().map(MetadataFile::kept_as).collect();
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != RECORD && name != LOCK && !named.contains(&name) {
                // What cannot be cleared away now is cleared away next time.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// Whole or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AppError> {
        let written = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(self.0.join(name)).map_err(|error| error.error)?;
            Ok(())
        };
        written().map_err(|error| self.not_written(&error))
    }

    fn not_written(&self, error: &std::io::Error) -> AppError {
        AppError::new(
            Code::Failed,
            format!("The metadata could not be kept in {}: {error}.", self.0.display()),
            "Check that the folder can be written and that the disk has space.",
        )
    }
}
