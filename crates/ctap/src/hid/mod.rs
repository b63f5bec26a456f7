//! CTAPHID (CTAP 2.3 §11.2): a function of bytes and time.
//!
//! Nothing here reads, writes or looks at a clock. Whoever does hands in 64-byte reports and the time that has
//! passed since any fixed moment, and gets messages back.
//!
//! | Where | What | Section |
//! |---|---|---|
//! | [`report`] | one 64-byte report, as a [`Packet`] | §11.2.4 |
//! | [`message`] | what several reports carry: [`Command`], [`Message`], [`Error`], [`KeepaliveStatus`] | §11.2.4, §11.2.9 |
//! | [`assembler`] | reports to message, with the rules of sequence and time | §11.2.5.4 |
//! | [`Capabilities`] | what a device claims to take | §11.2.9.1.3 |
//! | [`channels`] | the device's side: who may speak, and what is answered without the authenticator | §11.2.3, §11.2.5 |

pub mod assembler;
mod capabilities;
pub mod channels;
pub mod message;
pub mod report;

pub use assembler::Assembler;
pub use capabilities::Capabilities;
pub use channels::{Channels, Client, Event};
pub use message::{Command, Error, KeepaliveStatus, MAX_PAYLOAD, Message, TooLong};
pub use report::{Packet, Report};

/// The channel on which INIT asks for a channel (§11.2.3).
pub const BROADCAST: u32 = 0xFFFF_FFFF;

#[cfg(test)]
mod tests;
