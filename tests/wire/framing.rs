//! CTAPHID's rules (CTAP 2.3 §11.2): each one broken, the exact error answered, and the loop lives on.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

use super::client::{
    BROADCAST, CANCEL, CBOR, Client, ERROR, INIT, PING, continuation_packet, init_packet, reports,
};
use crate::program::Emulator;

const INVALID_CMD: u8 = 0x01;
const INVALID_LEN: u8 = 0x03;
const INVALID_SEQ: u8 = 0x04;
const MSG_TIMEOUT: u8 = 0x05;
const CHANNEL_BUSY: u8 = 0x06;
const INVALID_CHANNEL: u8 = 0x0B;

// proves: hid-ping
#[test]
fn ping_comes_back_whole_at_every_boundary() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    for length in [0, 1, 56, 57, 58, 116, 117, 1024, 7608, 7609] {
        let payload: Vec<u8> = (0..=255).cycle().take(length).collect();
        client.ping(&payload);
    }
}

#[test]
fn a_message_that_may_not_begin_gets_its_error() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let channel = client.channel;
    let never_given = channel.wrapping_add(77);
    let refused = [
        ("an unknown command", init_packet(channel, 0x3E, 0, &[]), channel, INVALID_CMD),
        (
            "CTAPHID_MSG, which NMSG rules out",
            init_packet(channel, 0x03, 4, &[0, 3, 0, 0]),
            channel,
            INVALID_CMD,
        ),
        ("more than 7609 bytes", init_packet(channel, PING, 7610, &[]), channel, INVALID_LEN),
        ("the largest length there is", init_packet(channel, CBOR, 0xFFFF, &[4; 57]), channel, INVALID_LEN),
        ("a CTAP message without a byte", init_packet(channel, CBOR, 0, &[]), channel, INVALID_LEN),
        ("INIT with a short nonce", init_packet(channel, INIT, 7, b"7 bytes"), channel, INVALID_LEN),
        (
            "a channel that nobody was given",
            init_packet(never_given, PING, 0, &[]),
            never_given,
            INVALID_CHANNEL,
        ),
        ("the reserved channel", init_packet(0, PING, 0, &[]), 0, INVALID_CHANNEL),
        (
            "the broadcast channel for a PING",
            init_packet(BROADCAST, PING, 0, &[]),
            BROADCAST,
            INVALID_CHANNEL,
        ),
    ];
    for (what, report, answered_on, error) in refused {
        client.send(&report);
        assert_eq!(client.receive(), (answered_on, ERROR, vec![error]), "{what}");
        client.ping(what.as_bytes());
    }
}

// proves: hid-sequence
#[test]
fn continuation_packets_come_in_their_order() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let channel = client.channel;

    let message = reports(channel, PING, &[7; 150]);
    client.send(&message[0]);
    client.send(&message[2]);
    assert_eq!(client.receive(), (channel, ERROR, vec![INVALID_SEQ]), "the first continuation was left out");
    client.send(&message[1]);
    client.ping(b"a continuation that belongs to nothing is not answered");

    client.send(&message[0]);
    client.send(&message[0]);
    assert_eq!(client.receive(), (channel, ERROR, vec![INVALID_SEQ]), "a continuation was due");
    client.send(&continuation_packet(channel.wrapping_add(77), 0, &[]));
    client.ping(b"nor is one of a channel that nobody was given");
}

// proves: hid-init
#[test]
fn init_on_its_own_channel_starts_it_afresh() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let message = reports(client.channel, PING, &[7; 100]);
    client.send(&message[0]);
    assert_eq!(client.init(), client.channel, "the same channel is given again");
    client.send(&message[1]);
    client.ping(b"what came before INIT is forgotten");
}

// proves: hid-timeout
#[test]
fn half_a_message_times_out() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let started = Instant::now();
    client.send(&init_packet(client.channel, PING, 100, &[7; 57]));
    assert_eq!(client.receive(), (client.channel, ERROR, vec![MSG_TIMEOUT]));
    assert!(started.elapsed() >= Duration::from_millis(400), "u2f-ref-code HIDTest.cc, test_Timeout");
    client.ping(b"the next message begins anew");
}

#[test]
fn a_cancel_with_nothing_to_cancel_is_not_answered() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    client.send(&init_packet(client.channel, CANCEL, 0, &[]));
    client.ping(b"the next answer is this one's");
}

// proves: hid-busy
#[test]
fn a_second_program_hears_busy_and_the_first_is_not_disturbed() {
    let key = Emulator::in_memory();
    let mut first = Client::tcp(key.tcp());
    let mut second = Client::tcp(key.tcp());
    assert_ne!(first.channel, second.channel);

    let message = reports(first.channel, PING, &[7; 100]);
    first.send(&message[0]);
    // Nothing orders what two connections bring at the same moment.
    sleep(Duration::from_millis(50));
    assert_eq!(second.transact(PING, b""), (second.channel, ERROR, vec![CHANNEL_BUSY]));
    first.send(&message[1]);
    assert_eq!(first.receive(), (first.channel, PING, vec![7; 100]));
    second.ping(b"now it is free");
}

#[test]
fn a_program_that_goes_away_in_the_middle_holds_nobody_up() {
    let key = Emulator::in_memory();
    let mut first = Client::tcp(key.tcp());
    let gone = first.channel;
    first.send(&init_packet(gone, PING, 100, &[7; 57]));
    drop(first);
    let mut second = Client::tcp(key.tcp());
    let mut answer = second.transact(PING, b"still here");
    if answer.2 == [CHANNEL_BUSY] {
        // The emulator had not seen the first one go yet.
        sleep(Duration::from_millis(600));
        answer = second.transact(PING, b"still here");
    }
    assert_eq!(answer.2, b"still here");
    second.send(&init_packet(gone, PING, 0, &[]));
    assert_eq!(second.receive(), (gone, ERROR, vec![INVALID_CHANNEL]), "its channel went with it");
}

#[test]
fn a_stream_that_is_no_framing_is_closed_and_the_others_live_on() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let mut stranger = TcpStream::connect(key.tcp()).unwrap();
    stranger.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A reset instead of an end is fine too: bytes that nobody read were thrown away.
    let _ = stranger.read_to_end(&mut answer);
    assert_eq!(answer, b"");
    client.ping(b"still here");
}
