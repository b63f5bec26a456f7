//! Opening a file that somebody hands over: bounded, and by what its owner knows.

use std::{fs::File, io::Read, path::Path};

use exchange::{Document, Format, MAXIMUM, Unlock};
use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use vault::Opener;
use zeroize::Zeroizing;

use crate::{
    error::{AppError, Code, sentence},
    vault::explain,
};

/// What age adds to a file: a header, and 16 bytes to every 64 KiB.
const ENVELOPE: u64 = 1024 * 1024;

/// What opens a file.
#[derive(Default)]
pub struct Secrets {
    /// Its passphrase or password.
    pub passphrase: Option<SecretString>,
    /// The text of an identity file of age, or a recovery key.
    pub identities: Option<SecretString>,
    /// The bytes of a KeePass database's key file.
    pub key_file: Option<Zeroizing<Vec<u8>>>,
}

/// What a file wants before it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// Nothing.
    Freely,
    /// A passphrase or password.
    ByPassphrase,
    /// An identity of age, such as a recovery key.
    ByIdentity,
}

/// The file's bytes; refused by its size before it is read.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let cannot = |error: std::io::Error| {
        let code = if error.kind() == std::io::ErrorKind::NotFound { Code::NotFound } else { Code::Failed };
        AppError::new(
            code,
            format!("{} cannot be read: {error}.", path.display()),
            "Check the path and that you may read the file.",
        )
    };
    let limit = MAXIMUM as u64 + ENVELOPE;
    let too_large = || {
        AppError::new(
            Code::Failed,
            format!("{} is larger than the {} MiB that are read.", path.display(), MAXIMUM >> 20),
            "Export the passkeys alone, without attachments, or in several files.",
        )
    };
    let file = File::open(path).map_err(cannot)?;
    let length = file.metadata().map_err(cannot)?.len();
    if length > limit {
        return Err(too_large());
    }
    // Room for all of it, so that the buffer never moves and leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1));
    // What claims no length, such as a pipe, is bounded too.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

pub(super) fn opens(bytes: &[u8]) -> Result<Opens, AppError> {
    if vault::is_age(bytes) {
        let by_passphrase = vault::wants_passphrase(bytes).map_err(explain)?;
        return Ok(if by_passphrase { Opens::ByPassphrase } else { Opens::ByIdentity });
    }
    let sealed = Format::detect(bytes).is_some_and(Format::is_sealed);
    Ok(if sealed { Opens::ByPassphrase } else { Opens::Freely })
}

/// What is inside of a file of age; any other is itself.
pub(super) fn open(bytes: Zeroizing<Vec<u8>>, secrets: &Secrets) -> Result<Zeroizing<Vec<u8>>, AppError> {
    if !vault::is_age(&bytes) {
        return Ok(bytes);
    }
    vault::decrypt(&bytes, opener(opens(&bytes)?, secrets)?).map_err(explain)
}

/// Which of the secrets is meant.
pub(crate) fn opener(opens: Opens, secrets: &Secrets) -> Result<Opener<'_>, AppError> {
    let (secret, message, hint) = match opens {
        Opens::ByPassphrase | Opens::Freely => (
            secrets.passphrase.as_ref().map(Opener::Passphrase),
            "The file is sealed by a passphrase, and none was given.",
            "Give it with --file-passphrase-file, or in a terminal.",
        ),
        Opens::ByIdentity => (
            secrets.identities.as_ref().map(Opener::Identities),
            "The file is encrypted for the holder of an age identity, and none was given.",
            "Give the identity, or the recovery key, with --identity.",
        ),
    };
    secret.ok_or_else(|| AppError::new(Code::Locked, message, hint))
}

pub(super) fn document(format: Format, bytes: &[u8], secrets: &Secrets) -> Result<Document, AppError> {
    let unlock = Unlock {
        password: secrets.passphrase.as_ref(),
        key_file: secrets.key_file.as_ref().map(|bytes| bytes.as_slice()),
    };
    exchange::read_with(format, bytes, unlock).map_err(|error| explain_exchange(&error))
}

/// The formats' own words, with the code that scripts know.
pub(crate) fn explain_exchange(error: &exchange::Error) -> AppError {
    use exchange::Error;

    let code = match error {
        Error::WrongPassword => Code::WrongSecret,
        Error::PasswordMissing(_) => Code::Locked,
        Error::CannotRead(_) | Error::CannotWrite(_) => Code::Usage,
        _ => Code::Failed,
    };
    AppError::new(code, sentence(error), error.hint())
}
