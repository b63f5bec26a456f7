//! `emulate --fault` and `--control`: a key that misbehaves or waits for a finger, seen by a raw client.

mod at_start;
mod commander;
mod control;
mod touch;

pub(crate) use commander::Commander;

use crate::{
    program::{Emulator, Home},
    wire::Client,
};

const GET_INFO: [u8; 1] = [0x04];

/// A key in memory with these options too.
fn start(home: &Home, options: &[&str]) -> Emulator {
    let memory = ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"];
    Emulator::start(home, &[&memory[..], options].concat())
}

/// The status of getInfo, which needs nothing.
fn info(client: &mut Client) -> u8 {
    client.cbor(&GET_INFO).0
}
