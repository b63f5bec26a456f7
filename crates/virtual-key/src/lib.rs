//! The emulated key's input and output.
//!
//! [`VirtualKey::start`] opens the links of a [`Config`] and runs one key behind all of them, on a thread of its
//! own: what the key does never holds up a window, and several keys run in one process.
//!
//! | Where | What |
//! |---|---|
//! | [`Config`], [`Link`], [`Address`], [`Event`] | what a key is, how programs reach it, what it tells |
//! | [`VirtualKey`], [`Running`] | starting and stopping |
//! | `key_loop` | the one loop of a key: keepalive, cancel, busy (CTAP 2.3 §11.2, §11.3) |
//! | [`Tap`] | hearing every packet |
//! | `link` | what links and loop say to each other |
//! | `uhid` | a FIDO HID device by /dev/uhid, the only place that opens it |
//! | `socket` | UDP, TCP and Unix sockets |
//! | `nfc`, `card` | a card in the virtual reader of pcscd; the card's part of the loop |
//! | `fault` | faults of CTAPHID, for testers |
//! | `touch` | the touch that a U2F client polls for |
//!
//! Links carry 64-byte reports or APDUs and know nothing of their content; `ctap::hid` and `ctap::nfc` give them meaning; the
//! `authenticator` decides.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attended;
mod card;
mod config;
mod error;
mod fault;
mod key_loop;
mod link;
mod nfc;
mod running;
mod socket;
mod tap;
mod touch;
mod uhid;

pub use config::{Address, Config, Event, Link, Observer};
pub use error::Error;
pub use running::{Running, VirtualKey};
pub use socket::unix::PrivateSocket;
pub use tap::{Direction, Packet, Tap, Transport};
