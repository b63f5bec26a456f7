//! `key`: security keys, which are this program's own here, in another process.

use serde_json::{Value, json};
use std::process::Output;

use crate::program::{Emulator, Home, errors};

/// A key in memory, and where it is.
struct Emulated {
    address: String,
    key: Emulator,
}

impl Emulated {
    fn start(profile: &str) -> Self {
        let options =
            ["--profile", profile, "--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"];
        let key = Emulator::start(&Home::new(), &options);
        Self { address: format!("tcp:{}", key.tcp()), key }
    }

    fn run(&self, home: &Home, arguments: &[&str]) -> Output {
        home.command(&[&["key", "--key", &self.address], arguments].concat()).output().unwrap()
    }

    fn json(&self, home: &Home, arguments: &[&str]) -> Value {
        home.json(&[&["key", "--key", &self.address], arguments].concat())
    }
}

/// The exit code and the error of a program that failed.
fn failure(output: &Output) -> (i32, Value) {
    let error = errors(output);
    let last = error.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("{error}"));
    (output.status.code().unwrap(), error["error"].clone())
}

#[test]
fn every_shipped_profile_is_listed_and_its_label_stays() {
    let home = Home::new();
    for profile in ["device-bound", "yubikey-5.7-like", "u2f-only", "ctap20-only", "fingerprint-key", "tiny"]
    {
        let key = Emulated::start(profile);
        let listed = key.json(&home, &["list"]);
        let listed = &listed.as_array().unwrap()[0];
        assert_eq!((&listed["transport"], &listed["path"]), (&json!("socket"), &json!(key.address)));
        assert!(listed.get("error").is_none(), "{profile}: {listed}");
        let versions: Vec<_> =
            listed["versions"].as_array().unwrap().iter().map(|version| version.as_str().unwrap()).collect();
        assert_eq!(versions.iter().any(|version| version.starts_with("FIDO_2")), profile != "u2f-only");
        assert_eq!(listed["aaguid"].is_string(), profile != "u2f-only", "{listed}");
        assert_eq!(listed["id"].as_str().unwrap().len(), 8);

        let label = format!("My {profile}");
        key.json(&home, &["label", &label, "--colour", "purple"]);
        let again = key.json(&home, &["list"]);
        assert_eq!((&again[0]["name"], &again[0]["colour"]), (&json!(label), &json!("purple")));
        assert_eq!(again[0]["id"], listed["id"]);
    }
}

#[test]
fn a_key_shows_itself_and_says_when_it_is_touched() {
    let home = Home::new();
    let key = Emulated::start("device-bound");
    let winked = key.json(&home, &["wink"]);
    assert_eq!(key.key.event("wink")["key"], "device-bound");
    assert_eq!(key.json(&home, &["select"]), winked, "both name the key by its id");
    assert_eq!(key.key.event("request")["command"], "getInfo");
}

#[test]
fn a_label_is_the_person_s_and_names_one_key() {
    let home = Home::new();
    let [blue, green] = ["device-bound", "synced"].map(Emulated::start);
    blue.json(&home, &["label", "Safe"]);
    let (code, error) = failure(&green.run(&home, &["label", "SAFE", "--json"]));
    assert_eq!((code, &error["message"]), (2, &json!("Another key is called SAFE already.")));
    let coloured = blue.json(&home, &["label", "--colour", "green"]);
    assert_eq!(
        (&coloured["label"], &coloured["colour"]),
        (&json!("Safe"), &json!("green")),
        "its name stays"
    );
    let bare = blue.json(&home, &["label", "--remove"]);
    assert_eq!((&bare["label"], &bare["colour"]), (&Value::Null, &Value::Null));
    green.json(&home, &["label", "SAFE"]);
}

#[test]
fn a_key_that_is_not_there_is_told_by_its_exit_code() {
    let home = Home::new();
    let at = |key: &str| failure(&home.command(&["key", "wink", "--key", key, "--json"]).output().unwrap());
    let (code, error) = at("of Zoe");
    assert_eq!((code, &error["code"]), (3, &json!("not-found")));
    assert_eq!(error["message"], "No key called of Zoe is plugged in.");
    let (code, error) = at("tcp:127.0.0.1:9");
    assert_eq!((code, &error["code"]), (6, &json!("device-gone")), "{error}");
    let listed = home.json(&["key", "list", "--key", "tcp:127.0.0.1:9"]);
    assert_eq!(listed[0]["error"]["code"], "device-gone", "a list tells why it could not ask: {listed}");
}
