//! Who is turned away: web pages, those who do not know the path, what is no command.

use std::sync::Arc;

use authenticator::testing::{ManualClock, SeededRng};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use webdriver::{Config, Error, Reach, serve};

use crate::{Endpoint, send};

#[test]
fn who_does_not_know_the_path_finds_nothing() {
    let endpoint = Endpoint::start();
    assert_eq!(endpoint.url.rsplit_once('/').unwrap().1.len(), 32);
    for path in ["/status", "/session", "/", "/00000000000000000000000000000000/status"] {
        let url = format!("{}{path}", endpoint.origin());
        let (status, answer) = send("GET", &url, &[], "");
        assert_eq!((status, &answer["value"]["error"]), (404, &json!("unknown command")), "{path}");
    }
}

#[test]
fn web_pages_are_turned_away_even_with_the_path() {
    let endpoint = Endpoint::start();
    let url = format!("{}/session", endpoint.url);
    let body = json!({ "capabilities": {} }).to_string();
    let origin = endpoint.origin().to_owned();
    for header in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "none"),
    ] {
        assert_eq!(send("POST", &url, &[header], &body).0, 403, "{header:?}");
    }
    for host in ["evil.example", "127.0.0.1", "localhost:1"] {
        assert_eq!(send("POST", &url, &[("Host", host)], &body).0, 421, "{host}");
    }
    let localhost = origin.replace("http://127.0.0.1", "localhost");
    assert_eq!(send("POST", &url, &[("Host", &localhost)], &body).0, 200);
}

#[test]
fn what_is_no_command_is_said_as_webdriver_says_it() {
    let endpoint = Endpoint::start();
    let session = endpoint.session();
    let none = Value::Null;
    endpoint.fails(
        "POST",
        &format!("{session}/url"),
        &json!({ "url": "about:blank" }),
        (404, "unknown command"),
    );
    endpoint.fails("GET", "/nothing", &none, (404, "unknown command"));
    endpoint.fails("GET", "/session", &none, (405, "unknown method"));
    endpoint.fails("GET", &format!("{session}/webauthn/authenticator"), &none, (405, "unknown method"));
}

#[test]
fn a_body_is_a_json_object_of_bounded_size() {
    let endpoint = Endpoint::start();
    let url = format!("{}/session", endpoint.url);
    let large = format!("{{\"capabilities\":{{}},\"x\":\"{}\"}}", "x".repeat(300_000));
    for body in ["", "{", "[]", "7", &large] {
        let (status, answer) = send("POST", &url, &[], body);
        assert_eq!((status, &answer["value"]["error"]), (400, &json!("invalid argument")));
    }
}

#[test]
fn it_listens_to_this_computer_alone() {
    let config = |address: &str| Config {
        address: address.parse().unwrap(),
        reach: Reach::Uhid,
        clock: || Arc::new(ManualClock::default()),
        rng: Arc::new(SeededRng::new(1)),
        listener: None,
    };
    let runtime = Runtime::new().unwrap();
    let refused = runtime.block_on(serve(config("0.0.0.0:0")));
    assert!(matches!(refused, Err(Error::NotLoopback(_))));
    let endpoint = Endpoint::start();
    let taken = endpoint.origin().strip_prefix("http://").unwrap();
    let Err(error @ Error::AddressInUse(_)) = runtime.block_on(serve(config(taken))) else {
        panic!("two endpoints on one port")
    };
    assert!(error.to_string().contains(taken) && error.hint().contains("--addr"));
}

#[test]
fn without_uhid_the_client_is_told_what_to_do() {
    if std::path::Path::new("/dev/uhid").exists() {
        return;
    }
    let endpoint = Endpoint::reached_by(Reach::Uhid);
    let path = format!("{}/webauthn/authenticator", endpoint.session());
    let (status, value) = endpoint.call("POST", &path, &json!({ "protocol": "ctap2", "transport": "usb" }));
    assert_eq!((status, &value["error"]), (500, &json!("unknown error")));
    assert!(value["message"].as_str().unwrap().contains("modprobe uhid"), "{value}");
}
