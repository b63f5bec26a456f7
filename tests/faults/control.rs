//! Faults that are switched while the key runs.

use serde_json::json;
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use super::{Commander, info, start};
use crate::{
    program::{Home, errors},
    wire::Client,
};

// proves: fault-switching
#[test]
fn a_socket_switches_faults_and_the_power() {
    let home = Home::new();
    let path = home.path("control");
    let key = start(&home, &["--control", path.to_str().unwrap()]);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut commander = Commander::connect(&path);
    let mut client = Client::tcp(key.tcp());
    assert_eq!(info(&mut client), 0x00);
    assert_eq!(commander.say("fault status=0x30"), json!({"faults": ["status=0x30"]}));
    assert_eq!(info(&mut client), 0x30);
    assert_eq!(key.event("fault")["fault"], "status");
    assert_eq!(commander.say("fault slow=1,count=5")["faults"], json!(["status=0x30", "slow=1,count=5"]));
    assert_eq!(commander.say("clear status"), json!({"faults": ["slow=1,count=5"]}));
    assert_eq!(info(&mut client), 0x00);
    assert_eq!(commander.say("list"), json!({"faults": ["slow=1,count=4"]}));
    assert_eq!(commander.say("clear all"), json!({"faults": []}));
    assert_eq!(commander.say("clear slow")["error"]["code"], "not-found");
    assert_eq!(commander.say("fault nothing")["error"]["code"], "usage");
    assert_eq!(commander.say("power-cycle"), json!({"faults": []}));
    key.event("powerCycle");
    assert_eq!(info(&mut client), 0x00);
}

// proves: fault-switching
#[test]
fn standard_input_does_the_same_line_by_line() {
    let home = Home::new();
    let socket = home.path("key");
    let mut command = home.command(&["emulate", "--json", "--store", "memory", "--approve", "always"]);
    command.args(["--control", "-", "--unix", socket.to_str().unwrap()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut events = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    events.read_line(&mut line).unwrap();
    assert!(line.contains("ready"), "{line}");
    let mut client = Client::unix(&socket);
    writeln!(child.stdin.as_mut().unwrap(), "fault status=0x30").unwrap();
    assert!(comes_to(&mut client, 0x30));
    writeln!(child.stdin.as_mut().unwrap(), "clear all").unwrap();
    assert!(comes_to(&mut client, 0x00));
    end(child, &socket);
}

#[test]
fn standard_input_cannot_answer_questions_too() {
    let home = Home::new();
    let arguments = ["emulate", "--store", "memory", "--tcp", "127.0.0.1:0", "--control", "-"];
    let output = home.command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("cannot take commands and answers"), "{}", errors(&output));
}

/// A line on standard input has no answer: the key is asked until it behaves so.
fn comes_to(client: &mut Client, status: u8) -> bool {
    (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        info(client) == status
    })
}

fn end(mut child: Child, socket: &Path) {
    child.kill().unwrap();
    child.wait().unwrap();
    let _ = std::fs::remove_file(socket);
}
