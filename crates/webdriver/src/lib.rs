//! Automation in the W3C's own words: the WebDriver extension commands for virtual authenticators (WebAuthn
//! Level 3 §11), served over HTTP to programs on this machine.
//!
//! A browser's own endpoint has virtual authenticators inside the browser. Here each is a virtual key that any
//! browser reaches as a USB device, or any program over a socket. The endpoint has no browser: of WebDriver it
//! knows sessions and the commands of §11. Everything lives in memory and is gone when it stops. Private keys
//! cross in both directions, because §11 says so; that is why no vault can be reached from here.
//!
//! | Where | What | Section |
//! |---|---|---|
//! | [`serve`], [`Config`], [`Running`] | starting and stopping; what it tells | |
//! | `commands` | one file per command | WebDriver §8, WebAuthn §11.3 to §11.10 |
//! | `capabilities` | what a new session asks for and gets | §11.1 |
//! | `authenticator_configuration` | the options of a virtual authenticator, and the profile they make | §11.3 |
//! | `credential_parameters` | a credential as JSON | §11.5 |
//! | `virtual_authenticator`, `person` | a running key with its store, and who answers its questions | §11.2 |
//! | `large_blob` | large blobs, plain and compressed | §11.5 |
//! | `guard`, `body`, `problem` | who may ask, what is read, how errors look | WebDriver §6 |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod authenticator_configuration;
mod base64url;
mod body;
mod capabilities;
mod commands;
mod config;
mod credential_parameters;
mod error;
mod guard;
mod large_blob;
mod person;
mod problem;
mod server;
mod sessions;
mod virtual_authenticator;

pub use config::{Config, Event, Listener, Reach};
pub use error::Error;
pub use server::{Running, serve};
