//! A client of any security key: what a program does with a key that somebody else, or this project, made.
//!
//! | Where | What |
//! |---|---|
//! | [`Transport`] | carries one CTAP message to a key and its answer back |
//! | [`InProcess`] | a transport to a key in this process |
//! | [`Session`] | typed requests and responses over a transport |
//! | `info`, `make_credential`, `get_assertion` | one file per operation of a session |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod error;
mod get_assertion;
mod in_process;
mod info;
mod make_credential;
mod session;
mod transport;

pub use error::Error;
pub use in_process::InProcess;
pub use session::Session;
pub use transport::{Exchange, Transport};
