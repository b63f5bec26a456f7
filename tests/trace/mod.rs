//! `emulate --trace` and `latchkey trace`: recorded over TCP, shown, replayed, opened by Wireshark.

mod capture;
mod card;
mod cut_off;
mod recording;
mod replay;

use crate::{
    program::{Emulator, Home},
    wire::{Client, Request},
};
use std::{path::PathBuf, process::Output};

const SEED: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";

/// A registration and a sign-in at a seeded key, recorded in `name` with these options too.
fn record(home: &Home, name: &str, more: &[&str]) -> PathBuf {
    let path = home.path(name);
    let file = path.to_str().unwrap();
    let options = ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0", "--seed", SEED];
    let key = Emulator::start(home, &[&options[..], &["--trace", file], more].concat());
    let mut client = Client::tcp(key.tcp());
    for request in [Request::register("ada"), Request::sign_in()] {
        assert_eq!(client.cbor(&request.encode()).0, 0x00);
    }
    client.ping(&[7; 100]);
    key.kill();
    path
}

/// `latchkey trace` with these arguments.
fn trace(home: &Home, arguments: &[&str]) -> Output {
    home.command(&[&["trace"], arguments].concat()).output().unwrap()
}
