//! `--unix`: the same framing as over TCP, on a path.

use super::{
    Client, Request,
    request::{REGISTRATION_HASH, SIGN_IN_HASH},
    signed::Registered,
};
use crate::program::{Emulator, Home};

#[test]
fn the_whole_round_over_a_unix_socket_that_only_its_owner_may_use() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    let path = home.path("key.sock");
    let options = ["--store", "memory", "--approve", "always", "--unix", path.to_str().unwrap()];
    let key = Emulator::start(&home, &options);
    assert_eq!(key.unix(), path);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");

    let mut client = Client::unix(&path);
    client.ping(&[7; 1024]);
    let (status, response) = client.cbor(&Request::register("ada").encode());
    assert_eq!(status, 0x00);
    let made = Registered::checked(&response, &REGISTRATION_HASH);
    let (status, response) = Client::unix(&path).cbor(&Request::sign_in().encode());
    assert_eq!(status, 0x00);
    made.check_assertion(&response, &SIGN_IN_HASH);
}

#[test]
fn a_socket_that_a_killed_key_left_behind_is_no_obstacle() {
    let home = Home::new();
    let path = home.path("key.sock");
    let options = ["--store", "memory", "--approve", "always", "--unix", path.to_str().unwrap()];
    Emulator::start(&home, &options).kill();
    let key = Emulator::start(&home, &options);
    Client::unix(key.unix()).ping(b"here again");
}
