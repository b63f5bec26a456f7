use std::{io, path::PathBuf};

/// What the lab cannot do, why, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An account needs a name.
    #[error("The name is empty or longer than 64 characters.")]
    Name,
    /// Only the owner adds a passkey to an account.
    #[error("The name {0} belongs to an account, and this browser is not signed in to it.")]
    NameTaken(String),
    /// No such account.
    #[error("There is no account called {0}.")]
    UnknownAccount(String),
    /// Only a signed-in browser changes its account.
    #[error("This browser is not signed in.")]
    NotSignedIn,
    /// The ceremony was never begun, was finished already, or was begun elsewhere or for something else.
    #[error(
        "This ceremony is not open: it was finished already, or begun in another browser or for another purpose."
    )]
    NotOpen,
    /// More than five minutes went by.
    #[error("This ceremony was begun more than five minutes ago.")]
    Expired,
    /// No such credential.
    #[error("There is no such passkey here.")]
    UnknownCredential,
    /// The database is of a later version.
    #[error("The lab's database was written by a later version of this program.")]
    LaterDatabase,
    /// The database does not answer.
    #[error("The lab's database does not work: {0}.")]
    Database(#[from] rusqlite::Error),
    /// Something in the database cannot be read.
    #[error("The lab's database holds something this program cannot read: {0}.")]
    Stored(String),
    /// The folder of the database cannot be made.
    #[error("The folder {folder} cannot be made: {source}.")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system gives no randomness.
    #[error("The operating system gives no randomness: {0}.")]
    Randomness(getrandom::Error),
    /// Another program listens there.
    #[error("Port {port} is in use by another program.")]
    PortInUse {
        /// Which.
        port: u16,
    },
    /// The port cannot be listened on.
    #[error("Port {port} cannot be opened: {source}.")]
    Listen {
        /// Which.
        port: u16,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// A stable word for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameTaken(_) => "name-taken",
            Self::UnknownAccount(_) => "unknown-account",
            Self::NotSignedIn => "not-signed-in",
            Self::NotOpen => "not-open",
            Self::Expired => "expired",
            Self::UnknownCredential => "unknown-credential",
            Self::PortInUse { .. } => "port-in-use",
            Self::LaterDatabase
            | Self::Database(_)
            | Self::Stored(_)
            | Self::Folder { .. }
            | Self::Randomness(_)
            | Self::Listen { .. } => "failed",
        }
    }

    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Name => "Type a name of 1 to 64 characters.",
            Self::NameTaken(_) => "Sign in to it first, or choose another name.",
            Self::UnknownAccount(_) => "Create a passkey for it first.",
            Self::NotSignedIn => "Sign in with a passkey first.",
            Self::NotOpen | Self::Expired => "Begin again.",
            Self::UnknownCredential => "Load the page again to see what is here.",
            Self::LaterDatabase => "Use that version, or move the database away and start afresh.",
            Self::Database(_) | Self::Stored(_) => "Move the database away to start afresh.",
            Self::Folder { .. } => "Choose another data folder with --data-dir.",
            Self::PortInUse { .. } | Self::Listen { .. } => "Choose another port with --port.",
            Self::Randomness(_) => return None,
        };
        Some(hint.to_owned())
    }
}
