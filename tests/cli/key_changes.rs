//! `key pin`, `key config` and `key reset`, on keys of other processes.

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Stdio},
};

use super::emulated::{Emulated, failure};
use crate::program::Home;

/// A folder with files of PINs.
fn with_pins() -> Home {
    let home = Home::new();
    for (name, pin) in [("pin", "1234\n"), ("new", "98765432\n"), ("wrong", "0000\n"), ("short", "123\n")] {
        fs::write(home.path(name), pin).unwrap();
    }
    home
}

fn file(home: &Home, name: &str) -> String {
    home.path(name).to_str().unwrap().to_owned()
}

#[test]
fn a_pin_is_set_by_its_rules_changed_and_its_tries_are_told_before() {
    let home = with_pins();
    let [pin, new, wrong, short] = ["pin", "new", "wrong", "short"].map(|name| file(&home, name));
    let key = Emulated::start("yubikey-5.7-like");
    let status = key.json(&home, &["pin", "status"]);
    assert_eq!((&status["state"], &status["triesLeft"]), (&json!("not-set"), &Value::Null));
    assert!(status["rules"]["minLength"].as_u64().unwrap() >= 4);

    let (code, error) = key.refused(&home, &["pin", "change", "--new-pin-file", &new]);
    assert_eq!((code, &error["message"]), (2, &json!("The key has no PIN yet.")));
    let (code, error) = key.refused(&home, &["pin", "set", "--new-pin-file", &short]);
    assert_eq!(code, 2, "{error}");
    assert!(error["message"].as_str().unwrap().contains("3 characters"), "{error}");
    let status = key.json(&home, &["pin", "set", "--new-pin-file", &new]);
    assert_eq!((&status["state"], &status["triesLeft"]), (&json!("set"), &json!(8)));
    let (code, error) = key.refused(&home, &["pin", "set", "--new-pin-file", &new]);
    assert_eq!((code, &error["message"]), (2, &json!("The key has a PIN already.")));

    let (code, error) = key.refused(&home, &["pin", "change", "--new-pin-file", &pin]);
    assert_eq!((code, &error["code"], &error["triesLeft"]), (5, &json!("pin-needed"), &json!(8)));
    assert!(error["hint"].as_str().unwrap().contains("--pin-file"), "{error}");
    let (code, error) = key.refused(&home, &["pin", "change", "--pin-file", &wrong, "--new-pin-file", &new]);
    assert_eq!((code, &error["code"], &error["triesLeft"]), (5, &json!("wrong-secret"), &json!(7)));
    assert_eq!(error["message"], "The PIN of the key is wrong. 7 tries are left.");
    assert!(!error.to_string().contains("0000"), "no PIN is repeated");
    let status = key.json(&home, &["pin", "change", "--pin-file", &new, "--new-pin-file", &new]);
    assert_eq!(
        (&status["state"], &status["triesLeft"]),
        (&json!("set"), &json!(8)),
        "the right one counts anew"
    );
}

#[test]
fn three_wrong_pins_want_a_replug_and_eight_a_reset_which_works_without_one() {
    let home = with_pins();
    let [new, wrong] = ["new", "wrong"].map(|name| file(&home, name));
    let mut key = Emulated::lasting("yubikey-5.7-like");
    key.json(&home, &["pin", "set", "--new-pin-file", &new]);
    let guess = |key: &Emulated| {
        key.refused(&home, &["pin", "change", "--pin-file", &wrong, "--new-pin-file", &new]).1
    };
    for round in 0..2 {
        for _ in 0..2 {
            assert_eq!(guess(&key)["code"], "wrong-secret");
        }
        let blocked = guess(&key);
        assert_eq!((&blocked["code"], round), (&json!("pin-blocked"), round), "{blocked}");
        assert!(blocked["hint"].as_str().unwrap().starts_with("Unplug the key"), "{blocked}");
        assert_eq!(key.json(&home, &["pin", "status"])["state"], "replug-first");
        let right = key.refused(&home, &["pin", "change", "--pin-file", &new, "--new-pin-file", &new]);
        assert_eq!((right.0, &right.1["code"]), (5, &json!("pin-blocked")), "no try is spent on it");
        key.power_cycle();
    }
    guess(&key);
    let blocked = guess(&key);
    assert_eq!(blocked["code"], "pin-blocked");
    assert!(blocked["hint"].as_str().unwrap().contains("reset"), "{blocked}");
    let status = key.json(&home, &["pin", "status"]);
    assert_eq!((&status["state"], &status["triesLeft"]), (&json!("blocked"), &json!(0)));

    let mut reset = Reset::start(&home, &key);
    reset.until_replugged(&mut key);
    let done = reset.step("done");
    assert_eq!((&done["sameKey"], &done["pinSet"]), (&json!(true), &json!(false)));
    assert_eq!(key.json(&home, &["pin", "status"])["state"], "not-set");
}

#[test]
fn settings_are_told_before_and_read_back_after() {
    let home = with_pins();
    let new = file(&home, "new");
    let key = Emulated::start("device-bound");
    let config =
        |arguments: &[&str]| key.json(&home, &[&["config"], arguments, &["--pin-file", &new]].concat());
    if key.json(&home, &["pin", "status"])["state"] == "not-set" {
        key.json(&home, &["pin", "set", "--new-pin-file", &new]);
    }
    for (switch, state) in [("on", "true"), ("on", "true"), ("off", "false")] {
        let done = config(&["always-uv", switch]);
        assert_eq!((&done["member"], &done["state"]), (&json!("options.alwaysUv"), &json!(state)));
    }
    let (code, error) = key.refused(&home, &["config", "min-pin-length", "6", "--pin-file", &new]);
    assert_eq!((code, &error["code"]), (2, &json!("usage")), "what only a reset undoes wants a yes");
    assert_ne!(key.json(&home, &["info"])["minPINLength"], 6);
    assert_eq!(config(&["min-pin-length", "6", "--rp-id", "latchkey.example", "--yes"])["state"], "6");
    let (code, error) = key.refused(&home, &["config", "min-pin-length", "4", "--pin-file", &new, "--yes"]);
    assert_eq!(code, 2, "{error}");
    assert!(error["hint"].as_str().unwrap().contains("reset"), "{error}");
    let done = config(&["force-pin-change"]);
    assert_eq!((&done["state"], &done["pinMustChange"]), (&json!("true"), &json!(true)));
    assert_eq!(key.json(&home, &["pin", "status"])["state"], "must-change");

    let old = Emulated::start("ctap20-only");
    let (code, error) = old.refused(&home, &["config", "always-uv", "on"]);
    assert_eq!((code, &error["code"]), (2, &json!("usage")));
}

#[test]
fn a_reset_wants_its_word_first_and_a_replug_then() {
    let home = Home::new();
    for profile in ["device-bound", "ctap20-only", "fingerprint-key"] {
        let mut key = Emulated::lasting(profile);
        let (code, error) = key.refused(&home, &["reset"]);
        assert_eq!(code, 2, "{error}");
        assert!(error["hint"].as_str().unwrap().contains("--confirm \"reset "), "{error}");
        let (code, error) = key.refused(&home, &["reset", "--confirm", "reset"]);
        assert_eq!((code, &error["message"]), (2, &json!("That is not the confirmation; nothing was done.")));

        let mut reset = Reset::start(&home, &key);
        reset.until_replugged(&mut key);
        assert_eq!(reset.step("done")["sameKey"], true, "{profile}");
        assert_eq!(reset.code(), 0);
    }
    let old = Emulated::start("u2f-only");
    assert_eq!(old.refused(&home, &["reset", "--confirm", "reset"]).0, 2);
}

#[test]
fn another_key_in_the_same_place_is_sent_nothing() {
    let home = Home::new();
    let key = Emulated::start("device-bound");
    let place = key.address.trim_start_matches("tcp:").to_owned();
    let mut reset = Reset::start(&home, &key);
    reset.step("remove");
    drop(key);
    reset.step("insert");
    let other = Emulated::at("synced", &place);
    assert_eq!(reset.code(), 4);
    let error = reset.error();
    assert_eq!(error["code"], "refused");
    assert!(error["message"].as_str().unwrap().starts_with("Another key came back"), "{error}");
    // What the other key was asked comes in order: what it is, by the reset; then by this.
    other.json(&home, &["wink"]);
    for _ in 0..2 {
        assert_eq!(other.event("request")["command"], "getInfo");
    }
}

/// `key reset --json`, step by step.
struct Reset {
    child: Child,
    steps: BufReader<ChildStdout>,
}

impl Reset {
    fn start(home: &Home, key: &Emulated) -> Self {
        let id = key.json(home, &["list"])[0]["id"].as_str().unwrap().to_owned();
        let confirmation = format!("reset {id}");
        let mut command = home.command(&key.arguments(&["reset", "--json", "--confirm", &confirmation]));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let steps = BufReader::new(child.stdout.take().unwrap());
        Self { child, steps }
    }

    /// The next step, which must be this one.
    fn step(&mut self, name: &str) -> Value {
        let mut line = String::new();
        self.steps.read_line(&mut line).unwrap();
        let step: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?} {:?}", self.error()));
        assert_eq!(step["step"], name);
        step
    }

    fn until_replugged(&mut self, key: &mut Emulated) {
        assert_eq!(self.step("remove")["reader"], false);
        key.pull();
        self.step("insert");
        key.plug();
        assert!(self.step("touch")["secondsLeft"].as_u64().unwrap() <= 10);
    }

    fn code(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    fn error(&mut self) -> Value {
        let status = self.child.wait().unwrap();
        let mut stderr = Vec::new();
        std::io::Read::read_to_end(self.child.stderr.as_mut().unwrap(), &mut stderr).unwrap();
        failure(&std::process::Output { status, stdout: Vec::new(), stderr }).1
    }
}

impl Drop for Reset {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
