//! Sessions, capabilities, and virtual authenticators that come and go.

use std::net::TcpStream;

use serde_json::{Value, json};
use webdriver::Reach;

use crate::Endpoint;

const NEW: &str = "/session";

#[test]
fn a_new_session_says_what_it_can_do() {
    let endpoint = Endpoint::start();
    assert_eq!(endpoint.value("GET", "/status", &Value::Null)["ready"], true);
    let asked = json!({ "capabilities": {
        "alwaysMatch": { "browserName": "chrome", "webauthn:virtualAuthenticators": true },
        "firstMatch": [{ "webauthn:extension:uvm": true }, { "webauthn:extension:prf": true }],
    }});
    let session = endpoint.value("POST", NEW, &asked);
    let capabilities = &session["capabilities"];
    assert_eq!(capabilities["browserName"], "chrome", "clients look at it to find out what they may call");
    for capability in [
        "virtualAuthenticators",
        "extension:prf",
        "extension:largeBlob",
        "extension:credBlob",
        "extension:minPinLength",
    ] {
        assert_eq!(capabilities[format!("webauthn:{capability}")], true, "{capability}");
    }
    assert!(capabilities.get("webauthn:extension:uvm").is_none());
}

#[test]
fn capabilities_that_cannot_be_met_and_those_that_are_none() {
    let endpoint = Endpoint::start();
    for (parameters, expected) in [
        (json!({}), (400, "invalid argument")),
        (json!([]), (400, "invalid argument")),
        (json!({ "capabilities": [] }), (400, "invalid argument")),
        (json!({ "capabilities": { "firstMatch": [] } }), (400, "invalid argument")),
        (
            json!({ "capabilities": { "alwaysMatch": { "a:b": 1 }, "firstMatch": [{ "a:b": 1 }] } }),
            (400, "invalid argument"),
        ),
        (
            json!({ "capabilities": { "alwaysMatch": { "webauthn:virtualAuthenticators": "yes" } } }),
            (400, "invalid argument"),
        ),
        (
            json!({ "capabilities": { "alwaysMatch": { "webauthn:extension:uvm": true } } }),
            (500, "session not created"),
        ),
    ] {
        endpoint.fails("POST", NEW, &parameters, expected);
    }
}

#[test]
fn a_session_takes_its_authenticators_with_it() {
    let endpoint = Endpoint::start();
    let session = endpoint.session();
    let other = endpoint.session();
    assert!(
        endpoint.value("GET", &format!("{session}/window"), &Value::Null).is_string(),
        "WebdriverIO insists"
    );
    let one = endpoint.authenticator(&session, &json!({}));
    let two = endpoint.authenticator(&other, &json!({}));
    let (one_at, two_at) = (address(&endpoint, &one), address(&endpoint, &two));
    assert!(TcpStream::connect(&one_at).is_ok());
    let strayed = one.replace(&session, &other);
    endpoint.fails("GET", &format!("{strayed}/credentials"), &Value::Null, (400, "invalid argument"));

    assert_eq!(endpoint.value("DELETE", &session, &Value::Null), Value::Null);
    assert!(TcpStream::connect(&one_at).is_err(), "gone when the session is");
    assert!(TcpStream::connect(&two_at).is_ok());
    endpoint.fails("DELETE", &session, &Value::Null, (404, "invalid session id"));
    endpoint.fails("GET", &format!("{one}/credentials"), &Value::Null, (404, "invalid session id"));
}

#[test]
fn a_removed_authenticator_is_gone_and_told_of() {
    let endpoint = Endpoint::start();
    let authenticator = endpoint.authenticator(&endpoint.session(), &json!({}));
    let at = address(&endpoint, &authenticator);
    endpoint.value("DELETE", &authenticator, &Value::Null);
    assert!(TcpStream::connect(&at).is_err());
    endpoint.fails("DELETE", &authenticator, &Value::Null, (400, "invalid argument"));
    let id = authenticator.rsplit_once('/').unwrap().1;
    assert!(id.len() <= 48, "§11.2");
    let told = endpoint.told.lock().unwrap();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].contains("Added") && told[0].contains(id) && told[0].contains(&format!("tcp:{at}")),
        "{told:?}"
    );
    assert!(told[1].contains("Removed") && told[1].contains(id), "{told:?}");
}

#[test]
fn everything_is_gone_when_the_endpoint_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut endpoint = Endpoint::reached_by(Reach::Unix(folder.path().to_owned()));
    let authenticator = endpoint.authenticator(&endpoint.session(), &json!({}));
    let id = authenticator.rsplit_once('/').unwrap().1;
    let socket = folder.path().join(format!("{id}.sock"));
    assert!(socket.exists());
    endpoint.stop();
    assert!(!socket.exists());
    assert!(TcpStream::connect(endpoint.origin().strip_prefix("http://").unwrap()).is_err());
}

#[test]
fn sessions_and_authenticators_are_bounded() {
    let endpoint = Endpoint::start();
    let sessions: Vec<_> = (0..16).map(|_| endpoint.session()).collect();
    endpoint.fails("POST", NEW, &json!({ "capabilities": {} }), (500, "session not created"));
    for _ in 0..16 {
        endpoint.authenticator(&sessions[0], &json!({}));
    }
    let path = format!("{}/webauthn/authenticator", sessions[0]);
    let options = json!({ "protocol": "ctap2", "transport": "usb" });
    endpoint.fails("POST", &path, &options, (500, "unknown error"));
    endpoint.authenticator(&sessions[1], &json!({}));
}

fn address(endpoint: &Endpoint, authenticator: &str) -> String {
    let shown = endpoint.value("GET", &authenticator.replace("/webauthn/", "/latchkey/"), &Value::Null);
    assert_eq!(shown["failure"], Value::Null);
    shown["addresses"][0].as_str().unwrap().strip_prefix("tcp:").unwrap().to_owned()
}
