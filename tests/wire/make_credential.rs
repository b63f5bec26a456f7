//! authenticatorMakeCredential (CTAP 2.3 §6.1).

use ciborium::Value;

use super::{
    Client, Request,
    cbor::{bytes, map, text},
    request::{EDDSA, ES256, REGISTRATION_HASH, algorithms, descriptor},
    signed::{BE, Registered, UP, UV},
};
use crate::program::{Emulator, Home};

const INVALID_LENGTH: u8 = 0x03;
const UNEXPECTED_TYPE: u8 = 0x11;
const INVALID_CBOR: u8 = 0x12;
const MISSING_PARAMETER: u8 = 0x14;
const CREDENTIAL_EXCLUDED: u8 = 0x19;
const UNSUPPORTED_ALGORITHM: u8 = 0x26;
const OPERATION_DENIED: u8 = 0x27;
const INVALID_OPTION: u8 = 0x2C;

#[test]
fn a_credential_is_made_and_its_own_key_signs_for_it() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    for algorithm in [ES256, EDDSA] {
        let request = Request::register("ada").with(4, algorithms(&[-65_000, algorithm]));
        let (status, response) = client.cbor(&request.encode());
        assert_eq!(status, 0x00);
        let made = Registered::checked(&response, &REGISTRATION_HASH);
        assert_eq!(made.flags & (UP | UV | BE), UP | UV, "device-bound, by a verified person");
        assert_eq!(made.aaguid, "6fb18d4c09f24e57a3c651d07e94b218");
        let told = key.event("credentialAdded");
        assert_eq!(told["passkey"]["userName"], "ada");
        assert_eq!(told["passkey"]["kind"], "device-bound");
    }
}

#[test]
fn a_synced_credential_says_so() {
    let options = ["--profile", "synced", "--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"];
    let key = Emulator::start(&Home::new(), &options);
    let (status, response) = Client::tcp(key.tcp()).cbor(&Request::register("ada").encode());
    assert_eq!(status, 0x00);
    let made = Registered::checked(&response, &REGISTRATION_HASH);
    assert_eq!((made.flags & BE, made.sign_count), (BE, 0));
}

#[test]
fn a_credential_of_the_exclude_list_is_not_made_again() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let (_, response) = client.cbor(&Request::register("ada").encode());
    let made = Registered::checked(&response, &REGISTRATION_HASH);
    let excluding = |id: &[u8]| Request::register("bob").with(5, Value::Array(vec![descriptor(id)])).encode();
    assert_eq!(client.cbor(&excluding(&made.id)), (CREDENTIAL_EXCLUDED, vec![]));
    assert_eq!(client.cbor(&excluding(b"of another key")).0, 0x00);
}

/// Missing, wrong in type, malformed and trailing are four different things.
#[test]
fn each_way_to_be_wrong_has_its_status() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let good = Request::register("ada");
    let mut wrong = vec![
        ("no algorithm of ours", good.clone().with(4, algorithms(&[-65_000])), UNSUPPORTED_ALGORITHM),
        ("rk by nobody verified", good.clone().with(7, map([("rk", Value::Bool(true))])), OPERATION_DENIED),
        ("up false", good.clone().with(7, map([("up", Value::Bool(false))])), INVALID_OPTION),
        ("clientDataHash as text", good.clone().with(1, text("hash")), UNEXPECTED_TYPE),
        ("rp as text", good.clone().with(2, text("latchkey.example")), UNEXPECTED_TYPE),
        ("rp.id as bytes", good.clone().with(2, map([("id", bytes(b"latchkey.example"))])), UNEXPECTED_TYPE),
        ("rp without its id", good.clone().with(2, map([("name", text("Latchkey"))])), MISSING_PARAMETER),
        ("user.id as text", good.clone().with(3, map([("id", text("ada"))])), UNEXPECTED_TYPE),
        ("user without its id", good.clone().with(3, map([("name", text("ada"))])), MISSING_PARAMETER),
        ("pubKeyCredParams as a map", good.clone().with(4, map::<&str>([])), UNEXPECTED_TYPE),
        ("excludeList as a map", good.clone().with(5, map::<&str>([])), UNEXPECTED_TYPE),
        ("options as a list", good.clone().with(7, Value::Array(vec![])), UNEXPECTED_TYPE),
        ("rk as a number", good.clone().with(7, map([("rk", Value::from(1))])), UNEXPECTED_TYPE),
        ("pinUvAuthProtocol as text", good.clone().with(9, text("2")), UNEXPECTED_TYPE),
    ];
    for member in 1..=4 {
        wrong.push(("a required member left out", good.clone().without(member), MISSING_PARAMETER));
    }
    for (what, request, status) in wrong {
        assert_eq!(client.cbor(&request.encode()), (status, vec![]), "{what}");
    }
    let short_hash = client.cbor(&good.clone().with(1, bytes(&[0x11; 31])).encode());
    assert_eq!(short_hash, (INVALID_LENGTH, vec![]), "clientDataHash of 31 bytes");
    assert_eq!(client.cbor(&good.encode()).0, 0x00, "the loop lives on");
}

#[test]
fn bytes_that_are_not_canonical_cbor_are_refused() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let good = Request::register("ada").encode();
    let mut trailing = good.clone();
    trailing.push(0x00);
    let mut indefinite = good.clone();
    indefinite[1] = 0xBF;
    indefinite.push(0xFF);
    let wrong: &[(&str, &[u8])] = &[
        ("trailing bytes", &trailing),
        ("the last byte missing", &good[..good.len() - 1]),
        ("a map of indefinite length", &indefinite),
        ("a key twice", b"\x01\xA2\x01\x40\x01\x40"),
        ("keys out of order", b"\x01\xA2\x02\x40\x01\x40"),
        ("a number longer than it need be", b"\x01\xA1\x18\x01\x40"),
        ("a reserved additional information", b"\x01\x1C"),
        ("text that is not UTF-8", b"\x01\xA1\x01\x61\xFF"),
        ("a length beyond the message", b"\x01\xA1\x01\x5B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
        ("an endless nest", &[&[0x01][..], &[0x81; 7000]].concat()),
    ];
    for (what, request) in wrong {
        assert_eq!(client.cbor(request), (INVALID_CBOR, vec![]), "{what}");
    }
    assert_eq!(client.cbor(b"\x01\x80"), (UNEXPECTED_TYPE, vec![]), "a list where the map is due");
    assert_eq!(client.cbor(&good).0, 0x00, "the loop lives on");
}
