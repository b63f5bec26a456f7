//! Security keys for the command line to manage: this program's own, in another process.

use serde_json::Value;
use std::{path::PathBuf, process::Output};

use crate::{
    faults::Commander,
    program::{Emulator, Home, errors},
};

/// A key of another process, and where it is.
pub(super) struct Emulated {
    pub(super) address: String,
    profile: String,
    home: Home,
    key: Option<Emulator>,
}

impl Emulated {
    /// A key in memory.
    pub(super) fn start(profile: &str) -> Self {
        Self::at(profile, "127.0.0.1:0")
    }

    /// A key in memory, at this address.
    pub(super) fn at(profile: &str, address: &str) -> Self {
        Self::of(profile, address, Home::new())
    }

    /// A key that keeps all it has while it is unplugged.
    pub(super) fn lasting(profile: &str) -> Self {
        Self::of(profile, "127.0.0.1:0", Home::with_vault())
    }

    fn of(profile: &str, address: &str, home: Home) -> Self {
        let mut key =
            Self { address: format!("tcp:{address}"), profile: profile.to_owned(), home, key: None };
        key.plug();
        key
    }

    /// Plugs it in, where it was before.
    pub(super) fn plug(&mut self) {
        let control = self.control();
        // A socket file of the last time may be there still.
        let _ = std::fs::remove_file(&control);
        let mut options = vec!["--profile", &self.profile, "--approve", "always"];
        options.extend([
            "--tcp",
            self.address.trim_start_matches("tcp:"),
            "--control",
            control.to_str().unwrap(),
        ]);
        if !self.home.path("passphrase").exists() {
            options.extend(["--store", "memory"]);
        }
        let key = Emulator::start(&self.home, &options);
        self.address = format!("tcp:{}", key.tcp());
        self.key = Some(key);
    }

    /// Pulls it out.
    pub(super) fn pull(&mut self) {
        self.key = None;
    }

    /// Takes its power and gives it back, which nobody on a socket can see.
    pub(super) fn power_cycle(&self) {
        Commander::connect(&self.control()).say("power-cycle");
        self.event("powerCycle");
    }

    /// The next event of this name.
    pub(super) fn event(&self, name: &str) -> Value {
        self.key.as_ref().unwrap().event(name)
    }

    fn control(&self) -> PathBuf {
        self.home.path("control")
    }

    pub(super) fn run(&self, home: &Home, arguments: &[&str]) -> Output {
        home.command(&self.arguments(arguments)).output().unwrap()
    }

    /// What a command on this key prints with `--json`; it must succeed.
    pub(super) fn json(&self, home: &Home, arguments: &[&str]) -> Value {
        home.json(&self.arguments(arguments))
    }

    /// The exit code and the error of a command on this key, which must fail.
    pub(super) fn refused(&self, home: &Home, arguments: &[&str]) -> (i32, Value) {
        failure(&self.run(home, &[arguments, &["--json"]].concat()))
    }

    pub(super) fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["key", "--key", &self.address], arguments].concat()
    }
}

/// The exit code and the error of a program that failed.
pub(super) fn failure(output: &Output) -> (i32, Value) {
    let error = errors(output);
    let last = error.lines().last().unwrap_or_default();
    let told: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("{error}"));
    (output.status.code().unwrap(), told["error"].clone())
}
