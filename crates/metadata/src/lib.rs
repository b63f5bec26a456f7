//! Who made a key: from its AAGUID to the model's name, icon, certification and warnings, by files that a person
//! brings. Pure: no IO and no clock; the caller hands in bytes and the time.
//!
//! A file comes from anywhere. It is read whole, [`MAXIMUM`] bytes at most; what its signature does not vouch for is
//! not kept as verified; one entry that cannot be read is told and costs no other.
//!
//! | Where | What |
//! |---|---|
//! | [`Blob`] | the FIDO Alliance's metadata BLOB (Metadata Service 3.1 §3.1), verified |
//! | [`Root`] | what its chain of certificates may end in |
//! | [`List`] | lists that nobody signed: the Convenience Metadata Service's, and the community's `aaguid.json` |
//! | [`File`] | any of them, found out by its content |
//! | [`Catalogue`] | several files together, the verified one first, and a small table of common models |
//! | [`Model`] | what is said of one model |
//! | [`Report`], [`Certification`] | its certification, and what became known of it |
//! | [`attestation`] | the certificates of an attestation: what they signed, where they lead |
//! | [`differences`] | what a key says of itself, beside what is stated of its model |
//! | `testing` (a feature) | a metadata service of the tests' own |
//!
//! Revocation of the signer's certificates is not looked up: that needs the network.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod aaguid;
mod algorithm;
pub mod attestation;
mod base64;
mod blob;
mod catalogue;
mod chain;
mod common;
mod entry;
mod error;
mod file;
mod icon;
mod jws;
mod list;
mod model;
mod root;
mod statement;
mod status;
#[cfg(feature = "testing")]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test that cannot make its certificates has to stop"
)]
pub mod testing;
mod text;

pub use blob::{Blob, Skipped};
pub use catalogue::Catalogue;
pub use error::Error;
pub use file::{File, Kind};
pub use icon::Icon;
pub use list::List;
pub use model::{Model, Source};
pub use root::{Anchor, Root};
pub use statement::{Difference, Statement, differences};
pub use status::{Certification, Report, Severity};

/// The largest file that is read, in bytes: ten times what the FIDO Alliance publishes. Whoever reads a file reads one
/// byte more than this at most.
pub const MAXIMUM: usize = 64 * 1024 * 1024;
