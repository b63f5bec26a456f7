//! Latchkey beside the physical limit and beside a published peer, each pair measured in turns in one run.
//!
//! | Where | What |
//! |---|---|
//! | [`pairs`] | takes turns, so that a noisy machine disturbs both sides alike, and prints the ratios |
//! | [`key`] | our key in memory, with a person who always agrees |
//! | [`peer`] | soft-fido2 in memory, behind the same framing |
//! | [`cores`] | keeps client and server on a core each |
//! | [`client`] | one raw CTAPHID client for both, over TCP or hidraw |
//! | [`exchange`] | ping, makeCredential and getAssertion over a wire |
//! | [`requests`] | the bytes that are sent |
//! | [`resident`] | how much memory a process keeps |
//!
//! Results stand in `README.md` beside this file.

pub mod client;
pub mod cores;
pub mod exchange;
pub mod key;
pub mod pairs;
pub mod peer;
pub mod requests;
pub mod resident;
