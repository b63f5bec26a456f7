//! `key --trace`: what passes to and from a security key, without its secrets.

use std::fs;

use super::emulated::Emulated;
use crate::program::Home;

#[test]
fn a_recording_of_a_key_is_shown_by_names_and_holds_no_pin() {
    let home = Home::new();
    fs::write(home.path("pin"), "12345678\n").unwrap();
    let [pin, trace, capture] =
        ["pin", "key.trace", "key.pcapng"].map(|name| home.path(name).to_str().unwrap().to_owned());
    let key = Emulated::start("yubikey-5.7-like");

    key.json(&home, &["pin", "set", "--new-pin-file", &pin, "--trace", &trace]);
    let shown = home.command(&["trace", "show", &trace]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    for name in ["getInfo SUCCESS", "clientPIN", "newPinEnc"] {
        assert!(shown.contains(name), "{name} is not in\n{shown}");
    }
    let lines = fs::read_to_string(&trace).unwrap();
    let masked = lines.lines().filter(|line| line.contains("\"masked\"")).count();
    assert!(masked > 0, "the new PIN, though encrypted, is left out:\n{lines}");

    key.json(&home, &["credential", "list", "--pin-file", &pin, "--trace", &capture]);
    assert_eq!(fs::read(&capture).unwrap().get(..4), Some(&[0x0A, 0x0D, 0x0D, 0x0A][..]), "a pcapng file");
}

#[test]
fn a_recording_that_cannot_be_written_is_said_before_the_key_is_asked() {
    let home = Home::new();
    let key = Emulated::start("yubikey-5.7-like");
    let (code, error) = key.refused(&home, &["wink", "--trace", "/nonexistent/key.trace"]);
    assert_eq!(code, 1);
    assert!(error["message"].as_str().unwrap().contains("/nonexistent/key.trace"), "{error}");
}
