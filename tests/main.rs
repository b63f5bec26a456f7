//! Tests of the finished program and of the house it is built in.
//!
//! | Where | What |
//! |---|---|
//! | [`arrows`] | which crate may know which, and crates that nobody may know |
//! | [`wire`] | `latchkey emulate`, spoken to byte by byte by a client of these tests' own |
//! | [`cli`] | the command line: a folder of examples, and one vault under several programs |
//! | [`faults`] | keys that misbehave, at the start and while they run |
//! | [`trace`] | what `--trace` records, and what becomes of it |
//! | [`corpus`] | what the fuzzer found worth keeping, replayed |
//! | [`program`] | starting the program so that it touches nothing of the person's |

mod arrows;
mod cli;
mod corpus;
mod faults;
mod program;
mod trace;
mod wire;
