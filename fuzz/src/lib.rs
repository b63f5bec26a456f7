//! What each target of the fuzzer does with its input, and what must hold whatever that input is.
//!
//! | Target | Input |
//! |---|---|
//! | [`apdu`] | which profile, then command APDUs to a card, each behind its length |
//! | [`cbor_command`] | which profile, then messages as they come: each behind its length |
//! | [`command_sequence`] | steps of a platform that knows the PIN protocols, of a person, and of time |
//! | [`hid_reports`] | reports of several clients, and time |
//! | [`import_file`] | which format, then a file of another manager |
//! | [`key_answers`] | which operation of the client, then what a key answers to its messages |
//! | [`profile_file`] | a profile as a person writes it |
//! | [`trace_file`] | a recorded trace |
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run TARGET -- -max_total_time=600` runs one on the stable toolchain; the root package's
//! test `corpus` replays what `fuzz/corpus` keeps.
//!
//! Nothing panics; every answer is whole and decodes; what a key keeps stays within what its profile says; no
//! authenticator data says BS without BE. [`invariants`] are asserted after every answer.

pub mod apdu;
pub mod cbor_command;
pub mod command_sequence;
pub mod hid_reports;
pub mod import_file;
mod invariants;
pub mod key_answers;
mod platform;
pub mod profile_file;
mod step;
pub mod trace_file;

/// The targets by name.
pub const TARGETS: &[(&str, fn(&[u8]))] = &[
    ("apdu", apdu::run),
    ("cbor_command", cbor_command::run),
    ("command_sequence", command_sequence::run),
    ("hid_reports", hid_reports::run),
    ("import_file", import_file::run),
    ("key_answers", key_answers::run),
    ("profile_file", profile_file::run),
    ("trace_file", trace_file::run),
];
