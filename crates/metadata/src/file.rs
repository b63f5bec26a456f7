//! A file of metadata, found out by its content.

use jiff::Timestamp;

use crate::{
    blob::{Blob, text},
    error::Error,
    list::List,
    model::Source,
    root::{Anchor, Root},
};

/// A file that was read.
pub enum File {
    /// A BLOB, verified, and the root that it leads to.
    Blob(Blob, Anchor),
    /// A list that nobody signed.
    List(List),
}

/// What a file is, before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A JWT: three parts of base64url.
    Blob,
    /// A JSON object.
    List,
}

impl Kind {
    /// What a file is by its first letters.
    ///
    /// # Errors
    /// [`Error::Unknown`] for anything else; [`Error::TooLarge`].
    pub fn of(bytes: &[u8]) -> Result<Self, Error> {
        let text = text(bytes)?.trim_ascii_start();
        // Every JSON object in base64url begins so.
        if text.starts_with("eyJ") || text.starts_with("ew") {
            Ok(Self::Blob)
        } else if text.starts_with('{') {
            Ok(Self::List)
        } else {
            Err(Error::Unknown)
        }
    }
}

impl File {
    /// Reads a file; a BLOB has to hold at the time `now`, under one of `roots`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8], roots: &[Root], now: Timestamp) -> Result<Self, Error> {
        match Kind::of(bytes)? {
            Kind::Blob => Blob::verify(bytes, roots, now).map(|(blob, anchor)| Self::Blob(blob, anchor)),
            Kind::List => List::read(bytes).map(Self::List),
        }
    }

    /// Who says what it says.
    pub fn source(&self) -> Source {
        match self {
            Self::Blob(..) => Source::Metadata,
            Self::List(list) => list.source,
        }
    }
}
