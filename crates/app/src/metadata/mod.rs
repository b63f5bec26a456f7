//! `metadata`: who made a key, from files that the person brings. They are kept in the folder `metadata` of the data
//! folder; the network is never asked.
//!
//! A BLOB is verified when it is imported, at that time: its certificates may end before the next one is due. From then
//! on the SHA-256 of what was verified says that it is the same.

mod kept;
mod shape;

pub use kept::{FileStatus, MetadataFile};
pub use shape::{
    KeyModel, MetadataImport, MetadataStatus, ModelCertification, ModelDifference, ModelSource, ModelWarning,
    Severity, SkippedEntry,
};

use ::metadata::{Error, File, Kind, Root, aaguid};
use jiff::Timestamp;
use std::{path::Path, sync::Arc};

use crate::{
    App,
    app::lock,
    error::{AppError, Code, sentence},
};
use kept::Folder;
pub(crate) use kept::Loaded;

impl App {
    /// Takes a file into the data folder, in the place of an earlier one of its kind: the FIDO Alliance's BLOB, once its
    /// signature holds and leads to the roots of its BLOBs or to one of `roots`; or a list that nobody signed.
    ///
    /// # Errors
    /// `not-found` for no file; `usage` for what is none of them; `verification-failed` for a BLOB that does not hold,
    /// or that is older than the one that is kept; `failed` where the folder cannot be written.
    pub fn import_metadata(
        &self,
        file: &Path,
        roots: &[impl AsRef<Path>],
    ) -> Result<MetadataImport, AppError> {
        let bytes = read(file, ::metadata::MAXIMUM)?;
        let kind = Kind::of(&bytes).map_err(|error| refused(file, &error))?;
        let mut trusted = Root::of_fido();
        for root in roots {
            const LARGEST_ROOT: usize = 1 << 20;
            let root = root.as_ref();
            let certificates = read(root, LARGEST_ROOT)?;
            trusted.extend(Root::from_file(&certificates).map_err(|error| refused(root, &error))?);
        }
        let now = Timestamp::now();
        let read = File::read(&bytes, &trusted, now).map_err(|error| refused(file, &error))?;
        let folder = Folder::of(self.folder());
        let _alone = folder.lock()?;
        let entry = MetadataFile::of(file, kind, &bytes, &read, now);
        let before = folder.record()?.of(entry.source).cloned();
        if let Some(before) = before.as_ref().filter(|before| before.is_newer_than(&entry)) {
            return Err(older(file, &entry, before));
        }
        folder.keep(&entry, &bytes)?;
        let skipped = match read {
            File::Blob(blob, _) => blob.skipped,
            File::List(list) => list.skipped,
        };
        Ok(MetadataImport {
            stale: entry.is_stale(now),
            file: entry,
            replaced: before,
            skipped: skipped.into_iter().map(Into::into).collect(),
        })
    }

    /// The files that are kept, with what is wrong with them.
    ///
    /// # Errors
    /// `failed` where the folder cannot be read.
    pub fn metadata_status(&self) -> Result<MetadataStatus, AppError> {
        let now = Timestamp::now();
        let folder = Folder::of(self.folder());
        folder.record()?;
        let loaded = self.loaded();
        Ok(MetadataStatus {
            folder: folder.path().display().to_string(),
            files: loaded.files.iter().map(|file| file.at(now)).collect(),
        })
    }

    /// Forgets the file of one kind, or all of them. Says which it forgot.
    ///
    /// # Errors
    /// `not-found` where there is none; `failed` where the folder cannot be written.
    pub fn remove_metadata(&self, source: Option<ModelSource>) -> Result<Vec<MetadataFile>, AppError> {
        let folder = Folder::of(self.folder());
        let _alone = folder.lock()?;
        let gone = folder.forget(source)?;
        if gone.is_empty() {
            return Err(AppError::new(
                Code::NotFound,
                "There is no such metadata to remove.",
                "latchkey metadata status shows what is kept.",
            ));
        }
        Ok(gone)
    }

    /// What is known of keys with this AAGUID, as far as they say themselves that they are of this model; `None` for a
    /// model that is not known, and for the AAGUID of zeros. A file that cannot be read any more is passed over: see
    /// [`App::metadata_status`].
    pub fn model_of(&self, aaguid: [u8; 16]) -> Option<KeyModel> {
        let loaded = self.loaded();
        Some(KeyModel::of(loaded.catalogue.model(aaguid)?, loaded.is_stale(Timestamp::now())))
    }

    /// Where a key differs from what verified metadata states of its model; `None` where none does.
    pub fn model_differences(&self, info: &ctap::get_info::Response) -> Option<Vec<ModelDifference>> {
        let statement = self.loaded().catalogue.model(info.aaguid)?.statement?;
        Some(::metadata::differences(&statement, info).into_iter().map(Into::into).collect())
    }

    /// The certificates that attestations of this model lead to, in DER, by verified metadata; none where it has none.
    pub fn attestation_roots(&self, aaguid: [u8; 16]) -> Vec<Vec<u8>> {
        self.loaded().catalogue.attestation_roots(aaguid)
    }

    /// What verified metadata says of a U2F key by its attestation certificate, in DER: the certificates that it leads to,
    /// and the model, as far as the key itself says so.
    pub fn u2f_model(&self, certificate: &[u8]) -> (Vec<Vec<u8>>, Option<KeyModel>) {
        let Some(identifier) = ::metadata::attestation::key_identifier(certificate) else {
            return (Vec::new(), None);
        };
        let loaded = self.loaded();
        let model = loaded.catalogue.model_by_certificate(identifier);
        let model = model.map(|model| KeyModel::of(model, loaded.is_stale(Timestamp::now())));
        (loaded.catalogue.attestation_roots_by_certificate(identifier), model)
    }

    /// The files, read once and again when they change, by whichever program.
    fn loaded(&self) -> Arc<Loaded> {
        let folder = Folder::of(self.folder());
        let record = folder.record().unwrap_or_default();
        let mut cached = lock(&self.metadata);
        match cached.as_ref().filter(|loaded| loaded.record == record) {
            Some(loaded) => Arc::clone(loaded),
            None => Arc::clone(cached.insert(Arc::new(folder.load(record)))),
        }
    }
}

/// The AAGUID of a text, with its hyphens or without.
///
/// # Errors
/// `usage` for any other text.
pub fn parse_aaguid(text: &str) -> Result<[u8; 16], AppError> {
    aaguid::parse(text).ok_or_else(|| {
        AppError::new(
            Code::Usage,
            format!("{text} is no AAGUID."),
            "An AAGUID is 32 hexadecimal digits, as in ee882879-721c-4913-9775-3dfcce97072a.",
        )
    })
}

/// The whole file, or that it is too large, however long it is.
fn read(path: &Path, maximum: usize) -> Result<Vec<u8>, AppError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let enough = u64::try_from(maximum).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path).and_then(|file| file.take(enough).read_to_end(&mut bytes)).map_err(
        |error| {
            let code = match error.kind() {
                std::io::ErrorKind::NotFound => Code::NotFound,
                _ => Code::Failed,
            };
            let message = format!("{} cannot be read: {}", path.display(), sentence(&error));
            AppError::new(code, message, "Name a file that you may read.")
        },
    )?;
    if bytes.len() > maximum {
        return Err(AppError::new(
            Code::Usage,
            format!("{} has more than the {maximum} bytes that are read.", path.display()),
            "Metadata of the FIDO Alliance has about five million; this is something else.",
        ));
    }
    Ok(bytes)
}

fn refused(file: &Path, error: &Error) -> AppError {
    let (code, hint) = match error {
        Error::NotSigned | Error::Algorithm(_) | Error::NoChain | Error::Signature | Error::Host => {
            (Code::VerificationFailed, DOWNLOAD)
        }
        Error::UnknownRoot => (
            Code::VerificationFailed,
            "If the BLOB is of a service of your own, name the certificate that it leads to with --root.",
        ),
        Error::Expired(_) => {
            (Code::VerificationFailed, "Download a newer one, and check this computer's clock.")
        }
        Error::NotYet(_) => (Code::VerificationFailed, "Check this computer's clock."),
        Error::Certificate(_) | Error::Chain(_) => (Code::VerificationFailed, DOWNLOAD),
        Error::Root(_) => (Code::Usage, "Name a file with certificates in PEM, or one in DER."),
        _ => (Code::Usage, "docs/metadata.md tells which files are read, and where to get them."),
    };
    AppError::new(code, format!("{} was not taken: {error}.", file.display()), hint)
}

const DOWNLOAD: &str = "Download it anew from https://mds3.fidoalliance.org; do not trust this one.";

fn older(file: &Path, entry: &MetadataFile, kept: &MetadataFile) -> AppError {
    let number = |file: &MetadataFile| file.number.unwrap_or_default();
    AppError::new(
        Code::VerificationFailed,
        format!(
            "{} was not taken: it is number {}, older than number {}, which is kept.",
            file.display(),
            number(entry),
            number(kept)
        ),
        "An older one may leave out what became known since. To go back all the same, first say latchkey metadata remove.",
    )
}

#[cfg(test)]
mod tests;
