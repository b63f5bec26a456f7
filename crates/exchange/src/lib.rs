//! Passkeys in the files of other programs: one file per format, each from bytes to [`Document`] and back.
//! Pure: no IO, no clock, no randomness but what a format's carrier draws for its own salt (KDBX).
//!
//! A file comes from anywhere. It is read whole, [`MAXIMUM`] bytes at most, what it unpacks to is bounded
//! likewise, and every passkey in it is a [`Row`], readable or not: nothing is dropped without a word.
//!
//! | Where | What |
//! |---|---|
//! | [`Passkey`] | what any format can say of a passkey |
//! | [`Document`] | what a file holds, row by row |
//! | [`Format`] | the formats by name, what each can do, and finding out which one a file has |
//! | [`read`], [`write`](write()) | the way in and the way out |
//! | `cxf`, `keepassxc`, `kdbx`, `bitwarden`, `webdriver` (and Chrome's dialect), `proton`, `csv` | one format each |
//! | `json`, `base64`, `zip`, `inflate`, `pem` | what formats are carried in |
//!
//! What each format keeps and loses stands in docs/exchange.md.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod base64;
mod bitwarden;
mod csv;
mod cxf;
mod document;
mod error;
mod format;
mod inflate;
mod json;
mod kdbx;
mod keepassxc;
mod loss;
mod passkey;
mod pem;
mod proton;
mod read;
mod unknown;
mod webdriver;
mod write;
mod zip;

pub use csv::lines as csv_lines;
pub use document::{Document, Row};
pub use error::Error;
pub use format::Format;
pub use passkey::{HmacSecret, LargeBlob, Passkey};
pub use read::{Unlock, read, read_with};
pub use unknown::Unknown;
pub use write::{Heading, Written, write};

/// The largest file that is read, in bytes, and the most that it may unpack to. Whoever reads a file reads one
/// byte more than this at most.
pub const MAXIMUM: usize = 64 * 1024 * 1024;
