//! WebAuthn ceremonies (Level 3), pure: no IO, no clock, no randomness.
//!
//! Both ends of a ceremony: what a browser does between a site and a key, and what a site does with the answer.
//!
//! | Where | What | Section of WebAuthn |
//! |---|---|---|
//! | [`registration`], [`authentication`] | options and responses, in the JSON form of the browser's `toJSON()` and `parse…FromJSON()` | §5.1.8 to §5.1.10 |
//! | [`client`] | the browser's part: options to CTAP requests, CTAP responses to JSON | §5.1.3, §5.1.4 |
//! | [`client_data`] | what the browser states and the key signs | §5.8.1 |
//! | [`rp_id`] | which sites may speak for which RP ID | §5.1.3 step 8, HTML "registrable domain suffix" |
//! | [`signal`] | what a site says of its passkeys later | §5.1.10 |
//! | [`verify`] | the relying party's part: a list of named steps | §7.1, §7.2 |
//! | [`Base64Url`] | bytes as the JSON form carries them | §5 |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod authentication;
mod base64url;
pub mod client;
pub mod client_data;
pub mod registration;
pub mod rp_id;
pub mod signal;
mod subject_public_key_info;
pub mod verify;

pub use base64url::Base64Url;
