//! Security keys and recovery keys as ways into the vault: the keys are this program's own, in another process.

use serde_json::{Value, json};
use std::{fs, process::Command};

use crate::program::{Emulator, Home, LATCHKEY, NO_BUS, errors};

/// A key in memory, and where it is.
struct Emulated {
    address: String,
    key: Emulator,
}

impl Emulated {
    fn start(profile: &str, approve: &str) -> Self {
        let options =
            ["--profile", profile, "--store", "memory", "--approve", approve, "--tcp", "127.0.0.1:0"];
        let key = Emulator::start(&Home::new(), &options);
        Self { address: format!("tcp:{}", key.tcp()), key }
    }
}

fn add(home: &Home, key: &Emulated, label: &str) -> Value {
    home.json(&["vault", "slot", "add", "--security-key", "--key", &key.address, "--label", label])
}

/// Unlocks without the passphrase: what came out, or why not.
fn unlock(home: &Home, arguments: &[&str]) -> Result<Value, (i32, Value)> {
    let mut command = Command::new(LATCHKEY);
    command.env("LATCHKEY_DATA_DIR", home.path("data")).env(NO_BUS.0, NO_BUS.1);
    let output = command.args(["vault", "unlock", "--json"]).args(arguments).output().unwrap();
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout).unwrap());
    }
    let error = serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{}", errors(&output)));
    Err((output.status.code().unwrap(), error))
}

fn by_key(home: &Home, key: &Emulated) -> Result<Value, (i32, Value)> {
    unlock(home, &["--security-key", "--key", &key.address])
}

#[test]
fn two_security_keys_open_the_vault_each_and_a_removed_one_does_not() {
    let home = Home::with_vault();
    let [blue, green, stranger] =
        ["device-bound", "synced", "device-bound"].map(|profile| Emulated::start(profile, "always"));
    add(&home, &blue, "blue");
    let slots = add(&home, &green, "green");
    assert_eq!(slots.as_array().unwrap().len(), 3);
    assert_eq!(slots[1]["kind"], "security-key");
    home.json(&["vault", "lock"]);

    for (key, label) in [(&blue, "blue"), (&green, "green")] {
        let status = by_key(&home, key).unwrap();
        assert_eq!((&status["state"], &status["openedBy"]["label"]), (&json!("open"), &json!(label)));
    }
    let (code, error) = by_key(&home, &stranger).unwrap_err();
    assert_eq!((code, &error["error"]["code"]), (3, &json!("not-found")));

    home.json(&["vault", "rotate"]);
    assert_eq!(
        by_key(&home, &blue).unwrap()["openedBy"]["label"],
        "blue",
        "a new vault key reaches the slot"
    );
    home.json(&["vault", "slot", "remove", "blue", "--yes"]);
    let (code, error) = by_key(&home, &blue).unwrap_err();
    assert_eq!((code, &error["error"]["code"]), (3, &json!("not-found")));
    assert!(by_key(&home, &green).is_ok());
}

#[test]
fn a_key_without_proof_is_turned_away_and_one_that_is_known_is_not_added_twice() {
    let home = Home::with_vault();
    let unset = Emulated::start("yubikey-5.7-like", "always");
    let refused = |key: &Emulated| {
        let arguments = ["vault", "slot", "add", "--security-key", "--key", &key.address, "--json"];
        let output = home.command(&arguments).output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        (output.status.code().unwrap(), error["error"]["message"].as_str().unwrap().to_owned())
    };
    let (code, message) = refused(&unset);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("it has no PIN"), "{message}");

    let known = Emulated::start("device-bound", "always");
    add(&home, &known, "once");
    let (code, message) = refused(&known);
    assert_eq!((code, message.as_str()), (6, "This key opens the vault already."));

    let unwilling = Emulated::start("device-bound", "never");
    let (code, message) = refused(&unwilling);
    assert_eq!(code, 4, "{message}");
    assert_eq!(unwilling.key.event("request")["command"], "getInfo");
    assert_eq!(home.json(&["vault", "slot", "list"]).as_array().unwrap().len(), 2, "nothing else was added");
}

#[test]
fn a_recovery_key_opens_the_vault_however_it_is_typed() {
    let home = Home::with_vault();
    let made = home.json(&["vault", "recovery", "--label", "safe"]);
    let key = made["recoveryKey"].as_str().unwrap();
    home.json(&["vault", "lock"]);
    let file = home.path("sheet");
    fs::write(&file, format!("  {}\n", key.to_lowercase().replace("key-", "key-\n "))).unwrap();
    let status = unlock(&home, &["--recovery-file", file.to_str().unwrap()]).unwrap();
    assert_eq!(
        (&status["openedBy"]["kind"], &status["openedBy"]["label"]),
        (&json!("recovery"), &json!("safe"))
    );

    let other = Home::with_vault();
    other.json(&["vault", "recovery"]);
    let (code, error) = unlock(&other, &["--recovery-file", file.to_str().unwrap()]).unwrap_err();
    assert_eq!((code, &error["error"]["code"]), (5, &json!("wrong-secret")));
    assert!(!error.to_string().contains(&key[20..40]), "what was typed is not repeated");
}
