//! The CTAP 2.3 wire, both directions.
//!
//! Bytes in, types out, and back. No IO, no clock, no randomness: whoever needs an ephemeral key or an
//! initialisation vector draws it and hands it in.
//!
//! | Where | What | Section of CTAP 2.3 |
//! |---|---|---|
//! | [`command`] | the first byte of a message, and every request and response by it | §8.1 |
//! | [`make_credential`], [`get_assertion`], [`get_info`], [`client_pin`], [`bio_enrollment`], [`credential_management`], [`large_blobs`], [`authenticator_config`] | one file per command, each with its `Request` and `Response` | §6.1 to §6.11 |
//! | [`large_blob_array`] | what largeBlobs carries: entries, and the hash behind them | §6.10 |
//! | [`status`] | the status byte, total over `u8` | §8.2 |
//! | [`cbor`] | strict canonical decoding of requests, lenient decoding of responses, canonical encoding | §8 |
//! | [`text`] | names of other people's keys and sites, made fit to be shown | |
//! | [`entity`], [`extension`] | relying party, user, credential descriptor; extension inputs and outputs | §6, §12 |
//! | [`cose`] | public keys and algorithm identifiers | RFC 9053 |
//! | [`pkcs8`] | private keys as asymmetric key packages | RFC 5958 |
//! | [`auth_data`], [`attestation`] | what is signed, and what vouches for it | WebAuthn §6.1, §8 |
//! | [`pin_protocol`] | PIN/UV auth protocols one and two | §6.5.6, §6.5.7 |
//! | [`persistent_token`] | `encIdentifier` and `encCredStoreState` | §6.4 |
//! | [`hid`] | CTAPHID: reports, messages, channels | §11.2 |
//! | [`apdu`], [`nfc`] | command and response APDUs; the card's side of NFC | ISO 7816-4, §11.3 |
//! | [`u2f`] | CTAP1: register, authenticate, version | §10, U2F raw message formats |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod apdu;
pub mod attestation;
pub mod auth_data;
pub mod authenticator_config;
pub mod bio_enrollment;
pub mod cbor;
pub mod client_pin;
pub mod command;
pub mod cose;
pub mod credential_management;
pub mod entity;
pub mod extension;
pub mod get_assertion;
pub mod get_info;
pub mod hid;
pub mod large_blob_array;
pub mod large_blobs;
pub mod make_credential;
pub mod nfc;
pub mod persistent_token;
pub mod pin_protocol;
pub mod pkcs8;
pub mod status;
pub mod text;
pub mod u2f;

pub use command::{Command, Request, Response};
pub use status::Status;
