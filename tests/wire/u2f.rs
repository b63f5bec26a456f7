//! CTAPHID_MSG and CTAPHID_LOCK (CTAP 2.3 §11.2.9.1.1, §11.2.9.2.2), with U2F messages by hand.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{DerSignature, VerifyingKey, signature::Verifier};
use serde_json::{Value, json};
use std::{thread::sleep, time::Duration};

use super::{
    Client,
    client::{CBOR, ERROR, INIT, Message},
};
use crate::program::{Emulator, Home};

const MSG: u8 = 0x03;
const LOCK: u8 = 0x04;

const INVALID_CMD: u8 = 0x01;
const INVALID_PAR: u8 = 0x02;
const CHANNEL_BUSY: u8 = 0x06;

const CHALLENGE: [u8; 32] = [0xC0; 32];
/// Any hash but one of equal bytes, which stands for no site.
const APPLICATION: [u8; 32] = *b"SHA-256 of an application's name";

fn key(profile: &str) -> Emulator {
    let options = ["--profile", profile, "--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"];
    Emulator::start(&Home::new(), &options)
}

/// An extended APDU with the most Le there is.
fn apdu(ins: u8, p1: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [&[0, ins, p1, 0, 0][..], &length, data, &[0, 0]].concat()
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Data and status word.
fn message(client: &mut Client, apdu: &[u8]) -> (Vec<u8>, u16) {
    let (channel, command, mut answer) = client.transact(MSG, apdu);
    assert_eq!((channel, command), (client.channel, MSG));
    let status = answer.split_off(answer.len() - 2);
    (answer, u16::from_be_bytes(status.try_into().unwrap()))
}

// proves: hid-msg, u2f-version, u2f-register, u2f-authenticate
#[test]
fn a_registration_signs_in_and_counts() {
    let key = key("yubikey-5.7-like");
    let mut client = Client::tcp(key.tcp());
    assert_eq!(message(&mut client, &apdu(3, 0, b"")), (b"U2F_V2".to_vec(), 0x9000));

    let (made, status) = message(&mut client, &apdu(1, 0, &[CHALLENGE, APPLICATION].concat()));
    assert_eq!((status, made[0], made[66]), (0x9000, 0x05, 64));
    let public_key = VerifyingKey::from_sec1_bytes(&made[1..66]).unwrap();
    let key_handle = &made[67..131];
    assert_eq!(made[131], 0x30, "then a certificate");

    let request = [&CHALLENGE[..], &APPLICATION, &[64], key_handle].concat();
    assert_eq!(message(&mut client, &apdu(2, 0x07, &request)), (vec![], 0x6985), "check-only: known");
    for (control, present, count) in [(0x03, 1, 1), (0x08, 0, 2), (0x03, 1, 3)] {
        let (signed, status) = message(&mut client, &apdu(2, control, &request));
        assert_eq!((status, signed[0]), (0x9000, present));
        assert_eq!(u32::from_be_bytes(signed[1..5].try_into().unwrap()), count);
        let covered = [&APPLICATION[..], &signed[..5], &CHALLENGE].concat();
        public_key.verify(&covered, &DerSignature::from_bytes(&signed[5..]).unwrap()).unwrap();
    }
    let mut elsewhere = request.clone();
    elsewhere[32] ^= 1;
    for control in [0x03, 0x07, 0x08] {
        assert_eq!(message(&mut client, &apdu(2, control, &elsewhere)), (vec![], 0x6A80));
    }
    assert_eq!(message(&mut client, &apdu(1, 0, b"short")), (vec![], 0x6700));
    assert_eq!(message(&mut client, &apdu(9, 0, b"")), (vec![], 0x6D00));
    assert_eq!(client.cbor(&[4]).0, 0, "CTAP2 is spoken too");
}

#[test]
fn each_message_and_its_answer_are_told() {
    let key = key("yubikey-5.7-like");
    let mut client = Client::tcp(key.tcp());
    let mut told = |apdu: &[u8]| {
        let (data, _) = message(&mut client, apdu);
        let mut events = [key.event("request"), key.event("response")];
        for event in &mut events {
            let members = event.as_object_mut().unwrap();
            assert_eq!(members.remove("key").unwrap(), "yubikey-5.7-like");
        }
        let [request, response] = events;
        (data, request, response)
    };
    let answer = |status: u16, name: &str, data: &[u8]| {
        let response = if data.is_empty() { Value::Null } else { json!({ "data": base64url(data) }) };
        json!({ "event": "response", "status": status, "statusName": name, "response": response })
    };
    let asked =
        |command: &str, request: Value| json!({ "event": "request", "command": command, "request": request });

    let (data, request, response) = told(&apdu(3, 0, b""));
    assert_eq!(request, asked("u2fVersion", json!({})));
    assert_eq!(response, answer(0x9000, "SUCCESS", &data));

    let (challenge, application) = (base64url(&CHALLENGE), base64url(&APPLICATION));
    let (made, request, response) = told(&apdu(1, 0, &[CHALLENGE, APPLICATION].concat()));
    let members = json!({ "challenge": challenge, "application": application });
    assert_eq!(request, asked("u2fRegister", members));
    assert_eq!(response, answer(0x9000, "SUCCESS", &made));

    let key_handle = &made[67..131];
    let authenticate = [&CHALLENGE[..], &APPLICATION, &[64], key_handle].concat();
    for (control, name, status, status_name) in [
        (0x07, "check-only", 0x6985, "CONDITIONS_NOT_SATISFIED"),
        (0x03, "enforce-user-presence-and-sign", 0x9000, "SUCCESS"),
        (0x08, "dont-enforce-user-presence-and-sign", 0x9000, "SUCCESS"),
    ] {
        let (data, request, response) = told(&apdu(2, control, &authenticate));
        let members = json!({
            "control": name, "challenge": challenge, "application": application, "keyHandle": base64url(key_handle),
        });
        assert_eq!(request, asked("u2fAuthenticate", members));
        assert_eq!(response, answer(status, status_name, &data));
    }
    let (_, request, response) = told(&apdu(9, 0, b""));
    assert_eq!(request, asked("u2f0x09", Value::Null));
    assert_eq!(response, answer(0x6D00, "INS_NOT_SUPPORTED", b""));
}

// proves: hid-msg, profile-u2f-only
#[test]
fn a_key_of_nothing_but_u2f_states_and_takes_no_cbor() {
    let key = key("u2f-only");
    let mut client = Client::tcp(key.tcp());
    let (_, _, answer) = client.transact(INIT, b"8 bytes.");
    assert_eq!(answer[16], 0x01, "WINK alone: neither CBOR nor NMSG");
    let refused = |(_, command, answer): Message| (command, answer);
    assert_eq!(refused(client.transact(CBOR, &[4])), (ERROR, vec![INVALID_CMD]));
    assert_eq!(message(&mut client, &apdu(3, 0, b"")).1, 0x9000);
}

// proves: hid-lock
#[test]
fn a_lock_keeps_other_programs_out_for_its_time() {
    let key = key("yubikey-5.7-like");
    let (mut one, mut two) = (Client::tcp(key.tcp()), Client::tcp(key.tcp()));
    assert_eq!(one.transact(LOCK, &[11]), (one.channel, ERROR, vec![INVALID_PAR]));
    assert_eq!(one.transact(LOCK, &[10]), (one.channel, LOCK, vec![]));
    assert_eq!(two.transact(MSG, &apdu(3, 0, b"")), (two.channel, ERROR, vec![CHANNEL_BUSY]));
    assert_eq!(two.transact(CBOR, &[4]), (two.channel, ERROR, vec![CHANNEL_BUSY]));
    assert_eq!(two.init(), two.channel, "INIT is answered all the same");
    one.ping(b"the owner goes on");
    assert_eq!(one.transact(LOCK, &[0]), (one.channel, LOCK, vec![]));
    two.ping(b"released");

    one.transact(LOCK, &[1]);
    sleep(Duration::from_millis(1100));
    two.ping(b"over");
}
