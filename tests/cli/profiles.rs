//! Profiles: from files, and several keys in one program.

use ciborium::Value;
use serde_json::json;
use std::fs;

use crate::{
    program::{Emulator, Home, errors},
    wire::{Client, Request, cbor},
};

const MINE: &str = "extends = \"device-bound\"\nname = \"mine\"\naaguid = \"5f1c2d30-6a8b-4d6e-9c57-0f2e9b7a4c11\"\nlimits.discoverable-credentials = 2\n";

/// A member of getInfo.
fn info(client: &mut Client, member: i64) -> Value {
    let (status, response) = client.cbor(&[0x04]);
    assert_eq!(status, 0x00);
    cbor::member(&cbor::decode(&response), member).unwrap().clone()
}

fn written(home: &Home, name: &str, text: &str) -> String {
    let path = home.path(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

// proves: profile-file
#[test]
fn a_key_runs_from_a_file() {
    let home = Home::new();
    let file = written(&home, "mine.toml", MINE);
    let options = ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0", "--profile", &file];
    let key = Emulator::start(&home, &options);
    let mut client = Client::tcp(key.tcp());
    assert_eq!(info(&mut client, 0x03).as_bytes().unwrap()[..4], [0x5f, 0x1c, 0x2d, 0x30]);
    assert_eq!(info(&mut client, 0x14), Value::from(2));
    assert_eq!(key.event("request")["key"], "mine");
}

// proves: transport-several
#[test]
fn several_keys_each_have_a_port_of_their_own() {
    let home = Home::new();
    let file = written(&home, "mine.toml", MINE);
    let (one, other) = (home.path("one"), home.path("other"));
    let options = [
        "--store",
        "memory",
        "--approve",
        "always",
        "--tcp",
        "127.0.0.1:0",
        "--profile",
        "synced",
        "--unix",
        one.to_str().unwrap(),
        "--profile",
        &file,
        "--unix",
        other.to_str().unwrap(),
    ];
    let keys = Emulator::start(&home, &options);
    let second = keys.event("ready");
    assert_eq!(second["key"], "mine");
    let address = second["addresses"][0].as_str().unwrap().strip_prefix("tcp:").unwrap().parse().unwrap();
    assert_ne!(keys.tcp(), address);
    let models = [Client::tcp(keys.tcp()), Client::unix(&one), Client::tcp(address), Client::unix(&other)]
        .map(|mut client| info(&mut client, 0x03).as_bytes().unwrap()[0]);
    assert_eq!(models, [0xc2, 0xc2, 0x5f, 0x5f]);
}

#[test]
fn every_shipped_profile_is_shown_as_a_file_that_says_the_same() {
    let home = Home::new();
    let shipped = home.json(&["profile", "list"]);
    let shipped = shipped.as_array().unwrap();
    assert_eq!(shipped.len(), 8);
    for profile in shipped {
        let name = profile["name"].as_str().unwrap();
        let shown = home.json(&["profile", "show", name]);
        let file = written(&home, "shown.toml", shown.as_str().unwrap());
        let checked = home.json(&["profile", "check", &file]);
        assert_eq!(checked, json!({"file": file, "profile": profile, "faults": []}), "{name}");
        assert_eq!(home.json(&["profile", "show", &file]), shown, "{name}");
    }
}

#[test]
fn one_aaguid_holds_passkeys_of_one_kind() {
    let home = Home::with_vault();
    let file = written(&home, "mine.toml", MINE);
    let key = Emulator::on_vault(&home, &file);
    let (status, _) = Client::tcp(key.tcp()).cbor(&Request::register("ada").encode());
    assert_eq!(status, 0x00);
    drop(key);

    let synced = written(&home, "synced.toml", &format!("{MINE}kind = \"synced\"\ncounter = \"zero\"\n"));
    let output = home.command(&["emulate", "--tcp", "127.0.0.1:0", "--profile", &synced]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = errors(&output);
    let aaguid = "5f1c2d30-6a8b-4d6e-9c57-0f2e9b7a4c11";
    for part in ["device-bound passkeys", aaguid, "mine", "synced", "uuidgen"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    Emulator::on_vault(&home, &file);
}
