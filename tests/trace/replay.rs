//! `latchkey trace replay`, and that one seed gives one run.

use serde_json::Value;
use std::fs;

use super::{SEED, record, trace};
use crate::{
    program::{Emulator, Home, errors},
    wire::{Client, Request, algorithms},
};

/// The packets of a trace, without their times.
fn packets(path: &std::path::Path) -> Vec<(Value, Value)> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["dir"].clone(), line["hex"].clone())).collect()
}

// proves: determinism
#[test]
fn with_one_seed_two_runs_are_the_same_on_the_wire_channels_included() {
    let home = Home::new();
    let first = packets(&record(&home, "first", &["--trace-secrets"]));
    let second = packets(&record(&home, "second", &["--trace-secrets"]));
    assert!(first.len() > 10);
    assert_eq!(first, second);
}

// proves: trace-replay, determinism
#[test]
fn a_trace_comes_back_byte_for_byte() {
    let home = Home::new();
    let path = record(&home, "run", &[]);
    let file = path.to_str().unwrap();
    let replay = home.json(&["trace", "replay", file, "--seed", SEED]);
    assert_eq!(replay["difference"], Value::Null);
    assert_eq!(replay["messages"], 4);
    let outputs = packets(&path).iter().filter(|(direction, _)| direction == "out").count();
    assert_eq!(replay["bytes"], outputs * 64);
}

// proves: trace-replay
#[test]
fn the_first_byte_that_differs_is_named_with_its_message() {
    let home = Home::new();
    let path = record(&home, "run", &[]);
    let text = fs::read_to_string(&path).unwrap();
    // The counter of the assertion: behind status, map, descriptor and 33 bytes of authenticator data.
    let shown = home.json(&["trace", "show", path.to_str().unwrap()]);
    let signed = shown["lines"][5].to_string();
    assert!(signed.contains("signCount"), "{signed}");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = lines
        .iter()
        .rposition(|line| line.contains("\"out\"") && line.contains("01000000 01".replace(' ', "").as_str()));
    let at = at.expect("the flags and the counter stand in one report");
    lines[at] = lines[at].replacen("0100000001", "0100000002", 1);
    let changed = home.path("changed");
    fs::write(&changed, lines.join("\n") + "\n").unwrap();
    let output = trace(&home, &["replay", changed.to_str().unwrap(), "--seed", SEED, "--json"]);
    assert_eq!(output.status.code(), Some(7), "{}", errors(&output));
    let replay: Value = serde_json::from_slice(&output.stdout).unwrap();
    let difference = &replay["difference"];
    assert_eq!(difference["message"], 3);
    assert_eq!((&difference["expected"], &difference["got"]), (&2.into(), &1.into()));
    assert!(difference["payloadOffset"].as_u64().unwrap() > 33);

    let output = trace(&home, &["replay", path.to_str().unwrap(), "--seed", &"0".repeat(64)]);
    assert_eq!(output.status.code(), Some(7));
    assert!(
        String::from_utf8(output.stdout).unwrap().starts_with("Message 1 differs at byte 8 of its payload")
    );
}

// proves: trace-replay
#[test]
fn what_cannot_be_replayed_says_why() {
    let home = Home::new();
    let path = record(&home, "run", &[]);
    let text = fs::read_to_string(&path).unwrap();
    let unseeded = home.path("unseeded");
    fs::write(&unseeded, text.replacen("\"seeded\":true", "\"seeded\":false", 1)).unwrap();
    let output = trace(&home, &["replay", unseeded.to_str().unwrap(), "--seed", SEED]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("had no seed"), "{}", errors(&output));
}

// proves: trace-replay, determinism
#[test]
fn every_algorithm_comes_back_byte_for_byte() {
    let home = Home::new();
    let shipped = include_str!("../../crates/authenticator/profiles/device-bound.toml");
    let known = "algorithms = [\"ES256\", \"EdDSA\"]";
    assert!(shipped.contains(known));
    let names =
        "algorithms = [\"ES384\", \"ES512\", \"ES256K\", \"RS256\", \"ML-DSA-44\", \"EdDSA\", \"ES256\"]";
    let profile = home.path("every.toml");
    fs::write(&profile, shipped.replace(known, names)).unwrap();
    let (profile, path) = (profile.to_str().unwrap(), home.path("run.trace"));
    let file = path.to_str().unwrap();
    let options = ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0", "--seed", SEED];
    let key = Emulator::start(&home, &[&options[..], &["--profile", profile, "--trace", file]].concat());
    let mut client = Client::tcp(key.tcp());
    for (account, algorithm) in [("a", -35), ("b", -36), ("c", -47), ("d", -257), ("e", -48), ("f", -8)] {
        let register = Request::register(account).with(4, algorithms(&[algorithm]));
        assert_eq!(client.cbor(&register.encode()).0, 0x00, "{algorithm}");
        assert_eq!(client.cbor(&Request::sign_in().encode()).0, 0x00, "{algorithm}");
    }
    key.kill();
    let replay = home.json(&["trace", "replay", file, "--seed", SEED, "--profile", profile]);
    assert_eq!((&replay["difference"], &replay["messages"]), (&Value::Null, &13.into()));
}
