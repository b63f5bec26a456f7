//! A card's trace, and `latchkey trace replay` of it.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{SEED, trace};
use crate::{
    program::{Emulator, Home, errors},
    wire::{Client, Request, reader::Empty},
};

const SELECTION: [u8; 1] = [0x0B];

/// A seeded key in a reader, recorded with its secrets.
fn card(home: &Home, empty: &Empty, more: &[&str]) -> (Emulator, PathBuf) {
    let path = home.path("run.trace");
    let vpcd = empty.address().to_string();
    let options = ["--store", "memory", "--nfc", "--vpcd", &vpcd, "--seed", SEED, "--trace"];
    let options = [&options[..], &[path.to_str().unwrap(), "--trace-secrets"], more].concat();
    (Emulator::start(home, &options), path)
}

/// A registration whole and one in parts, the card taken out and put in again in between, and a sign-in.
fn record(home: &Home, more: &[&str]) -> PathBuf {
    let empty = Empty::new();
    let (key, path) = card(home, &empty, &[&["--approve", "always"], more].concat());
    let mut reader = empty.card();
    assert_eq!(reader.cbor(&Request::register("ada").encode()).0, 0x00);
    reader.power_on();
    let response = reader.begin_in_parts(&Request::register("grace").encode());
    assert_eq!(reader.end(response).0, 0x00);
    assert_eq!(reader.cbor(&Request::sign_in().encode()).0, 0x00);
    key.kill();
    path
}

fn replay(home: &Home, path: &Path) -> Value {
    home.json(&["trace", "replay", path.to_str().unwrap(), "--seed", SEED])
}

/// The lengths of what the card said.
fn said(path: &Path) -> Vec<usize> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["dir"] == "out").map(|line| line["hex"].as_str().unwrap().len() / 2).collect()
}

/// A trace with this in place of that, once.
fn changed(home: &Home, path: &Path, (this, that): (&str, &str)) -> PathBuf {
    let text = fs::read_to_string(path).unwrap();
    let at = text.rfind(this).unwrap_or_else(|| panic!("{this} in {text}"));
    let changed = home.path("changed.trace");
    fs::write(&changed, [&text[..at], that, &text[at + this.len()..]].concat()).unwrap();
    changed
}

// proves: trace-replay, determinism, nfc-chaining, nfc-extended
#[test]
fn a_trace_of_a_card_comes_back_byte_for_byte() {
    let home = Home::new();
    let path = record(&home, &[]);
    assert!(fs::read_to_string(&path).unwrap().contains("\"event\":\"powerCycle\",\"client\":0"));
    let (replay, said) = (replay(&home, &path), said(&path));
    assert_eq!(replay["difference"], Value::Null);
    assert!(said.len() > 6, "{said:?}");
    assert_eq!(replay["messages"], said.len());
    assert_eq!(replay["bytes"], said.iter().sum::<usize>());
    assert_eq!(replay["keepalives"], 0);
}

// proves: trace-replay
#[test]
fn the_first_byte_of_a_response_that_differs_is_named() {
    let home = Home::new();
    let path = record(&home, &[]);
    // The flags and the counter of the assertion.
    let changed = changed(&home, &path, ("0100000001", "0100000002"));
    let file = changed.to_str().unwrap();
    let output = trace(&home, &["replay", file, "--seed", SEED, "--json"]);
    assert_eq!(output.status.code(), Some(7), "{}", errors(&output));
    let replay: Value = serde_json::from_slice(&output.stdout).unwrap();
    let difference = &replay["difference"];
    assert_eq!(difference["message"], said(&path).len());
    assert_eq!((&difference["expected"], &difference["got"]), (&2.into(), &1.into()));
    assert_eq!(difference["payloadOffset"], difference["packetOffset"]);
    assert_eq!(difference["gotView"]["title"], "9000");
}

// proves: trace-replay, nfc-get-response-ctap
#[test]
fn status_updates_depend_on_time_and_what_comes_behind_them_does_not() {
    let home = Home::new();
    let slow = record(&home, &["--fault", "slow=250"]);
    let again = replay(&home, &slow);
    assert_eq!(again["difference"], Value::Null);
    let updates = said(&slow).iter().filter(|length| **length == 3).count();
    assert!(updates >= 3, "{updates}");
    assert_eq!(again["keepalives"], updates);
    // The key has its answer earlier than it was recorded, then later.
    let early = changed(&home, &slow, ("[\"slow=250\"]", "[]"));
    assert_eq!(replay(&home, &early)["difference"], Value::Null);
    let quick = record(&home, &[]);
    let late = changed(&home, &quick, ("\"secrets\":true", "\"secrets\":true,\"faults\":[\"slow=250\"]"));
    assert_eq!(replay(&home, &late)["difference"], Value::Null);
}

// proves: trace-replay, approve-touch
#[test]
fn a_card_that_was_touched_by_its_way_into_the_field_comes_back() {
    let (home, empty) = (Home::new(), Empty::new());
    let control = home.path("control");
    let options = ["--approve", "touch", "--control", control.to_str().unwrap()];
    let (key, path) = card(&home, &empty, &options);
    let mut reader = empty.card();
    assert_eq!(reader.cbor(&SELECTION).0, 0x00);
    assert_eq!(reader.begin(&SELECTION), [0x02, 0x91, 0x00]);
    assert_eq!(reader.cancel(), (0x2D, vec![]));
    reader.power_on();
    assert_eq!(reader.cbor(&SELECTION).0, 0x00);
    key.kill();
    let replay = replay(&home, &path);
    assert_eq!((&replay["difference"], &replay["keepalives"]), (&Value::Null, &1.into()));
}

// proves: trace-replay, transport-several
#[test]
fn a_key_that_is_a_card_and_more_comes_back() {
    let (home, empty) = (Home::new(), Empty::new());
    let (key, path) = card(&home, &empty, &["--approve", "always", "--tcp", "127.0.0.1:0"]);
    let mut client = Client::tcp(key.tcp());
    let mut reader = empty.card();
    assert_eq!(client.cbor(&Request::register("ada").encode()).0, 0x00);
    assert_eq!(reader.cbor(&Request::sign_in().encode()).0, 0x00);
    reader.power_on();
    assert_eq!(reader.cbor(&Request::sign_in().encode()).0, 0x00);
    assert_eq!(client.cbor(&Request::sign_in().encode()).0, 0x00);
    key.kill();
    assert!(fs::read_to_string(&path).unwrap().contains("\"event\":\"cardReset\""));
    assert_eq!(replay(&home, &path)["difference"], Value::Null);
}

// proves: trace-replay
#[test]
fn a_trace_of_a_card_without_its_secrets_says_why_it_cannot_be_replayed() {
    let (home, empty) = (Home::new(), Empty::new());
    let path = home.path("run.trace");
    let (vpcd, file) = (empty.address().to_string(), path.to_str().unwrap());
    let options = ["--store", "memory", "--approve", "always", "--seed", SEED, "--trace", file];
    let key = Emulator::start(&home, &[&options[..], &["--nfc", "--vpcd", &vpcd]].concat());
    assert_eq!(empty.card().cbor(&SELECTION).0, 0x00);
    key.kill();
    let output = trace(&home, &["replay", file, "--seed", SEED]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("Record with --trace-secrets"), "{}", errors(&output));
}
