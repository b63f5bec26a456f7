//! Why a file was not read or written.

use crate::format::Format;

/// Why a file was not read or written: what happened and why. [`Error::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Longer than [`MAXIMUM`](crate::MAXIMUM).
    #[error("the file has {0} bytes, more than the {max} that are read", max = crate::MAXIMUM)]
    TooLarge(usize),
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Bytes that are no UTF-8.
    #[error("the file is no text in UTF-8: byte {0} belongs to no letter")]
    NotText(usize),
    /// Not JSON, or with a member that stands twice in one object.
    #[error("the file cannot be read as JSON at line {line}, column {column}: {reason}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// A clause.
        reason: String,
    },
    /// Well-formed, but not what the format says.
    #[error("this is no file of {}: {reason}", format.name())]
    Shape {
        /// The format it was read as.
        format: Format,
        /// A clause.
        reason: String,
    },
    /// Encrypted in a way that is not opened here.
    #[error("the file is encrypted: {0}")]
    Encrypted(&'static str, &'static str),
    /// A password is needed and none was given.
    #[error("{} is sealed by a password, and none was given", .0.name())]
    PasswordMissing(Format),
    /// Password or key file open nothing.
    #[error("password or key file does not open the file")]
    WrongPassword,
    /// Opening it would take memory or time that no honest file asks for.
    #[error("opening the file would take {0}")]
    TooCostly(String),
    /// It grows beyond the bound when inflated.
    #[error("{0} grows to more than {max} bytes when it is unpacked", max = crate::MAXIMUM)]
    Bomb(&'static str),
    /// Its own checksums do not agree, or it ends too early.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// The format is for writing alone.
    #[error("{} has no private keys, so nothing can be read from it", .0.name())]
    CannotRead(Format),
    /// The format is for reading alone.
    #[error("{} is read here, but not written", .0.name())]
    CannotWrite(Format),
    /// None of the passkeys fits the format.
    #[error("{} can hold none of these passkeys: {reason}", format.name())]
    NothingToWrite {
        /// The format.
        format: Format,
        /// Why the first does not fit, or that there is none.
        reason: String,
    },
    /// What carries the format failed.
    #[error("the file could not be put together: {0}")]
    Carrier(String),
}

impl Error {
    /// What to do.
    pub fn hint(&self) -> &str {
        match self {
            Self::TooLarge(_) => "Export the passkeys alone, without attachments, or in several files.",
            Self::Empty => "Export it again, and look whether the other program wrote something.",
            Self::NotText(_) => "Export it again, or save it as UTF-8 where an editor changed it.",
            Self::Json { .. } => "Export it again; if a person edited it, mend that place.",
            Self::Shape { .. } => "Choose the program that wrote the file, or let the format be found out.",
            Self::Encrypted(_, hint) => hint,
            Self::PasswordMissing(_) => "Give the file's password.",
            Self::WrongPassword => "Try again, with the key file too if the file has one.",
            Self::TooCostly(_) => {
                "If the file is yours, choose a lower cost in the program that wrote it and save it again."
            }
            Self::Bomb(_) => {
                "Do not trust this file. If it is yours, export the passkeys without attachments."
            }
            Self::Damaged(_) => "Copy it again from where it comes, or export it again.",
            Self::CannotRead(_) => "Export to a format with keys, such as CXF or a KeePass database.",
            Self::CannotWrite(_) => "Write CXF: most programs read it.",
            Self::NothingToWrite { .. } => "Choose another format, such as CXF or a KeePass database.",
            Self::Carrier(_) => "Try again; if it happens again, choose another format.",
        }
    }

    /// Whether the file is one that only its own program opens.
    pub(crate) fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted(..))
    }

    /// Proton Pass's encrypted export.
    pub(crate) fn pgp() -> Self {
        Self::Encrypted(
            "it is an export of Proton Pass that is sealed with a passphrase by PGP",
            "In Proton Pass export again and choose the ZIP without encryption, or open it with `gpg --decrypt` \
             and read the file that comes out.",
        )
    }

    pub(crate) fn shape(format: Format, reason: impl Into<String>) -> Self {
        Self::Shape { format, reason: reason.into() }
    }

    pub(crate) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged(reason.into())
    }
}
