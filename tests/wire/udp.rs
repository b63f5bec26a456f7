//! `--udp`: raw reports as datagrams, and the Solo family's "power cycle" datagram.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    Client, Request,
    request::{REGISTRATION_HASH, SIGN_IN_HASH},
    signed::Registered,
};
use crate::program::{Emulator, Home};

const RESET: [u8; 1] = [0x07];
const NOT_ALLOWED: u8 = 0x30;
const NO_CREDENTIALS: u8 = 0x2E;
/// After power-up, for which the key can be reset (CTAP 2.3 §6.6).
const RESET_WINDOW: Duration = Duration::from_secs(10);

/// The datagram as the Solo family's simulator and python-fido2's device tests know it.
const POWER_CYCLE: &str = "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b\
                           394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc";

#[test]
fn datagrams_of_any_other_size_are_passed_over() {
    let key = start();
    let mut client = Client::udp(key.udp());
    for length in [0, 1, 63, 65, 1400] {
        client.send(&vec![0xFF; length]);
    }
    client.ping(&[7; 1024]);
}

// proves: transport-udp
#[test]
fn a_power_cycle_is_over_within_a_quarter_of_a_second() {
    let key = start();
    let mut client = Client::udp(key.udp());
    for _ in 0..5 {
        let sent = Instant::now();
        client.send(&power_cycle());
        // The client of a simulated power cycle keeps its channel.
        client.ping(b"powered?");
        assert!(sent.elapsed() < Duration::from_millis(250), "{:?}", sent.elapsed());
    }
}

// proves: transport-udp, reset-window
#[test]
fn a_power_cycle_keeps_the_passkeys_and_opens_the_reset_window() {
    let key = start();
    let started = Instant::now();
    let mut client = Client::udp(key.udp());
    let (status, response) = client.cbor(&Request::register("ada").encode());
    assert_eq!(status, 0x00);
    let made = Registered::checked(&response, &REGISTRATION_HASH);

    thread::sleep((RESET_WINDOW + Duration::from_millis(500)).saturating_sub(started.elapsed()));
    assert_eq!(client.cbor(&RESET), (NOT_ALLOWED, vec![]));

    client.send(&power_cycle());
    thread::sleep(Duration::from_millis(250));
    let mut client = Client::udp(key.udp());
    let (status, response) = client.cbor(&Request::sign_in().encode());
    assert_eq!(status, 0x00, "persistent state was kept");
    made.check_assertion(&response, &SIGN_IN_HASH);
    assert_eq!(client.cbor(&RESET), (0x00, vec![]));
    assert_eq!(client.cbor(&Request::sign_in().encode()).0, NO_CREDENTIALS);
}

fn start() -> Emulator {
    Emulator::start(&Home::new(), &["--store", "memory", "--approve", "always", "--udp", "127.0.0.1:0"])
}

fn power_cycle() -> Vec<u8> {
    let digits: Vec<char> = POWER_CYCLE.chars().collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
}
