//! The key as a card. The test is the reader: it speaks vpcd's side of the protocol.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use authenticator::{platform::User, testing::ScriptedUser};
use ctap::u2f::Request;
use virtual_key::{Link, Running, VirtualKey};

use crate::{
    GET_INFO, MAKE_CREDENTIAL, SELECTION,
    client::{CBOR, Client},
    config,
    person::Hesitant,
    tcp,
};

const SELECT: &[u8] = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x06\x47\x2F\x00\x01\x00";
const POLL: &[u8] = b"\x80\x11\x00\x00\x00";
const CANCEL: &[u8] = b"\x80\x11\x11\x00\x00";
const UP_NEEDED: &[u8] = b"\x02\x91\x00";

struct Reader(TcpStream);

impl Reader {
    fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(stream)
    }

    fn send(&mut self, message: &[u8]) {
        let length = u16::try_from(message.len()).unwrap();
        self.0.write_all(&[&length.to_be_bytes()[..], message].concat()).unwrap();
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut length = [0; 2];
        self.0.read_exact(&mut length).unwrap();
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        self.0.read_exact(&mut message).unwrap();
        message
    }

    fn transmit(&mut self, apdu: &[u8]) -> Vec<u8> {
        self.send(apdu);
        self.receive()
    }

    /// NFCCTAP_MSG, extended.
    fn ctap(&mut self, p1: u8, message: &[u8]) -> Vec<u8> {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        self.transmit(&[&[0x80, 0x10, p1, 0, 0][..], &length, message, &[0, 0]].concat())
    }
}

/// A key behind `links` and a reader, with the card's FIDO application selected.
fn key(user: Arc<dyn User>, mut links: Vec<Link>) -> (Running, TcpListener, Reader) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    links.push(Link::Nfc(listener.local_addr().unwrap()));
    let mut config = config(user, links);
    config.profile.versions = vec!["U2F_V2".to_owned(), "FIDO_2_0".to_owned()];
    let running = VirtualKey::start(config).unwrap();
    let mut reader = Reader::accept(&listener);
    reader.send(&[1]);
    assert_eq!(reader.transmit(SELECT), b"U2F_V2\x90\x00");
    (running, listener, reader)
}

fn approving() -> (Running, TcpListener, Reader) {
    key(Arc::new(ScriptedUser::default()), vec![])
}

// proves: nfc-select
#[test]
fn the_card_answers_to_reset_as_readers_make_it_up_for_contactless_cards() {
    let (_running, _, mut reader) = approving();
    let atr = reader.transmit(&[4]);
    assert_eq!(atr[..5], [0x3B, 0x8E, 0x80, 0x01, 0x80]);
    assert!(atr.windows(8).any(|text| text == b"Latchkey"));
    assert_eq!(atr[1..].iter().fold(0, |check, byte| check ^ byte), 0);
}

// proves: nfc-ctap2, nfc-chaining, nfc-extended
#[test]
fn a_long_answer_comes_whole_or_in_parts() {
    let (_running, _, mut reader) = approving();
    let whole = reader.ctap(0, GET_INFO);
    assert_eq!((whole[0], &whole[whole.len() - 2..]), (0, &[0x90, 0][..]));
    let made = reader.ctap(0, MAKE_CREDENTIAL);
    assert_eq!(made[0], 0);

    // The same request in two parts, by short APDUs; the answer has over 256 bytes.
    let (first, second) = MAKE_CREDENTIAL.split_at(50);
    let part = |cla, part: &[u8]| {
        [&[cla, 0x10, 0x80, 0, u8::try_from(part.len()).unwrap()][..], part, &[0]].concat()
    };
    assert_eq!(reader.transmit(&part(0x90, first)), [0x90, 0x00]);
    let mut response = reader.transmit(&part(0x80, second));
    assert_eq!(response.len(), 258);
    let mut collected = response.drain(..256).collect::<Vec<_>>();
    assert_eq!(response[0], 0x61);
    let rest = reader.transmit(&[0x00, 0xC0, 0, 0, response[1]]);
    collected.extend(&rest[..rest.len() - 2]);
    assert_eq!(rest[rest.len() - 2..], [0x90, 0x00]);
    // Another credential, and signatures differ in length.
    assert_eq!(collected[..0x40], made[..0x40]);
}

// proves: nfc-ctap2
#[test]
fn u2f_waits_for_the_person() {
    let person = Hesitant::new();
    let (_running, _, mut reader) = key(person.clone(), vec![]);
    let mut application = [7; 32];
    application[0] = 0;
    reader.send(&Request::Register { challenge: [1; 32], application }.encode());
    while !person.is_asked() {
        std::thread::yield_now();
    }
    person.approve();
    let response = reader.receive();
    assert_eq!((response[0], &response[response.len() - 2..]), (0x05, &[0x90, 0][..]));
}

// proves: nfc-get-response-ctap
#[test]
fn a_client_that_polls_hears_that_the_person_is_asked_until_they_answer() {
    let person = Hesitant::new();
    let (_running, _, mut reader) = key(person.clone(), vec![]);
    let started = Instant::now();
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    for _ in 0..3 {
        assert_eq!(reader.transmit(POLL), UP_NEEDED);
    }
    assert!(started.elapsed() > Duration::from_millis(300), "each poll waits a while for the answer");
    person.approve();
    assert_eq!(reader.transmit(POLL), [0x00, 0x90, 0x00]);
    assert_eq!(reader.transmit(POLL), [0x69, 0x85], "nothing runs any more");
}

// proves: nfc-get-response-ctap
#[test]
fn an_answer_waits_for_its_poll_and_the_key_is_free_meanwhile() {
    let person = Hesitant::new();
    let (running, _, mut reader) = key(person.clone(), vec![tcp()]);
    let mut client = Client::open(&running.addresses()[0]);
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    person.approve();
    // Told busy until the card's request has ended.
    loop {
        client.send(CBOR, GET_INFO);
        match client.receive() {
            (CBOR, _) => break,
            busy => assert_eq!(busy, (0x3F, vec![0x06])),
        }
    }
    assert_eq!(reader.transmit(POLL), [0x00, 0x90, 0x00]);
}

// proves: nfc-get-response-ctap
#[test]
fn a_request_is_cancelled_by_the_client_and_ends_with_a_new_one() {
    let person = Hesitant::new();
    let (_running, _, mut reader) = key(person.clone(), vec![]);
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    assert_eq!(reader.transmit(CANCEL), [0x2D, 0x90, 0x00]);
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    assert_eq!(reader.ctap(0x80, GET_INFO)[0], 0);
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    assert_eq!(reader.transmit(SELECT), b"U2F_V2\x90\x00");
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    // Power goes in the middle.
    reader.send(&[0]);
    reader.send(&[1]);
    assert_eq!(reader.transmit(POLL), [0x69, 0x85], "nothing is selected");
    assert_eq!((person.is_asked(), person.withdrawn()), (false, 4));
}

// proves: nfc-ctap2, hid-busy
#[test]
fn one_request_runs_at_a_time_whatever_the_transport() {
    let person = Hesitant::new();
    let (running, _, mut reader) = key(person.clone(), vec![tcp()]);
    let mut client = Client::open(&running.addresses()[0]);
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    client.send(CBOR, GET_INFO);
    client.assert_error(0x06);
    person.approve();
    assert_eq!(reader.transmit(POLL), [0x00, 0x90, 0x00]);

    client.send(CBOR, SELECTION);
    client.assert_asked();
    assert_eq!(reader.ctap(0x80, GET_INFO), [0x06, 0x90, 0x00]);
    assert_eq!(reader.transmit(b"\x00\x03\x00\x00\x00"), [0x69, 0x85]);
    assert_eq!(reader.transmit(SELECT), b"U2F_V2\x90\x00");
    person.approve();
    assert_eq!(client.answer().1, [0]);
    assert_eq!(reader.ctap(0x80, GET_INFO)[0], 0);
    assert_eq!(person.withdrawn(), 0);
}

#[test]
fn the_card_comes_back_into_a_reader_that_was_started_anew() {
    let person = Hesitant::new();
    let (_running, listener, mut reader) = key(person.clone(), vec![]);
    assert_eq!(reader.ctap(0x80, SELECTION), UP_NEEDED);
    drop(reader);
    let mut reader = Reader::accept(&listener);
    assert_eq!(reader.transmit(POLL), [0x69, 0x85]);
    assert_eq!(reader.transmit(SELECT), b"U2F_V2\x90\x00");
    assert_eq!((person.is_asked(), person.withdrawn()), (false, 1));
    assert_eq!(reader.ctap(0, GET_INFO)[0], 0);
}

// proves: memory-bounded
#[test]
fn garbage_does_not_end_the_card() {
    let (_running, _, mut reader) = approving();
    let mut state = 0x9E37_79B9_u32;
    for _ in 0..2000 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [length, rest @ ..] = state.to_be_bytes();
        let apdu: Vec<u8> = rest.iter().copied().cycle().take(2 + usize::from(length)).collect();
        assert!(reader.transmit(&apdu).len() >= 2);
    }
    assert_eq!(reader.transmit(SELECT), b"U2F_V2\x90\x00");
    assert_eq!(reader.ctap(0, GET_INFO)[0], 0);
}
