//! The CTAP2 state machine: request bytes in, response bytes out.
//!
//! Pure but for four seams ([`platform`]): the person, the store, the clock, randomness. All are held as
//! `dyn`, so that no type parameter leaks, and the only `await` is the question to the person.
//!
//! | Where | What |
//! |---|---|
//! | [`Authenticator`] | bytes to the command that they name; one file per command, in the specification's step order |
//! | [`platform`] | what this crate needs from the world |
//! | `u2f` | CTAP1, and its key handles as credentials |
//! | [`credential`] | a credential and its private key |
//! | [`attestation`] | what vouches for new credentials |
//! | [`fault`] | ways in which a key misbehaves for a tester |
//! | [`profile`] | what a key claims to be: shipped profiles, and files |
//! | [`state`] | what survives a power cycle and what does not |
//! | [`memory_store`], `testing` (a feature) | a store that forgets; a seeded world for tests |
//!
//! Section numbers without a name are those of CTAP 2.3.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod attestation;
mod authenticator;
mod authenticator_config;
mod bio_enrollment;
mod client_pin;
pub mod credential;
mod credential_management;
mod extension;
pub mod fault;
mod get_assertion;
mod get_info;
mod get_next_assertion;
mod identifiers;
mod large_blobs;
mod make_credential;
pub mod memory_store;
mod pin_token;
pub mod platform;
pub mod profile;
mod reset;
mod selection;
mod settings;
mod sign_count;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod u2f;
mod user_verification;

use extension::hmac_secret;

pub use authenticator::Authenticator;
pub use credential::{Credential, PrivateKey};
pub use memory_store::MemoryStore;
pub use pin_token::permission;
pub use profile::{Kind, Profile};
pub use transport::Transport;
