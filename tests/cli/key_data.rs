//! `key fingerprint` and `key blob`: what a key knows and keeps beside passkeys.

use serde_json::{Value, json};
use std::process::Output;

use super::emulated::{Emulated, failure};
use crate::program::{Home, errors};

/// A key in memory with a PIN, which stands in a file.
struct Key {
    home: Home,
    pin_file: String,
    emulated: Emulated,
}

impl Key {
    fn with_pin(profile: &str) -> Self {
        let (emulated, home) = (Emulated::start(profile), Home::new());
        let pin_file = home.path("pin").to_str().unwrap().to_owned();
        std::fs::write(&pin_file, "right pin").unwrap();
        emulated.json(&home, &["pin", "set", "--new-pin-file", &pin_file]);
        Self { home, pin_file, emulated }
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.emulated.json(&self.home, &[&["--pin-file", &self.pin_file], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.emulated.run(&self.home, &[&["--pin-file", &self.pin_file], arguments].concat())
    }

    /// The exit code and the error's word.
    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let (code, error) = failure(&self.run(&[arguments, &["--json"]].concat()));
        (code, error["code"].as_str().unwrap().to_owned())
    }
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
    assert_eq!(key.refused(&["fingerprint", "rename", id, &long]), (2, "usage".to_owned()));
    assert_eq!(key.refused(&["fingerprint", "remove", id]), (2, "usage".to_owned()));
    key.json(&["fingerprint", "remove", id, "--yes"]);
    let gone = key.refused(&["fingerprint", "remove", id, "--yes"]);
    assert_eq!(gone, (3, "not-found".to_owned()));
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
    assert_eq!(key.refused(&["blob", "read", "AAAA"]), (3, "not-found".to_owned()));
    let missing = key.refused(&["blob", "write", "AAAA", "/nonexistent"]);
    assert_eq!(missing, (1, "failed".to_owned()));
    let synced = Key::with_pin("synced");
    assert_eq!(synced.refused(&["blob", "list"]), (1, "failed".to_owned()));
    assert_eq!(synced.refused(&["fingerprint", "list"]), (1, "failed".to_owned()));
}

#[test]
fn a_blob_is_kept_with_its_passkey_and_is_nobody_s_when_that_is_gone() {
    let key = Key::with_pin("yubikey-5.7-like");
    let [ann, bob] = ["ann", "bob"].map(|name| {
        let made =
            key.json(&["register", "--discoverable", "--large-blob", "--user", name, "--rp", "a.example"]);
        made["credentialId"].as_str().unwrap().to_owned()
    });
    let (kept, read) = (key.home.path("kept"), key.home.path("read"));
    let (kept, read) = (kept.to_str().unwrap(), read.to_str().unwrap());
    std::fs::write(kept, b"a certificate\0\xff").unwrap();
    assert_eq!(key.refused(&["blob", "read", &ann]), (3, "not-found".to_owned()));
    for credential in [&ann, &bob] {
        key.json(&["blob", "write", credential, kept]);
    }
    assert!(key.run(&["blob", "read", &ann, "--output", read]).status.success());
    assert_eq!(std::fs::read(read).unwrap(), b"a certificate\0\xff");
    let there = key.run(&["blob", "read", &ann, "--output", read]);
    assert_eq!(there.status.code(), Some(1), "a file that is there stays as it is");
    assert_eq!(key.run(&["blob", "read", &bob]).stdout, b"a certificate\0\xff");

    key.json(&["credential", "delete", &ann, "--yes"]);
    let told = key.json(&["blob", "list"]);
    assert_eq!((&told["entries"], &told["orphans"]), (&json!(2), &json!(1)));
    let blob = json!({ "rpId": "a.example", "userName": "bob", "credentialId": bob.as_str(), "size": 15 });
    assert_eq!(told["blobs"], json!([blob]));
    assert_eq!(key.json(&["blob", "clean", "--yes"]), json!({ "removed": 1 }));
    assert_eq!(key.json(&["blob", "delete", &bob, "--yes"]), json!({}));
    assert_eq!(key.json(&["blob", "list"])["size"], json!(17));
}
