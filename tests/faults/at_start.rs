//! Faults that are named on the command line.

use std::fs;

use super::{info, start};
use crate::{
    program::{Home, errors},
    wire::{Client, Request},
};

// proves: fault-switching, fault-ctap
#[test]
fn a_fault_strikes_as_often_and_where_it_was_told_to_and_each_time_is_an_event() {
    let home = Home::new();
    let trace = home.path("run.trace");
    let file = trace.to_str().unwrap();
    let faults =
        ["--fault", "status=0x27,count=2,command=getInfo", "--fault", "up-unset,command=getAssertion"];
    let key = start(&home, &[&faults[..], &["--trace", file]].concat());
    let mut client = Client::tcp(key.tcp());
    assert_eq!(client.cbor(&Request::register("ada").encode()).0, 0x00);
    assert_eq!([info(&mut client), info(&mut client), info(&mut client)], [0x27, 0x27, 0x00]);
    let (status, response) = client.cbor(&Request::sign_in().encode());
    assert_eq!(status, 0x00);
    assert!(!response.is_empty());
    for (fault, command) in [("status", "getInfo"), ("status", "getInfo"), ("up-unset", "getAssertion")] {
        let event = key.event("fault");
        assert_eq!((&event["fault"], &event["command"]), (&fault.into(), &command.into()));
    }
    key.kill();
    let text = fs::read_to_string(&trace).unwrap();
    assert!(text.lines().next().unwrap().contains("\"faults\":[\"status=0x27,count=2,command=getInfo\""));
    assert_eq!(text.matches("\"event\":\"fault\"").count(), 3);
}

// proves: fault-switching
#[test]
fn a_seeded_run_with_faults_comes_back_with_them() {
    let home = Home::new();
    let trace = home.path("run.trace");
    let file = trace.to_str().unwrap();
    let seed = "ab".repeat(32);
    let key = start(&home, &["--fault", "bad-signature,count=1", "--seed", &seed, "--trace", file]);
    let mut client = Client::tcp(key.tcp());
    assert_eq!(client.cbor(&Request::register("ada").encode()).0, 0x00);
    assert_eq!(client.cbor(&Request::sign_in().encode()).0, 0x00);
    key.kill();
    let replay = home.json(&["trace", "replay", file, "--seed", &seed]);
    assert_eq!(replay["difference"], serde_json::Value::Null);
}

// proves: fault-switching
#[test]
fn an_unknown_fault_is_answered_with_the_nearest() {
    let home = Home::new();
    let arguments = ["emulate", "--store", "memory", "--tcp", "127.0.0.1:0", "--fault", "bad-signatures"];
    let output = home.command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = errors(&output);
    assert!(said.contains("There is no fault named bad-signatures."), "{said}");
    assert!(said.contains("Did you mean bad-signature? The faults are"), "{said}");
}
