//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 §6.2, §6.3).

use ciborium::Value;

use super::{
    Client, Request,
    cbor::{bytes, decode, map, member, named, text},
    request::{EDDSA, ES256, REGISTRATION_HASH, SIGN_IN_HASH, algorithms, descriptor},
    signed::{BE, Registered, UP, UV},
};
use crate::program::Emulator;

const UNEXPECTED_TYPE: u8 = 0x11;
const INVALID_CBOR: u8 = 0x12;
const MISSING_PARAMETER: u8 = 0x14;
const NO_CREDENTIALS: u8 = 0x2E;
const NOT_ALLOWED: u8 = 0x30;

#[test]
fn an_assertion_is_signed_by_the_key_that_was_registered_and_counts() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    for algorithm in [ES256, EDDSA] {
        let made = register(&mut client, &Request::register("ada").with(4, algorithms(&[algorithm])));
        let mut last = made.sign_count;
        for request in [Request::sign_in_with(&made.id), Request::sign_in()] {
            let request = request.with(5, map([("uv", Value::Bool(true))]));
            let (status, response) = client.cbor(&request.encode());
            assert_eq!(status, 0x00);
            let (flags, count) = made.check_assertion(&response, &SIGN_IN_HASH);
            assert_eq!(flags & (UP | UV | BE), UP | UV);
            assert!(count > last, "{count} after {last}");
            last = count;
            assert_eq!(key.event("credentialAsserted")["passkey"]["signCount"], count);
        }
    }
}

#[test]
fn options_in_another_order_than_the_canonical_one_are_taken_and_told() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    register(&mut client, &Request::register("ada"));
    assert_eq!(key.event("request")["command"], "makeCredential");
    let request = Request::sign_in().with(5, map([("uv", Value::Bool(true)), ("up", Value::Bool(true))]));
    assert_eq!(client.cbor(&request.encode()).0, 0x00);
    let told = key.event("request");
    assert_eq!(told["command"], "getAssertion");
    assert_eq!(told["request"]["5"], serde_json::json!({"uv": true, "up": true}));
}

#[test]
fn a_silent_request_is_answered_without_presence() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let made = register(&mut client, &Request::register("ada"));
    let silent = Request::sign_in_with(&made.id).with(5, map([("up", Value::Bool(false))]));
    let (status, response) = client.cbor(&silent.encode());
    assert_eq!(status, 0x00);
    assert_eq!(made.check_assertion(&response, &SIGN_IN_HASH).0 & (UP | UV), 0);
    let user = member(&decode(&response), 4).unwrap().clone();
    assert_eq!((named(&user, "name"), named(&user, "displayName")), (None, None), "who it is stays unsaid");
}

#[test]
fn of_several_accounts_the_key_chooses_and_says_so() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    register(&mut client, &Request::register("ada"));
    let newest = register(&mut client, &Request::register("bob"));
    let (status, response) =
        client.cbor(&Request::sign_in().with(5, map([("uv", Value::Bool(true))])).encode());
    assert_eq!(status, 0x00);
    newest.check_assertion(&response, &SIGN_IN_HASH);
    let response = decode(&response);
    assert_eq!(named(member(&response, 4).unwrap(), "id"), Some(&bytes(b"bob")));
    assert_eq!(member(&response, 6), Some(&Value::Bool(true)), "userSelected");
    assert_eq!(client.cbor(&[0x08]), (NOT_ALLOWED, vec![]), "so there is no next one");
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    assert_eq!(client.cbor(&Request::sign_in().encode()), (NO_CREDENTIALS, vec![]));
    let made = register(&mut client, &Request::register("ada"));
    let elsewhere = Request::sign_in_with(&made.id).with(1, text("other.example"));
    assert_eq!(client.cbor(&elsewhere.encode()), (NO_CREDENTIALS, vec![]));
    assert_eq!(client.cbor(&Request::sign_in_with(b"of another key").encode()), (NO_CREDENTIALS, vec![]));
}

#[test]
fn each_way_to_be_wrong_has_its_status() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    let made = register(&mut client, &Request::register("ada"));
    let good = Request::sign_in_with(&made.id);
    let nameless = Value::Array(vec![map([("type", text("public-key"))])]);
    let wrong = [
        ("no rpId", good.clone().without(1), MISSING_PARAMETER),
        ("no clientDataHash", good.clone().without(2), MISSING_PARAMETER),
        ("a descriptor without its id", good.clone().with(3, nameless), MISSING_PARAMETER),
        ("rpId as bytes", good.clone().with(1, bytes(b"latchkey.example")), UNEXPECTED_TYPE),
        ("clientDataHash as text", good.clone().with(2, text("hash")), UNEXPECTED_TYPE),
        ("allowList as one descriptor", good.clone().with(3, descriptor(&made.id)), UNEXPECTED_TYPE),
        ("options as a list", good.clone().with(5, Value::Array(vec![])), UNEXPECTED_TYPE),
    ];
    for (what, request, status) in wrong {
        assert_eq!(client.cbor(&request.encode()), (status, vec![]), "{what}");
    }
    let mut trailing = good.encode();
    trailing.push(0x00);
    assert_eq!(client.cbor(&trailing), (INVALID_CBOR, vec![]), "trailing bytes");
    assert_eq!(client.cbor(&good.encode()).0, 0x00, "the loop lives on");
}

fn register(client: &mut Client, request: &Request) -> Registered {
    let (status, response) = client.cbor(&request.encode());
    assert_eq!(status, 0x00);
    Registered::checked(&response, &REGISTRATION_HASH)
}
