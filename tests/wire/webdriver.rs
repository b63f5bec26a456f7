//! `latchkey webdriver serve` (WebAuthn §11): what its commands do to the key that programs reach.

use ciborium::Value as Cbor;
use serde_json::{Value, json};

use super::{
    Client, Request,
    cbor::{bytes, decode, map, member, named},
    request::{EDDSA, REGISTRATION_HASH, SIGN_IN_HASH, algorithms},
    signed::{BE, Registered, UP, UV},
};
use crate::program::{Home, Program};

const BS: u8 = 0x10;
const OPERATION_DENIED: u8 = 0x27;
const UNSUPPORTED_OPTION: u8 = 0x2B;
const INVALID_OPTION: u8 = 0x2C;
const NO_CREDENTIALS: u8 = 0x2E;

/// The endpoint with one session.
struct Endpoint {
    program: Program,
    authenticators: String,
}

/// One virtual authenticator, and a client of its key.
struct Authenticator {
    url: String,
    client: Client,
}

impl Endpoint {
    fn start() -> Self {
        let program = Program::start(&Home::new(), &["webdriver", "serve", "--tcp", "127.0.0.1:0"]);
        let url = program.event("ready")["url"].as_str().unwrap().to_owned();
        let session = call("POST", &format!("{url}/session"), &json!({ "capabilities": {} }));
        let session = session["sessionId"].as_str().unwrap();
        Self { program, authenticators: format!("{url}/session/{session}/webauthn/authenticator") }
    }

    /// With discoverable credentials and a verified person, unless `options` say otherwise.
    fn add(&self, options: &Value) -> Authenticator {
        let mut all = json!({
            "protocol": "ctap2_1", "transport": "usb",
            "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
        });
        all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let id = call("POST", &self.authenticators, &all);
        let added = self.program.event("authenticator-added");
        assert_eq!(added["authenticator"], id);
        let address = added["addresses"][0].as_str().unwrap().strip_prefix("tcp:").unwrap().to_owned();
        let url = format!("{}/{}", self.authenticators, id.as_str().unwrap());
        Authenticator { url, client: Client::tcp(address.parse().unwrap()) }
    }
}

impl Authenticator {
    fn post(&self, path: &str, parameters: &Value) {
        assert_eq!(call("POST", &format!("{}{path}", self.url), parameters), Value::Null);
    }

    fn credentials(&self) -> Vec<Value> {
        call("GET", &format!("{}/credentials", self.url), &Value::Null).as_array().unwrap().clone()
    }

    fn register(&mut self, request: &Request) -> Registered {
        let (status, response) = self.client.cbor(&request.encode());
        assert_eq!(status, 0x00);
        Registered::checked(&response, &REGISTRATION_HASH)
    }

    /// Flags and counter of a sign-in that was checked.
    fn sign_in(&mut self, made: &Registered) -> (u8, u32) {
        let (status, response) = self.client.cbor(&verified().encode());
        assert_eq!(status, 0x00);
        made.check_assertion(&response, &SIGN_IN_HASH)
    }
}

fn verified() -> Request {
    Request::sign_in().with(5, map([("uv", Cbor::Bool(true))]))
}

/// The value of a command that succeeds.
fn call(method: &str, url: &str, parameters: &Value) -> Value {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let body = if parameters.is_null() { String::new() } else { parameters.to_string() };
    let request = ureq::http::Request::builder().method(method).uri(url).body(body).unwrap();
    let mut response = agent.run(request).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    assert_eq!(response.status(), 200, "{method} {url}: {text}");
    let mut answer: Value = serde_json::from_str(&text).unwrap();
    answer["value"].take()
}

// proves: webdriver
#[test]
fn what_a_site_made_is_exported_and_signs_in_from_another_key() {
    let endpoint = Endpoint::start();
    let mut one = endpoint.add(&json!({}));
    let made = one.register(&Request::register("ada").with(4, algorithms(&[EDDSA])));
    let (flags, count) = one.sign_in(&made);
    assert_eq!(flags & (UP | UV | BE | BS), UP | UV);
    let [credential] = one.credentials().try_into().unwrap();
    assert_eq!((&credential["signCount"], &credential["userName"]), (&json!(count), &json!("ada")));
    assert_eq!(
        (&credential["rpId"], &credential["isResidentCredential"]),
        (&json!("latchkey.example"), &json!(true))
    );

    let mut two = endpoint.add(&json!({}));
    assert_eq!(two.client.cbor(&verified().encode()), (NO_CREDENTIALS, vec![]));
    two.post("/credential", &credential);
    assert_eq!(two.sign_in(&made).1, count + 1, "the same private key, counting on");
    call("DELETE", &format!("{}/credentials", two.url), &Value::Null);
    assert_eq!(two.client.cbor(&verified().encode()), (NO_CREDENTIALS, vec![]));
    assert_eq!(one.sign_in(&made).1, count + 1, "the first key is another");
}

// proves: webdriver
#[test]
fn the_person_consents_and_is_verified_as_said() {
    let endpoint = Endpoint::start();
    let mut key = endpoint.add(&json!({}));
    let made = key.register(&Request::register("ada"));
    key.post("/uv", &json!({ "isUserVerified": false }));
    // More often than a key has tries.
    for _ in 0..10 {
        assert_eq!(key.client.cbor(&verified().encode()), (OPERATION_DENIED, vec![]));
    }
    key.post("/uv", &json!({ "isUserVerified": true }));
    key.sign_in(&made);

    let mut refusing = endpoint.add(&json!({ "isUserConsenting": false }));
    assert_eq!(refusing.client.cbor(&Request::register("ada").encode()), (OPERATION_DENIED, vec![]));
    assert_eq!(refusing.credentials(), Vec::<Value>::new());

    let mut plain = endpoint.add(&json!({ "hasUserVerification": false, "hasResidentKey": false }));
    assert_eq!(plain.client.cbor(&Request::register("ada").encode()), (INVALID_OPTION, vec![]));
    let discoverable = Request::register("ada").with(7, map([("rk", Cbor::Bool(true))]));
    assert_eq!(plain.client.cbor(&discoverable.encode()), (UNSUPPORTED_OPTION, vec![]));
    plain.register(&Request::register("ada").without(7));
}

// proves: webdriver, ext-large-blob
#[test]
fn a_large_blob_that_a_site_wrote_is_exported_and_read_from_another_key() {
    let endpoint = Endpoint::start();
    let options = json!({ "extensions": ["largeBlob"] });
    let mut one = endpoint.add(&options);
    let made = one.register(&Request::register("ada"));
    // A stored block of DEFLATE (RFC 1951 §3.2.4), by hand.
    let stored = [&[0x01, 5, 0, 0xFA, 0xFF][..], b"A key"].concat();
    let large_blob = |of: &mut Authenticator, input| {
        let request = Request::sign_in_with(&made.id)
            .with(4, map([("largeBlob", input)]))
            .with(5, map([("uv", Cbor::Bool(true))]));
        let (status, response) = of.client.cbor(&request.encode());
        assert_eq!(status, 0x00);
        named(member(&decode(&response), 8).unwrap(), "largeBlob").unwrap().clone()
    };
    let written = large_blob(&mut one, map([("write", bytes(&stored)), ("originalSize", Cbor::from(5))]));
    assert_eq!(named(&written, "written"), Some(&Cbor::Bool(true)));
    let [credential] = one.credentials().try_into().unwrap();
    assert_eq!(credential["largeBlob"], "QSBrZXk");

    let mut two = endpoint.add(&options);
    two.post("/credential", &credential);
    let read = large_blob(&mut two, map([("read", Cbor::Bool(true))]));
    assert_eq!(named(&read, "originalSize"), Some(&Cbor::from(5)));
    assert!(named(&read, "blob").unwrap().as_bytes().is_some_and(|blob| !blob.is_empty()));
    assert_eq!(two.credentials()[0]["largeBlob"], credential["largeBlob"]);
}

// proves: override-per-credential
#[test]
fn flags_and_counter_that_were_set_are_signed() {
    let endpoint = Endpoint::start();
    let mut key = endpoint.add(&json!({}));
    let made = key.register(&Request::register("ada"));
    let [credential] = key.credentials().try_into().unwrap();
    let props = format!("/credentials/{}/props", credential["credentialId"].as_str().unwrap());
    key.post(&props, &json!({ "signCount": 4_000_000_000_u32 }));
    assert_eq!(key.sign_in(&made), (UP | UV, 4_000_000_001));
    key.post(&props, &json!({ "backupEligibility": true, "backupState": true }));
    assert_eq!(key.sign_in(&made).0, UP | UV | BE | BS);
    key.post(&props, &json!({ "backupState": false }));
    assert_eq!(key.sign_in(&made).0, UP | UV | BE);

    let mut synced = endpoint.add(&json!({ "defaultBackupEligibility": true, "defaultBackupState": true }));
    let made = synced.register(&Request::register("ada"));
    assert_eq!(made.flags & (BE | BS), BE | BS);
    assert_eq!(synced.sign_in(&made).0, UP | UV | BE | BS);
}

#[test]
fn an_endpoint_that_other_computers_reach_is_refused() {
    let refused = Home::new().command(&["webdriver", "serve", "--addr", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = crate::program::errors(&refused);
    assert!(said.contains("0.0.0.0:0") && said.contains("--addr"), "{said}");
}
