//! A locked vault has no keys: they leave every program, and come back with the passphrase.

use std::{
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::{
    program::{Emulator, Home, errors},
    wire::{Client, Request},
};

#[test]
fn a_lock_from_another_program_takes_the_keys_off_and_its_unlock_brings_them_back() {
    let home = Home::with_vault();
    let keys = ["device-bound", "synced"].map(|profile| Emulator::on_vault(&home, profile));
    let mut client = Client::tcp(keys[0].tcp());
    assert_eq!(client.cbor(&Request::register("ada").encode()).0, 0x00);

    home.json(&["vault", "lock"]);
    for key in &keys {
        assert_eq!(key.event("locked")["reason"], "owner");
        assert!(TcpStream::connect(key.tcp()).is_err(), "a key is reached although the vault is locked");
    }
    assert!(client.try_cbor(&Request::sign_in().encode()).is_err(), "a client that was there is answered");

    home.json(&["vault", "unlock"]);
    for key in &keys {
        let ready = key.event("ready");
        assert_eq!(ready["addresses"][0], format!("tcp:{}", key.tcp()), "it is where it was");
    }
    assert_eq!(Client::tcp(keys[0].tcp()).cbor(&Request::sign_in().encode()).0, 0x00);
}

#[test]
fn keys_in_memory_have_nothing_to_do_with_the_vault() {
    let home = Home::with_vault();
    let key = Emulator::start(&home, &["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"]);
    let mut client = Client::tcp(key.tcp());
    assert_eq!(client.cbor(&Request::register("ada").encode()).0, 0x00);
    home.json(&["vault", "lock"]);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(client.cbor(&Request::sign_in().encode()).0, 0x00);
}

#[test]
fn a_key_whose_address_was_taken_meanwhile_says_so_and_ends() {
    let home = Home::with_vault();
    let socket = home.path("key.sock");
    let mut command = home.command(&["emulate", "--approve", "never", "--unix", socket.to_str().unwrap()]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| socket.exists());
    home.json(&["vault", "lock"]);
    wait_until(|| !socket.exists());
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    home.json(&["vault", "unlock"]);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(6), "{}", errors(&ended));
    assert!(errors(&ended).contains("somebody locked it"), "{}", errors(&ended));
}

fn wait_until(condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(20));
    }
}
