//! Faults that a tester switches on: a key that misbehaves in a known way, to see what others make of it
//! (docs/faults.md). A key without faults pays one look at a number for each message.
//!
//! | Where | What |
//! |---|---|
//! | [`Fault`] | what can go wrong, by its name |
//! | [`Spec`] | one of them with its limits: how often, and in which command |
//! | [`Faults`] | those that are on, shared by the key and whoever switches |
//! | `request`, `data`, `response` | where they strike |

mod data;
mod kind;
mod request;
mod response;
mod spec;
mod switch;

pub use kind::{Fault, KNOWN, Known};
pub use spec::{Spec, SpecError};
pub use switch::{Faults, Fired};

/// The name of a CTAP command, as a fault is limited to it and told of.
pub fn command_name(byte: u8) -> &'static str {
    ctap::Command::from_byte(byte).map_or("unknown", ctap::Command::name)
}

/// What a fault can be limited to: CTAP commands and, for faults of CTAPHID, its commands.
pub const COMMANDS: &[&str] = &[
    "makeCredential",
    "getAssertion",
    "getInfo",
    "clientPIN",
    "reset",
    "getNextAssertion",
    "bioEnrollment",
    "credentialManagement",
    "selection",
    "largeBlobs",
    "authenticatorConfig",
    "init",
    "ping",
    "msg",
    "wink",
    "lock",
    "error",
];
