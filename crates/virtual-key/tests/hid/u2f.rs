//! U2F over HID: clients that poll, and a person who takes their time.

use std::{sync::Arc, thread::sleep, time::Duration};

use authenticator::{Profile, platform::User, testing::ScriptedUser};
use ctap::u2f::Request;
use virtual_key::{Running, VirtualKey};

use crate::{
    GET_INFO, SELECTION, address,
    client::{CBOR, Client, ERROR, LOCK, MSG},
    config,
    person::Hesitant,
    tcp,
};

const TOUCH_NEEDED: [u8; 2] = [0x69, 0x85];
const SUCCESS: [u8; 2] = [0x90, 0x00];

fn key(user: Arc<dyn User>, versions: &[&str]) -> Running {
    let mut config = config(user, vec![tcp()]);
    config.profile =
        Profile { versions: versions.iter().map(|&of| of.to_owned()).collect(), ..config.profile };
    VirtualKey::start(config).unwrap()
}

fn hesitant() -> (Arc<Hesitant>, Running) {
    let person = Hesitant::new();
    let running = key(person.clone(), &["U2F_V2", "FIDO_2_0"]);
    (person, running)
}

fn register(application: u8) -> Vec<u8> {
    let mut hash = [application; 32];
    hash[0] = 0xFF;
    Request::Register { challenge: [1; 32], application: hash }.encode()
}

/// One message and its status word.
fn message(client: &mut Client, message: &[u8]) -> [u8; 2] {
    client.send(MSG, message);
    let (command, response) = client.receive();
    assert_eq!(command, MSG, "{response:02X?}");
    response[response.len() - 2..].try_into().unwrap()
}

// proves: hid-msg, u2f-register
#[test]
fn a_person_who_approves_everything_registers_at_the_first_message() {
    let running = key(Arc::new(ScriptedUser::default()), &["U2F_V2", "FIDO_2_0"]);
    let mut client = Client::open(address(&running));
    assert_eq!(client.capabilities, 0x05);
    assert_eq!(message(&mut client, &Request::Version.encode()), SUCCESS);
    assert_eq!(message(&mut client, &register(2)), SUCCESS);
    assert_eq!(client.cbor(GET_INFO)[0], 0);
}

// proves: u2f-register
#[test]
fn one_question_stays_open_while_the_client_polls() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    for _ in 0..20 {
        assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
        sleep(Duration::from_millis(20));
    }
    // Another program looks who is there; what it asks disturbs nobody.
    let mut other = Client::open(address(&running));
    assert_eq!(other.cbor(GET_INFO)[0], 0);
    other.assert_ping();
    assert_eq!((person.asked(), person.withdrawn()), (1, 0));
    person.approve();
    // The answer came between two polls and waits for the next.
    sleep(Duration::from_millis(100));
    assert_eq!(message(&mut client, &register(2)), SUCCESS);
    // It counts once.
    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    assert_eq!(person.asked(), 2);
}

#[test]
fn a_touch_is_for_the_message_that_asked_for_it() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    person.approve();
    assert_eq!(message(&mut client, &register(3)), TOUCH_NEEDED);
    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    assert_eq!((person.asked(), person.withdrawn()), (3, 1));
}

#[test]
fn a_client_that_polls_no_more_has_no_question_open() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    assert!(person.is_asked());
    sleep(Duration::from_millis(3300));
    assert_eq!((person.is_asked(), person.withdrawn()), (false, 1));

    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    client.connection.shut();
    while person.is_asked() {
        std::thread::yield_now();
    }
    assert_eq!(person.withdrawn(), 2);
    running.stop();
}

#[test]
fn a_request_of_ctap2_takes_the_question_of_u2f_back() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    client.send(CBOR, SELECTION);
    client.assert_asked();
    assert_eq!((person.asked(), person.withdrawn()), (2, 1));
    person.approve();
    assert_eq!(client.answer().1, [0]);
}

#[test]
fn stopping_takes_the_question_of_u2f_back() {
    let (person, running) = hesitant();
    let mut client = Client::open(address(&running));
    assert_eq!(message(&mut client, &register(2)), TOUCH_NEEDED);
    running.stop();
    assert_eq!((person.is_asked(), person.withdrawn()), (false, 1));
}

// proves: hid-msg
#[test]
fn a_key_takes_only_what_its_versions_say() {
    let running = key(Arc::new(ScriptedUser::default()), &["U2F_V2"]);
    let mut client = Client::open(address(&running));
    assert_eq!(client.capabilities, 0x01);
    client.send(CBOR, GET_INFO);
    client.assert_error(0x01);
    assert_eq!(message(&mut client, &register(2)), SUCCESS);

    let running = key(Arc::new(ScriptedUser::default()), &["FIDO_2_0"]);
    let mut client = Client::open(address(&running));
    assert_eq!(client.capabilities, 0x0D);
    client.send(MSG, &Request::Version.encode());
    client.assert_error(0x01);
}

// proves: hid-lock
#[test]
fn a_locked_key_is_busy_for_others_until_the_lock_is_over() {
    let (_, running) = hesitant();
    let (mut one, mut two) = (Client::open(address(&running)), Client::open(address(&running)));
    one.send(LOCK, &[1]);
    assert_eq!(one.receive(), (LOCK, vec![]));
    two.send(MSG, &Request::Version.encode());
    assert_eq!(two.receive(), (ERROR, vec![0x06]));
    one.assert_ping();
    sleep(Duration::from_millis(1050));
    two.assert_ping();
}
