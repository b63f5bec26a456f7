//! Passkeys in the files of other programs: one file per format, each from bytes to [`Document`] and back.
//! Pure: no IO, no clock, no randomness but what a format's carrier draws for its own salt (KDBX).
//!
//! | Where | What |
//! |---|---|
//! | [`Passkey`] | what any format can say of a passkey |
//! | [`Document`] | what a file holds, row by row; nothing is dropped without a word |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod document;
mod passkey;
mod unknown;

pub use document::{Document, Row};
pub use passkey::{HmacSecret, LargeBlob, Passkey};
pub use unknown::Unknown;
