//! Where a key cannot appear: said in one sentence with what to do, exit code 6.

use std::{
    net::{TcpListener, UdpSocket},
    path::Path,
    process::Output,
};

use crate::program::{Home, errors};

#[test]
fn a_port_in_use_is_named_with_the_option_that_changes_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (option, address) in
        [("--tcp", listener.local_addr().unwrap()), ("--udp", socket.local_addr().unwrap())]
    {
        let output = emulate(&[option, &address.to_string()]);
        assert_eq!(output.status.code(), Some(6));
        let said = errors(&output);
        assert!(said.contains(&address.to_string()) && said.contains(option), "{said}");
    }
}

#[test]
fn the_lab_names_its_port_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = Home::new().command(&["lab", "serve", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let said = errors(&output);
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

#[test]
fn without_uhid_it_says_what_to_load_and_which_udev_rule_to_install() {
    if Path::new("/dev/uhid").exists() {
        return;
    }
    let output = emulate(&["--uhid"]);
    assert_eq!(output.status.code(), Some(6));
    let said = errors(&output);
    for part in ["/dev/uhid", "modprobe uhid", "packaging/70-latchkey.rules"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/70-latchkey.rules").exists());

    let output = emulate(&["--uhid", "--json"]);
    let error: serde_json::Value = serde_json::from_str(errors(&output).lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "device-gone");
}

#[test]
fn an_address_that_other_computers_reach_is_refused() {
    let output = emulate(&["--tcp", "0.0.0.0:0"]);
    assert_ne!(output.status.code(), Some(0));
    assert!(errors(&output).contains("127.0.0.1"), "{}", errors(&output));
}

fn emulate(options: &[&str]) -> Output {
    Home::new()
        .command(&["emulate", "--store", "memory", "--approve", "never"])
        .args(options)
        .output()
        .unwrap()
}
