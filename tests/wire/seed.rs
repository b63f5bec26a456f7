//! `--seed`: the same request bytes give the same response bytes.

use super::{Client, Request};
use crate::program::{Emulator, Home};

#[test]
fn a_seeded_key_repeats_itself() {
    let first = run(&"0".repeat(64));
    assert_eq!(first, run(&"0".repeat(64)));
    assert_ne!(first, run(&"1".repeat(64)));
}

/// What a key of this seed answers to a registration and a sign-in.
fn run(seed: &str) -> [(u8, Vec<u8>); 2] {
    let options = ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0", "--seed", seed];
    let key = Emulator::start(&Home::new(), &options);
    let mut client = Client::tcp(key.tcp());
    let answers =
        [Request::register("ada"), Request::sign_in()].map(|request| client.cbor(&request.encode()));
    assert!(answers.iter().all(|(status, _)| *status == 0x00));
    answers
}
