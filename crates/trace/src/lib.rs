//! What passed between programs and a key: recorded, read back, explained, given to Wireshark.
//!
//! No clock here and no key: whoever records says when something passed, and whoever replays has the key.
//!
//! | Where | What |
//! |---|---|
//! | [`entry`] | one line of a trace: a packet, or what happened to the key |
//! | [`Header`] | the first line |
//! | [`Recorder`] | writes a trace or a capture while it grows |
//! | [`read`] | reads a trace back, also one that ends in the middle |
//! | [`join`] | packets to messages |
//! | [`secrets`] | which bytes of a message are not for the file |
//! | [`view`] | a message with the specification's names |
//! | [`pcapng`] | a capture that Wireshark opens as a USB HID device |
//!
//! The file's format is described in docs/formats/trace.md.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cbor;
pub mod entry;
mod header;
pub mod join;
mod mask;
pub mod pcapng;
mod read;
mod record;
pub mod secrets;
mod usb;
pub mod view;

pub use entry::{Direction, Entry, Event, Packet, Transport};
pub use header::Header;
pub use read::{Error, Trace, read};
pub use record::{Format, Recorder};
