//! Why the vault did not do as asked.

use std::{io, path::PathBuf};

use authenticator::platform::StoreError;
use rusqlite::ErrorCode;

use crate::seal::Unopened;

/// Why the vault did not do as asked: what happened and why. [`Error::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No vault in this folder.
    #[error("there is no vault at {}", .0.display())]
    Absent(PathBuf),
    /// A vault is there already.
    #[error("there is a vault at {} already", .0.display())]
    Exists(PathBuf),
    /// Not a vault, or one whose bytes were altered.
    #[error("the vault is damaged: {0}")]
    Damaged(String),
    /// Written by a newer Latchkey.
    #[error("the vault has format {found}, this program knows formats up to {supported}")]
    NewerVersion {
        /// The file's format.
        found: u32,
        /// The newest that this program knows.
        supported: u32,
    },
    /// Not opened in this process.
    #[error("the vault is locked")]
    Locked,
    /// A person locked it, for every process: the keyring does not open it.
    #[error("the vault was locked by its owner")]
    LockedByOwner,
    /// The passphrase opens nothing.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// A new passphrase that breaks the rule.
    #[error("a passphrase has at least {minimum} characters; this one has {found}")]
    PassphraseTooShort {
        /// In code points after normalisation.
        minimum: usize,
        /// Likewise.
        found: usize,
    },
    /// Nothing of this kind opens the vault.
    #[error("no {} opens this vault: it has no such slot", .0.to_lowercase())]
    NoSlot(&'static str),
    /// No slot has this id.
    #[error("the vault has no such slot")]
    NoSuchSlot,
    /// The slot is the last way to open the vault, or the last beside the keyring.
    #[error("this is the last slot that opens the vault without the keyring")]
    LastSlot,
    /// A slot of an earlier format, which a new vault key cannot be sealed to.
    #[error(
        "the slot {0:?} was made by an earlier version and was not used since, so no new vault key reaches it"
    )]
    SlotOutdated(String),
    /// A slot that the vault's header does not list as it is.
    #[error("the slot {0:?} was put into the file, or altered, by somebody without the vault's key")]
    SlotAltered(String),
    /// What the security key answered opens nothing.
    #[error("this security key does not open the vault")]
    WrongSecurityKey,
    /// Not what the hmac-secret extension of a key computes.
    #[error("the security key's answer is not a secret: 32 bytes that are not all zero are wanted")]
    WeakHmacOutput,
    /// A recovery key that opens nothing here.
    #[error("this recovery key does not open the vault")]
    WrongRecoveryKey,
    /// Not a recovery key at all.
    #[error("this is not a recovery key: {0}")]
    RecoveryKeyText(String),
    /// Not the newest copy of the vault that this computer has seen.
    #[error("this is an older copy of the vault: {missing} changes are missing, so nothing was written")]
    OlderCopy {
        /// How many transactions.
        missing: u64,
    },
    /// The records are not those that the header vouches for.
    #[error("records of the vault are missing, were altered, or were put back from an older copy")]
    RecordsMissing,
    /// The person stopped it.
    #[error("it was stopped, and nothing was changed")]
    Cancelled,
    /// The vault has no keyring slot.
    #[error("the vault was not given to the keyring")]
    NoKeyringSlot,
    /// The keyring holds no entry for this vault although the vault was given to it.
    #[error("the keyring does not hold this vault's key any more")]
    KeyMissing,
    /// The keyring's entry does not open this vault.
    #[error("the key that the keyring holds does not open this vault")]
    WrongKey,
    /// The keyring is locked and nobody unlocked it, or the service has no keyring yet.
    #[error("the keyring is locked, or was not made yet")]
    KeyringLocked,
    /// No keyring answers.
    #[error("no keyring answers: {0}")]
    KeyringUnavailable(String),
    /// Other processes held the vault for longer than ten seconds.
    #[error("another program is busy with the vault")]
    Busy,
    /// No space left.
    #[error("the disk is full, nothing was stored")]
    DiskFull,
    /// The folder or the file cannot be written to.
    #[error("{} can only be read", .0.display())]
    ReadOnly(PathBuf),
    /// A passkey that contradicts itself or one that is there.
    #[error("{0}")]
    Refused(&'static str),
    /// A file that was to be written is there already.
    #[error("there is a file at {} already", .0.display())]
    FileExists(PathBuf),
    /// A file that was to be read is not what it should be.
    #[error("the file cannot be read: {0}")]
    File(String),
    /// The file is sealed by another passphrase.
    #[error("the passphrase does not open the file")]
    WrongFilePassphrase,
    /// The file is encrypted to others.
    #[error("the file is encrypted to other keys")]
    WrongIdentity,
    /// What was given as an identity is none.
    #[error("this is no identity of age: `AGE-SECRET-KEY-1` and 58 letters")]
    NoIdentity,
    /// What was written is not what was to be written.
    #[error("the file was written and does not read back: {0}")]
    NotVerified(String),
    /// Another passkey for the same site and user handle is offered.
    #[error("another passkey for the same account stands in its place")]
    Occupied(
        /// The other one's credential id.
        Vec<u8>,
    ),
    /// A file or folder could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it did not work.
        source: io::Error,
    },
    /// Anything else that the database says.
    #[error("the vault's database failed: {0}")]
    Database(rusqlite::Error),
}

impl Error {
    /// What to do about it, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Absent(_) => "Make one with `latchkey vault init`.",
            Self::Exists(_) => "Unlock it, or choose another data folder with `--data-dir`.",
            Self::Damaged(_) => {
                "Nothing was written. Look at it with `latchkey vault check`, or put a backup in its place."
            }
            Self::NewerVersion { .. } => "Nothing was written. Update Latchkey.",
            Self::Locked => "Unlock it with `latchkey vault unlock`.",
            Self::LockedByOwner | Self::NoKeyringSlot => "Unlock it with the passphrase.",
            Self::WrongPassphrase | Self::WrongFilePassphrase => "Try again; upper and lower case matter.",
            Self::PassphraseTooShort { .. } => "Choose a longer one; several words are easy to remember.",
            Self::NoSlot(_) => "Unlock it another way; `latchkey vault status` lists them.",
            Self::NoSuchSlot => "List the slots with `latchkey vault slot list`.",
            Self::LastSlot => "Add another passphrase, security key or recovery key first.",
            Self::SlotOutdated(_) => "Unlock the vault with it once, or remove it, and try again.",
            Self::SlotAltered(_) => "Remove that slot, then look who can write to the data folder.",
            Self::WrongSecurityKey => "Try the key that was registered for this slot.",
            Self::WeakHmacOutput => "Use a security key that supports hmac-secret.",
            Self::WrongRecoveryKey => "Use the recovery key that was printed for this vault.",
            Self::RecoveryKeyText(_) => "Compare it with the printed sheet, character by character.",
            Self::OlderCopy { .. } => {
                "Put the newer file back; or accept this copy with `latchkey vault accept-older-copy`, \
                 without the passkeys and changes made since."
            }
            Self::RecordsMissing => {
                "Put a backup in the file's place; or look at what is there, then accept the loss with \
                 `latchkey vault check --repair --accept-losses`."
            }
            Self::Cancelled => "Start it again when it suits you.",
            Self::KeyMissing | Self::WrongKey => {
                "Unlock it with the passphrase, then give it to the keyring again. No new key was made."
            }
            Self::KeyringLocked => "Unlock the keyring, or unlock the vault with the passphrase.",
            Self::KeyringUnavailable(_) => {
                "Start a Secret Service such as gnome-keyring, or unlock the vault with the passphrase."
            }
            Self::Busy => "Try again in a moment.",
            Self::DiskFull => "Free some space and try again.",
            Self::ReadOnly(_) => "Allow writing there, or choose another data folder with `--data-dir`.",
            Self::Refused(_) => "Nothing was stored.",
            Self::FileExists(_) => "Choose another name, or say that it may be replaced.",
            Self::File(_) => "Copy it again from where it comes.",
            Self::WrongIdentity => "Give the identity that the file was encrypted for, or its passphrase.",
            Self::NoIdentity => {
                "Give a file as `age-keygen` writes it, or the recovery key as it was printed."
            }
            Self::NotVerified(_) => "Nothing counts as backed up. Try another disk.",
            Self::Occupied(_) => {
                "Let the two trade places: the other one is put aside and can be restored in turn."
            }
            Self::Io { .. } | Self::Database(_) => "Check the data folder's permissions and the disk.",
        }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        match &error {
            Sql::SqliteFailure(cause, _) => match cause.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(error.to_string()),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                ErrorCode::DiskFull => Self::DiskFull,
                _ => Self::Database(error),
            },
            Sql::QueryReturnedNoRows
            | Sql::InvalidColumnType(..)
            | Sql::FromSqlConversionFailure(..)
            | Sql::IntegralValueOutOfRange(..)
            | Sql::SqlInputError { .. } => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

impl From<Unopened> for Error {
    fn from(_: Unopened) -> Self {
        Self::Damaged("a sealed record does not open; its bytes or its place were altered".to_owned())
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::Locked | Error::LockedByOwner => Self::Locked,
            _ => Self::Failed(error.to_string()),
        }
    }
}
