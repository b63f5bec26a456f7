//! Keys that answer as each test says, most of them badly: the client gives a value or an error in plain words, and comes
//! to an end.

mod damaged;
mod device;
mod errors;
mod lists;
mod recording;
mod reports;
mod sentence;
mod transactions;
mod u2f;
