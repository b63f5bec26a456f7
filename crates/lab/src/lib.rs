//! The relying-party lab: a site that registers and signs in by passkey, and shows what a site sees.
//!
//! | Where | What |
//! |---|---|
//! | [`Lab`] | the core, without HTTP: ceremonies, credentials and their history |
//! | [`serve`] | the same at `http://localhost:PORT`, as JSON and as a page |
//! | `registration`, `authentication` | the two ceremonies, one file each |
//! | `challenge`, `session` | what a ceremony hangs on: used once, bound to purpose and browser |
//! | `credential` | what is stored and shown of a credential |
//! | `account` | its name |
//! | `signal` | what the site says of its passkeys (WebAuthn §5.1.10), to whoever runs it and to the page |
//! | `database` | the schema |
//!
//! A challenge is taken out of the database before anything is verified, so no response counts twice.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod account;
mod authentication;
mod challenge;
mod credential;
mod database;
mod error;
mod http;
mod registration;
mod session;
mod signal;
mod site;

pub use credential::{Ceremony, CeremonyKind, Credential, Kind};
pub use database::Database;
pub use error::Error;
pub use http::{Running, ServerConfig, serve};
pub use registration::Wishes;
pub use session::Session;
pub use signal::{Listener, Told};
pub use site::{Begun, Config, Lab, Outcome};
