//! Smart card readers and the cards in them, by PC/SC (PC/SC workgroup, part 5): pcscd on Linux, the system's own
//! service on macOS and Windows.
//!
//! The library of the system is opened when it is first asked for. A program with this crate in it starts where there is
//! none, and says so when a reader is wanted: [`Error::NoLibrary`].
//!
//! | Where | What |
//! |---|---|
//! | [`Context`] | a connection to the service: which readers there are, waiting for what happens to them |
//! | [`Watched`] | a reader as such a wait sees it |
//! | [`Card`] | a card that is connected, shared with other programs: exchanges, transactions, attributes |
//! | [`atr`] | what an answer to reset tells of its card |
//! | [`Error`] | why it did not go well, each cause told apart |
//!
//! All calls block; [`Context::cancel`] ends a wait from another thread.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// What the library asks of its callers is said beside each call. No other crate of ours has any.
#![expect(unsafe_code, reason = "PC/SC is a library in C")]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

mod api;
pub mod atr;
mod card;
mod context;
mod error;
mod programs;
mod watched;

pub use card::{After, Card, Protocol, attribute};
pub use context::Context;
pub use error::Error;
pub use watched::Watched;
