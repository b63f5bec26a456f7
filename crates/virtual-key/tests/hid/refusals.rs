//! The exact CTAPHID error for what must not be sent, and a loop that lives on.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use virtual_key::Address;

use crate::{
    GET_INFO, address, approving,
    client::{BROADCAST, CBOR, Client, INIT, PING, WINK, continuation_packet, init_packet, reports},
};

const INVALID_CMD: u8 = 0x01;
const INVALID_PAR: u8 = 0x02;
const INVALID_LEN: u8 = 0x03;
const INVALID_SEQ: u8 = 0x04;
const MSG_TIMEOUT: u8 = 0x05;
const INVALID_CHANNEL: u8 = 0x0B;

#[test]
fn each_broken_rule_has_its_error() {
    let running = approving();
    let mut client = Client::open(address(&running));
    let channel = client.channel;
    let long_ping = reports(channel, PING, &[0; 200]);
    let cases: [(&str, Vec<[u8; 64]>, u32, u8); 11] = [
        ("unknown command", vec![init_packet(channel, 0x66, 0, b"")], channel, INVALID_CMD),
        ("MSG is not spoken", vec![init_packet(channel, 0x03, 4, &[0; 4])], channel, INVALID_CMD),
        ("a lock of eleven seconds", vec![init_packet(channel, 0x04, 1, &[11])], channel, INVALID_PAR),
        ("7610 bytes", vec![init_packet(channel, PING, 7610, b"")], channel, INVALID_LEN),
        ("empty CBOR", vec![init_packet(channel, CBOR, 0, b"")], channel, INVALID_LEN),
        ("WINK with a payload", vec![init_packet(channel, WINK, 1, b"x")], channel, INVALID_LEN),
        ("short nonce", vec![init_packet(BROADCAST, INIT, 7, &[1; 7])], BROADCAST, INVALID_LEN),
        ("gap in the sequence", vec![long_ping[0], long_ping[2]], channel, INVALID_SEQ),
        ("two beginnings", vec![long_ping[0], long_ping[0]], channel, INVALID_SEQ),
        ("channel 0", vec![init_packet(0, PING, 0, b"")], 0, INVALID_CHANNEL),
        (
            "a channel never given",
            vec![init_packet(channel ^ 0xFF, PING, 0, b"")],
            channel ^ 0xFF,
            INVALID_CHANNEL,
        ),
    ];
    for (name, reports, channel, error) in cases {
        // Ignored: it belongs to no message.
        client.connection.send_report(&continuation_packet(channel, 0, &[7; 59]));
        for report in reports {
            client.connection.send_report(&report);
        }
        assert_eq!(client.receive_any(), (channel, 0x3F, vec![error]), "{name}");
        client.assert_ping();
    }
}

// proves: hid-timeout
#[test]
fn a_message_that_stops_times_out() {
    let running = approving();
    let mut client = Client::open(address(&running));
    client.connection.send_report(&reports(client.channel, PING, &[0; 200])[0]);
    client.assert_error(MSG_TIMEOUT);
    client.assert_ping();
}

#[test]
fn a_malformed_ctap_message_is_answered_by_its_status() {
    let running = approving();
    let mut client = Client::open(address(&running));
    for (message, status) in [
        (&[0xEE][..], 0x01),   // no such command
        (&[0x01, 0xA1], 0x12), // a map that ends too early
        (&[0x01, 0xA0], 0x14), // nothing of what is required
    ] {
        assert_eq!(client.cbor(message), [status], "{message:02X?}");
    }
    assert_eq!(client.cbor(GET_INFO)[0], 0);
}

#[test]
fn the_channel_of_another_client_does_not_exist() {
    let running = approving();
    let first = Client::open(address(&running));
    let mut second = Client::open(address(&running));
    second.channel = first.channel;
    second.send(PING, b"");
    second.assert_error(INVALID_CHANNEL);
    second.send(INIT, &[0; 8]);
    second.assert_error(INVALID_CHANNEL);
}

#[test]
fn a_stream_of_another_protocol_is_closed_and_the_others_stay() {
    let running = approving();
    let mut client = Client::open(address(&running));
    let Address::Tcp(tcp) = address(&running) else { panic!() };
    let mut browser = TcpStream::connect(tcp).unwrap();
    browser.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert!(matches!(browser.read(&mut [0; 16]), Ok(0) | Err(_)));
    client.assert_ping();
}

// proves: memory-bounded
#[test]
fn garbage_does_not_end_the_loop() {
    let running = approving();
    let mut garbage = Client::open(address(&running));
    // A fixed sequence (xorshift) of reports, a third of them on the channel that exists.
    let mut state = 0x9E37_79B9_u32;
    for round in 0..3000 {
        let mut report = [0; 64];
        for byte in &mut report {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            *byte = state.to_be_bytes()[0];
        }
        if round % 3 == 0 {
            report[..4].copy_from_slice(&garbage.channel.to_be_bytes());
        }
        garbage.connection.send_report(&report);
    }
    let mut client = Client::open(address(&running));
    // What the garbage left unfinished ends by its time limit at the latest.
    std::thread::sleep(std::time::Duration::from_millis(600));
    client.assert_ping();
}
