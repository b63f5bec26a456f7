//! `--approve touch`: a key that nobody touches until a command says so.

use serde_json::{Value, json};
use std::fs;

use super::Commander;
use crate::{
    program::{Emulator, Home, errors},
    wire::{
        Client, Request,
        client::{CANCEL, CBOR, KEEPALIVE, init_packet, reports},
        reader::{Empty, Reader},
    },
};

const SEED: &str = "70c470c470c470c470c470c470c470c470c470c470c470c470c470c470c470c4";
const UP_NEEDED: u8 = 0x02;
const SELECTION: [u8; 1] = [0x0B];

fn start(home: &Home, options: &[&str]) -> (Emulator, Commander) {
    let path = home.path("control");
    let touch = ["--store", "memory", "--approve", "touch", "--control", path.to_str().unwrap()];
    let key = Emulator::start(home, &[&touch[..], options].concat());
    (key, Commander::connect(&path))
}

fn over_tcp(home: &Home, options: &[&str]) -> (Emulator, Commander, Client) {
    let (key, commander) = start(home, &[&["--tcp", "127.0.0.1:0"], options].concat());
    let client = Client::tcp(key.tcp());
    (key, commander, client)
}

/// Sends a request, and hears three times that somebody has to touch the key.
fn wait_untouched(client: &mut Client, request: &[u8]) {
    for report in reports(client.channel, CBOR, request) {
        client.send(&report);
    }
    let waiting = (client.channel, KEEPALIVE, vec![UP_NEEDED]);
    // The question is not open yet when the first keepalive goes out.
    assert!((0..10).any(|_| client.hear() == waiting));
    assert_eq!([client.hear(), client.hear()], [waiting.clone(), waiting]);
}

// proves: approve-touch, hid-keepalive, hid-cancel
#[test]
fn without_a_touch_a_request_waits_until_it_is_cancelled() {
    let home = Home::new();
    let (_key, _commander, mut client) = over_tcp(&home, &[]);
    wait_untouched(&mut client, &Request::register("ada").encode());
    client.send(&init_packet(client.channel, CANCEL, 0, &[]));
    assert_eq!(client.receive(), (client.channel, CBOR, vec![0x2D]), "KEEPALIVE_CANCEL");
}

// proves: approve-touch
#[test]
fn without_a_touch_a_request_ends_in_the_time_limit() {
    let home = Home::new();
    let profile = home.path("impatient.toml");
    let text = "extends = \"device-bound\"\nname = \"impatient\"\ndescription = \"Waits for a second.\"\n\
                aaguid = \"2f1bd31e-1d1c-4bd7-9a52-4f0a5e4ad1b9\"\ntime-limit = 1\n";
    fs::write(&profile, text).unwrap();
    let (_key, _commander, mut client) = over_tcp(&home, &["--profile", profile.to_str().unwrap()]);
    wait_untouched(&mut client, &SELECTION);
    assert_eq!(client.receive(), (client.channel, CBOR, vec![0x2F]), "USER_ACTION_TIMEOUT");
}

// proves: approve-touch
#[test]
fn a_touch_answers_one_question_and_has_to_be_lifted_before_the_next() {
    let home = Home::new();
    let (_key, mut commander, mut client) = over_tcp(&home, &[]);
    wait_untouched(&mut client, &Request::register("ada").encode());
    assert_eq!(commander.say("touch on"), json!({"faults": []}));
    let (_, command, made) = client.receive();
    assert_eq!((command, made[0]), (CBOR, 0x00));

    wait_untouched(&mut client, &Request::sign_in().encode());
    commander.say("touch on");
    let waiting = (client.channel, KEEPALIVE, vec![UP_NEEDED]);
    assert_eq!([client.hear(), client.hear(), client.hear()], [waiting.clone(), waiting.clone(), waiting]);
    commander.say("touch off");
    commander.say("touch on");
    let (_, command, signed) = client.receive();
    assert_eq!((command, signed[0]), (CBOR, 0x00));

    commander.say("touch off");
    commander.say("touch on left-thumb");
    assert_eq!(client.cbor(&SELECTION).0, 0x00, "the finger was there before the question");
}

// proves: approve-touch, hid-msg
#[test]
fn a_u2f_client_polls_until_the_touch() {
    let home = Home::new();
    let (_key, mut commander, mut client) = over_tcp(&home, &["--profile", "yubikey-5.7-like"]);
    let register = [&[0, 1, 0, 0, 0, 0, 64][..], &[0xC0; 32], &[0xA1; 31], &[0, 0, 0]].concat();
    let mut poll = || client.transact(0x03, &register).2;
    for _ in 0..3 {
        assert_eq!(poll(), [0x69, 0x85], "CONDITIONS_NOT_SATISFIED");
    }
    commander.say("touch on");
    assert!((0..100).any(|_| poll().ends_with(&[0x90, 0x00])));
}

// proves: approve-touch, nfc-ctap2, nfc-get-response-ctap
#[test]
fn putting_a_card_into_the_field_is_one_touch() {
    let (home, empty) = (Home::new(), Empty::new());
    let (_key, mut commander, mut reader) = on(&home, &empty, &[]);
    assert_eq!(reader.cbor(&SELECTION).0, 0x00);

    let waits = |reader: &mut Reader, request: &[u8]| {
        assert_eq!(reader.begin(request), [UP_NEEDED, 0x91, 0x00]);
        assert_eq!(reader.poll(), [UP_NEEDED, 0x91, 0x00]);
    };
    waits(&mut reader, &SELECTION);
    assert_eq!(reader.cancel(), (0x2D, vec![]));
    waits(&mut reader, &SELECTION);
    commander.say("touch on");
    let response = reader.poll();
    assert_eq!(reader.end(response).0, 0x00);

    reader.power_on();
    waits(&mut reader, &Request::register("ada").encode());
    commander.say("touch off");
    commander.say("touch on");
    let response = reader.poll();
    assert_eq!(reader.end(response).0, 0x00, "proof takes a finger");
    assert_eq!(reader.cbor(&Request::sign_in().encode()).0, 0x00, "the tap is still good");
}

// proves: approve-touch, trace-replay
#[test]
fn a_trace_has_its_touches_and_comes_back_with_them() {
    let home = Home::new();
    let trace = home.path("run.trace");
    let file = trace.to_str().unwrap();
    let (key, mut commander, mut client) = over_tcp(&home, &["--seed", SEED, "--trace", file]);
    wait_untouched(&mut client, &Request::register("ada").encode());
    client.send(&init_packet(client.channel, CANCEL, 0, &[]));
    assert_eq!(client.receive().2, [0x2D]);
    wait_untouched(&mut client, &Request::register("ada").encode());
    commander.say("touch on");
    assert_eq!(client.receive().2[0], 0x00);
    commander.say("touch off");
    key.kill();
    let text = fs::read_to_string(&trace).unwrap();
    assert!(text.contains("\"approval\":\"touch\""), "{text}");
    assert!(text.contains("\"event\":\"touched\",\"finger\":\"right-index\""), "{text}");
    assert!(text.contains("\"event\":\"lifted\""), "{text}");
    let replay = home.json(&["trace", "replay", file, "--seed", SEED]);
    assert_eq!((&replay["difference"], &replay["messages"]), (&Value::Null, &3.into()));
}

// proves: approve-touch
#[test]
fn a_touch_without_a_control_or_at_another_key_is_refused() {
    let home = Home::new();
    let arguments = ["emulate", "--store", "memory", "--tcp", "127.0.0.1:0", "--approve", "touch"];
    let output = home.command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("Nobody could touch the key"), "{}", errors(&output));

    let path = home.path("control");
    let _key = super::start(&home, &["--control", path.to_str().unwrap()]);
    let answer = Commander::connect(&path).say("touch on");
    assert_eq!(answer["error"]["code"], "usage");
    assert_eq!(answer["error"]["hint"], "Start it with `emulate --approve touch`.");
}

fn on(home: &Home, empty: &Empty, options: &[&str]) -> (Emulator, Commander, Reader) {
    let vpcd = empty.address().to_string();
    let (key, commander) = start(home, &[&["--nfc", "--vpcd", &vpcd], options].concat());
    let reader = empty.card();
    (key, commander, reader)
}
