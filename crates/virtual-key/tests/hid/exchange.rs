//! What passes through a key while a person is asked, and while not.

use std::{
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use authenticator::testing::ScriptedUser;
use virtual_key::{Direction, Event, Packet, Running, Transport, VirtualKey};

use crate::{
    GET_INFO, MAKE_CREDENTIAL, SELECTION, address, approving,
    client::{BROADCAST, CANCEL, CBOR, Client, Connection, INIT, KEEPALIVE, PING, WINK, reports},
    config,
    person::Hesitant,
    tcp,
};

const KEEPALIVE_CANCEL: u8 = 0x2D;
const CHANNEL_BUSY: u8 = 0x06;

fn hesitant() -> (Arc<Hesitant>, Running) {
    let person = Hesitant::new();
    let running = VirtualKey::start(config(person.clone(), vec![tcp()])).unwrap();
    (person, running)
}

// proves: hid-ping, transport-tcp
#[test]
fn pings_of_every_kind_of_length_come_back() {
    let running = approving();
    let mut client = Client::open(address(&running));
    for size in [0, 1, 57, 58, 116, 117, 1024, 7608, 7609] {
        let payload: Vec<u8> = (0..=255).cycle().take(size).collect();
        client.send(PING, &payload);
        assert_eq!(client.receive(), (PING, payload));
    }
}

#[test]
fn a_credential_is_made_and_information_given() {
    let running = approving();
    let mut client = Client::open(address(&running));
    let info = client.cbor(GET_INFO);
    assert_eq!(info[0], 0, "{info:02X?}");
    assert!(info.windows(8).any(|text| text == b"FIDO_2_0"));
    let made = client.cbor(MAKE_CREDENTIAL);
    assert_eq!(made[0], 0, "{made:02X?}");
    assert!(made.windows(6).any(|text| text == b"packed"));
}

// proves: hid-keepalive
#[test]
fn keepalives_come_until_the_person_answers() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    client.send(CBOR, SELECTION);
    for _ in 0..3 {
        client.assert_asked();
    }
    person.approve();
    assert_eq!(client.answer().1, [0]);
    client.assert_ping();
    assert_eq!(person.withdrawn(), 0);
}

// proves: hid-keepalive, alg-rs256
#[test]
fn a_client_hears_that_the_key_computes() {
    let mut config = config(Arc::new(ScriptedUser::default()), vec![tcp()]);
    config.profile.algorithms = vec![-257];
    let running = VirtualKey::start(config).unwrap();
    let mut client = Client::open(address(&running));
    // RS256 in place of ES256.
    let at = MAKE_CREDENTIAL.windows(5).position(|window| window == b"\x63alg\x26").unwrap() + 4;
    let request = [&MAKE_CREDENTIAL[..at], b"\x39\x01\x00", &MAKE_CREDENTIAL[at + 1..]].concat();
    client.send(CBOR, &request);
    assert_eq!(client.receive(), (KEEPALIVE, vec![0x01]), "STATUS_PROCESSING");
    let made = loop {
        match client.receive() {
            (KEEPALIVE, status) => assert_eq!(status, [0x01]),
            (CBOR, response) => break response,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(made[0], 0);
    // Taken back while it computes: no answer, and the key is free.
    client.send(CBOR, &request);
    assert_eq!(client.receive().0, KEEPALIVE);
    let channel = client.channel;
    client.send(INIT, &[1; 8]);
    while client.receive().0 == KEEPALIVE {}
    assert_eq!(client.channel, channel);
    client.assert_ping();
}

// proves: hid-cancel
#[test]
fn cancel_resolves_the_question_and_the_request_says_so() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    client.send(CBOR, MAKE_CREDENTIAL);
    client.assert_asked();
    client.send(CANCEL, b"");
    assert_eq!(client.answer().1, [KEEPALIVE_CANCEL]);
    assert_eq!((person.withdrawn(), person.is_asked()), (1, false));
    client.send(CANCEL, b"");
    client.assert_ping();
}

// proves: hid-cancel, transport-tcp
#[test]
fn reports_of_one_write_are_taken_one_after_the_other() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    let messages: [(u8, &[u8]); 4] = [(CBOR, SELECTION), (CANCEL, b""), (CBOR, GET_INFO), (PING, &[7; 100])];
    let sent = messages.iter().flat_map(|(command, payload)| reports(client.channel, *command, payload));
    let bytes: Vec<u8> = sent.flat_map(|report| [&[0, 64], &report[..]].concat()).collect();
    let Connection::Tcp(stream) = &client.connection else { panic!() };
    let mut stream = stream.try_clone().unwrap();
    // A stream may cut a report in two.
    let (start, end) = bytes.split_at(bytes.len() - 33);
    stream.write_all(start).unwrap();
    assert_eq!(client.answer().1, [KEEPALIVE_CANCEL]);
    assert_eq!(person.withdrawn(), 1);
    assert_eq!(client.answer().1[0], 0);
    stream.write_all(end).unwrap();
    assert_eq!(client.receive(), (PING, vec![7; 100]));
}

// proves: hid-busy
#[test]
fn another_channel_is_told_busy_and_can_cancel_nothing() {
    let (person, running) = hesitant();
    let mut first = Client::open(address(&running));
    first.send(CBOR, SELECTION);
    first.assert_asked();
    let mut second = Client::open(address(&running));
    second.send(CBOR, GET_INFO);
    second.assert_error(CHANNEL_BUSY);
    second.send(PING, b"");
    second.assert_error(CHANNEL_BUSY);
    second.send(CANCEL, b"");
    second.init();
    person.approve();
    assert_eq!(first.answer().1, [0]);
    second.assert_ping();
}

#[test]
fn a_second_request_on_the_same_channel_is_told_busy() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    client.send(CBOR, SELECTION);
    client.assert_asked();
    client.send(CBOR, GET_INFO);
    while client.receive() != (0x3F, vec![CHANNEL_BUSY]) {}
    person.approve();
    assert_eq!(client.answer().1, [0]);
}

// proves: hid-init
#[test]
fn init_on_the_channel_of_a_request_takes_it_back_unanswered() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    let channel = client.channel;
    client.send(CBOR, SELECTION);
    client.assert_asked();
    client.send(INIT, &[1; 8]);
    loop {
        match client.receive() {
            (0x3B, _) => {}
            (INIT, reply) => break assert_eq!(reply[8..12], channel.to_be_bytes()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(person.withdrawn(), 1);
    // The next message is the ping's answer, not the request's.
    client.assert_ping();
}

#[test]
fn a_client_that_goes_takes_its_question_along() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    client.send(CBOR, SELECTION);
    client.assert_asked();
    client.connection.shut();
    let mut other = Client::open(address(&running));
    other.channel = BROADCAST;
    while person.is_asked() {
        other.init();
    }
    assert_eq!(person.withdrawn(), 1);
    Client::open(address(&running)).assert_ping();
}

#[test]
fn stopping_takes_the_question_back_and_closes_the_connection() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    client.send(CBOR, SELECTION);
    client.assert_asked();
    running.stop();
    assert_eq!((person.withdrawn(), person.is_asked()), (1, false));
    while client.connection.receive_report().is_ok() {}
}

// proves: trace-file
#[test]
fn the_tap_hears_every_report_both_ways_and_the_observer_a_power_cycle() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let mut config = config(Arc::new(ScriptedUser::default()), vec![tcp()]);
    config.tap = Some(Arc::new({
        let heard = heard.clone();
        move |packet: Packet<'_>| {
            let kind = packet.bytes.get(4).copied().unwrap_or_default();
            heard.lock().unwrap().push((packet.transport, packet.client, packet.direction, kind));
        }
    }));
    let cycles = Arc::new(AtomicU32::new(0));
    config.observer = Some(Arc::new({
        let cycles = cycles.clone();
        move |event: Event<'_>| {
            if event == (Event::PowerCycle { reader: None }) {
                cycles.fetch_add(1, Ordering::Relaxed);
            }
        }
    }));
    let running = VirtualKey::start(config).unwrap();
    let mut client = Client::open(address(&running));
    client.send(PING, &[7; 58]);
    assert_eq!(client.receive(), (PING, vec![7; 58]));
    assert!(running.power_cycle());
    client.assert_ping();
    let report = |direction, kind| (Transport::Tcp, 0, direction, kind);
    let heard = heard.lock().unwrap();
    let (to, from) = (Direction::ToKey, Direction::FromKey);
    assert_eq!(heard[..2], [report(to, 0x86), report(from, 0x86)]);
    assert_eq!(heard[2..6], [report(to, 0x81), report(to, 0), report(from, 0x81), report(from, 0)]);
    assert_eq!(cycles.load(Ordering::Relaxed), 1);
}

#[test]
fn the_observer_hears_what_passes_through() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let mut config = config(Arc::new(ScriptedUser::default()), vec![tcp()]);
    config.observer = Some(Arc::new({
        let heard = heard.clone();
        move |event: Event<'_>| {
            heard.lock().unwrap().push(match event {
                Event::Request { command, bytes } => format!("{command:?} {bytes:02X?}"),
                Event::Response { status, bytes } => format!("{status:?} {}", bytes.len()),
                Event::U2fRequest { apdu } | Event::U2fResponse { apdu } => format!("U2F {apdu:02X?}"),
                Event::Wink => "wink".to_owned(),
                Event::Fault(fired) => fired.name.to_owned(),
                Event::PowerCycle { .. } => "power cycle".to_owned(),
                Event::CardReset { reader } => format!("card reset {reader}"),
                Event::Closed { client } => format!("closed {client}"),
            });
        }
    }));
    let running = VirtualKey::start(config).unwrap();
    let mut client = Client::open(address(&running));
    client.assert_ping();
    client.send(WINK, b"");
    assert_eq!(client.receive(), (WINK, vec![]));
    assert_eq!(client.cbor(SELECTION), [0]);
    assert_eq!(client.cbor(&[0xEE]), [0x01]);
    let heard = heard.lock().unwrap();
    let success = format!("{:?} 1", ctap::Status::SUCCESS);
    let unknown = format!("{:?} 1", ctap::Status::INVALID_COMMAND);
    assert_eq!(heard[..], ["wink", "Some(Selection) [0B]", &success, "None [EE]", &unknown]);
}
