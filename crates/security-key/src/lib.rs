//! A client of any security key: what a program does with a key that somebody else, or this project, made.
//!
//! | Where | What |
//! |---|---|
//! | [`Transport`] | carries one CTAP message to a key and its answer back |
//! | [`InProcess`] | a transport to a key in this process |
//! | [`Hid`] | a transport to a USB key, or to an emulated one by socket |
//! | [`Nfc`] | a transport to a key on a smart card reader; [`nfc`] tells of the readers |
//! | [`found`], [`watch()`], [`touched`] | the keys that are there, those that come and go, the one that is meant |
//! | [`open()`] | the transport that an address names, and a session over it |
//! | [`Session`] | typed requests and responses over a transport |
//! | `info`, `make_credential`, `get_assertion`, `client_pin`, [`credential_management`], [`bio_enrollment`], [`large_blobs`], `authenticator_config`, [`reset`], `selection`, `u2f` | one file per operation of a session |
//! | [`Pin`], [`Proof`] | what the person brings; which token the session holds for it |
//! | [`PersistentToken`] | a token to keep: reading without asking |
//! | `agreement`, `hmac_secret` | what is encrypted between program and key: PINs, tokens, salts and secrets |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod agreement;
mod authenticator_config;
#[cfg(test)]
mod bench;
pub mod bio_enrollment;
mod client_pin;
pub mod credential_management;
mod discovery;
mod error;
mod get_assertion;
mod hid;
mod hmac_secret;
mod in_process;
mod info;
pub mod large_blobs;
mod make_credential;
pub mod nfc;
mod open;
mod persistent_token;
mod pin;
mod proof;
mod random;
pub mod reset;
mod selection;
mod session;
mod token;
mod transport;
mod u2f;

pub use agreement::Agreement;
pub use authenticator_config::{PinPolicy, Setting};
pub use client_pin::PinRetries;
#[cfg(feature = "hidapi")]
pub use discovery::found_by_hidapi;
pub use discovery::{Event, Found, Identity, Touched, Watch, found, touched, watch};
pub use error::Error;
pub use hid::{Hid, Progress};
pub use hmac_secret::{HmacSecret, has_seeds};
pub use in_process::InProcess;
pub use nfc::Nfc;
pub use open::{Key, open};
pub use persistent_token::PersistentToken;
pub use pin::{Pin, PinFault, PinRules};
pub use proof::{Proof, Verification};
pub use session::Session;
pub use token::{Permissions, Token};
pub use transport::{Exchange, Initialization, Medium, Passed, Tap, Transport};
