//! `key fingerprint` and `key blob`: what a key knows and keeps beside passkeys.

use serde_json::{Value, json};
use std::process::Output;

use crate::program::{Emulator, Home, errors};

const PIN: &str = "right pin";

/// A key in memory with a PIN, which stands in a file.
struct Key {
    home: Home,
    address: String,
    pin_file: String,
    _emulator: Emulator,
}

impl Key {
    fn with_pin(profile: &str) -> Self {
        let options =
            ["--profile", profile, "--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"];
        let emulator = Emulator::start(&Home::new(), &options);
        let home = Home::new();
        let pin_file = home.path("pin").to_str().unwrap().to_owned();
        std::fs::write(&pin_file, PIN).unwrap();
        let address = format!("tcp:{}", emulator.tcp());
        home.json(&["key", "--key", &address, "pin", "set", "--new-pin-file", &pin_file]);
        Self { home, address, pin_file, _emulator: emulator }
    }

    fn with(&self, arguments: &[&str]) -> Vec<String> {
        let start = ["key", "--key", &self.address, "--pin-file", &self.pin_file];
        start.iter().chain(arguments).map(|argument| (*argument).to_owned()).collect()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = self.with(arguments);
        self.home.json(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let arguments = self.with(arguments);
        self.home.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).output().unwrap()
    }
}

fn failure(output: &Output) -> (i32, String) {
    let error = errors(output);
    let error: Value = serde_json::from_str(error.lines().last().unwrap_or_default()).unwrap();
    (output.status.code().unwrap(), error["error"]["code"].as_str().unwrap().to_owned())
}

#[test]
fn a_finger_is_learned_with_advice_named_and_forgotten() {
    let key = Key::with_pin("fingerprint-key");
    let known = key.json(&["fingerprint", "list"]);
    assert_eq!(known, json!({ "sensor": "touch", "maxSamples": 4, "maxNameBytes": 64, "fingerprints": [] }));
    let learned = key.run(&["fingerprint", "enroll", "--name", "Right index", "--json"]);
    let said = errors(&learned);
    assert!(said.contains("Good. Lift the finger and touch the sensor again. 3 more touches."), "{said}");
    assert!(said.contains("One more touch.") && said.contains("That was the last touch."), "{said}");
    let finger: Value = serde_json::from_slice(&learned.stdout).unwrap();
    assert_eq!(finger["name"], "Right index");
    let id = finger["id"].as_str().unwrap();

    key.json(&["fingerprint", "rename", id, "Left thumb"]);
    let known = key.json(&["fingerprint", "list"]);
    assert_eq!(known["fingerprints"], json!([{ "id": id, "name": "Left thumb" }]));
    let long = "\u{e9}".repeat(33);
    assert_eq!(failure(&key.run(&["fingerprint", "rename", id, &long, "--json"])), (2, "usage".to_owned()));
    assert_eq!(failure(&key.run(&["fingerprint", "remove", id, "--json"])), (2, "usage".to_owned()));
    key.json(&["fingerprint", "remove", id, "--yes"]);
    let gone = key.run(&["fingerprint", "remove", id, "--yes", "--json"]);
    assert_eq!(failure(&gone), (3, "not-found".to_owned()));
    assert_eq!(key.json(&["fingerprint", "list"])["fingerprints"], json!([]));
}

#[test]
fn an_empty_array_of_blobs_is_told_and_keys_without_one_say_so() {
    let key = Key::with_pin("yubikey-5.7-like");
    let told = key.json(&["blob", "list"]);
    let empty = json!({
        "size": 17, "capacity": 4096, "entries": 0, "corrupt": false, "orphans": 0, "blobs": []
    });
    assert_eq!(told, empty);
    assert_eq!(key.json(&["blob", "clean", "--yes"]), json!({ "removed": 0 }));
    assert_eq!(failure(&key.run(&["blob", "read", "AAAA", "--json"])), (3, "not-found".to_owned()));
    let missing = key.run(&["blob", "write", "AAAA", "/nonexistent", "--json"]);
    assert_eq!(failure(&missing), (1, "failed".to_owned()));
    let synced = Key::with_pin("synced");
    assert_eq!(failure(&synced.run(&["blob", "list", "--json"])), (1, "failed".to_owned()));
    assert_eq!(failure(&synced.run(&["fingerprint", "list", "--json"])), (1, "failed".to_owned()));
}
