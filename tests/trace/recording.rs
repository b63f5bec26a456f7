//! What is in the file, and what is not.

use serde_json::Value;
use std::fs;

use super::{record, trace};
use crate::{
    program::{Emulator, Home, errors},
    wire::Client,
};

// proves: trace-file
#[test]
fn every_exchange_is_in_the_file_and_shown_by_its_names() {
    let home = Home::new();
    let path = record(&home, "run.trace", &[]);
    let lines: Vec<Value> =
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let header = &lines[0];
    assert_eq!(header["format"], "latchkey-trace");
    assert_eq!(header["version"], 1);
    assert_eq!(header["profile"], "device-bound");
    assert_eq!((&header["seeded"], &header["secrets"]), (&true.into(), &false.into()));
    assert!(!header.to_string().contains(super::SEED));
    let times: Vec<u64> = lines[1..].iter().map(|line| line["t"].as_u64().unwrap()).collect();
    assert!(times.is_sorted());
    assert!(
        lines[1..]
            .iter()
            .all(|line| line["transport"] == "tcp" && line["hex"].as_str().unwrap().len() == 128)
    );

    let shown = home.json(&["trace", "show", path.to_str().unwrap()]);
    let titles: Vec<&str> =
        shown["lines"].as_array().unwrap().iter().map(|line| line["title"].as_str().unwrap()).collect();
    let expected = [
        "INIT",
        "INIT",
        "makeCredential",
        "makeCredential SUCCESS",
        "getAssertion",
        "getAssertion SUCCESS",
        "PING",
        "PING",
    ];
    assert_eq!(titles, expected);
    let made = shown["lines"][3].to_string();
    for name in
        ["fmt", "authData", "rpIdHash", "UP UV AT", "signCount", "credentialPublicKey", "kty", "attStmt"]
    {
        assert!(made.contains(name), "{name} in {made}");
    }
    let output = trace(&home, &["show", path.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("→ makeCredential  \"latchkey.example\", \"ada\""), "{text}");
    assert!(text.contains("← getAssertion SUCCESS  UP (0x01), counter 1"), "{text}");
}

// proves: trace-file
#[test]
fn secrets_stay_out_of_the_file_unless_asked_for() {
    let home = Home::new();
    // setPIN of nonsense: the key refuses it, and what it held is as secret as if it had not.
    let secret = [0xA5; 64];
    let set_pin =
        [&[0x06, 0xA4, 0x01, 0x02, 0x02, 0x03, 0x04, 0x42, 0x01, 0x02, 0x05, 0x58, 0x40][..], &secret]
            .concat();
    let run = |name: &str, more: &[&str]| {
        let path = home.path(name);
        let file = path.to_str().unwrap();
        let options = ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0", "--trace", file];
        let key = Emulator::start(&home, &[&options[..], more].concat());
        let mut client = Client::tcp(key.tcp());
        let (status, _) = client.cbor(&set_pin);
        assert_ne!(status, 0x00);
        key.kill();
        (home.json(&["trace", "show", file]), fs::read_to_string(&path).unwrap())
    };
    let (shown, file) = run("without", &[]);
    assert!(!file.contains("a5a5a5"), "{file}");
    assert!(shown.to_string().contains("64 bytes, not recorded"), "{shown}");
    assert_eq!(shown["lines"][2]["masked"], true);
    assert_eq!(shown["lines"][2]["summary"], "setPIN (3)");
    let (shown, file) = run("with", &["--trace-secrets"]);
    assert!(file.contains("a5a5a5"), "{file}");
    assert!(shown.to_string().contains(&"a5".repeat(64)), "{shown}");
}

#[test]
fn a_file_that_is_no_trace_or_not_there_is_said_to_be_so() {
    let home = Home::new();
    fs::write(home.path("other"), "{\"format\":\"something\"}\n").unwrap();
    let output = trace(&home, &["show", home.path("other").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("The file is no trace"), "{}", errors(&output));
    let output = trace(&home, &["show", home.path("nothing").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
}
