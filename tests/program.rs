//! Starting the program so that it touches nothing of the person's: a data folder of the test's own, no keyring.

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// The program.
pub(crate) const LATCHKEY: &str = env!("CARGO_BIN_EXE_latchkey");

/// No Secret Service answers here, so that no test reaches the person's keyring.
pub(crate) const NO_BUS: (&str, &str) = ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");

/// Nobody tells here when the person's screen locks.
const NO_SYSTEM_BUS: (&str, &str) = ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent");

/// How long a program may take to say what it is asked for, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A data folder that goes with the test.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With a vault that its passphrase file opens.
    pub(crate) fn with_vault() -> Self {
        let home = Self::new();
        fs::write(home.passphrase_file(), "correct horse battery staple\n").unwrap();
        home.json(&["vault", "init"]);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with this data folder, told the passphrase where there is one.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(LATCHKEY);
        command.args(arguments).stdin(Stdio::null());
        command
            .env("LATCHKEY_DATA_DIR", self.path("data"))
            .env("HOME", self.folder.path())
            .env(NO_BUS.0, NO_BUS.1)
            .env(NO_SYSTEM_BUS.0, NO_SYSTEM_BUS.1);
        if self.passphrase_file().exists() {
            command.arg("--passphrase-file").arg(self.passphrase_file());
        }
        command
    }

    /// What the program prints with `--json`; it must succeed.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn passphrase_file(&self) -> PathBuf {
        self.path("passphrase")
    }
}

/// What the program said on standard error.
pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A subcommand that prints events with `--json`, until dropped.
pub(crate) struct Program {
    child: Child,
    events: Receiver<Value>,
}

impl Program {
    /// Starts it with `--json`.
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command(arguments);
        let mut child = command.arg("--json").stdout(Stdio::piped()).spawn().unwrap();
        let (sender, events) = channel();
        let stdout = child.stdout.take().unwrap();
        thread::spawn(move || read_events(stdout, &sender));
        Self { child, events }
    }

    /// The next event of this name; those before it are passed over.
    pub(crate) fn event(&self, name: &str) -> Value {
        loop {
            let event = self.events.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("no {name} event came"));
            if event["event"] == name {
                return event;
            }
        }
    }
}

impl Drop for Program {
    /// As a power failure would: SIGKILL.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `latchkey emulate --json`, from its ready event until dropped.
pub(crate) struct Emulator {
    program: Program,
    addresses: Vec<String>,
}

impl Emulator {
    /// A key in memory that approves everything, on a free TCP port.
    pub(crate) fn in_memory() -> Self {
        Self::start(&Home::new(), &["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0"])
    }

    /// A key that keeps its passkeys in the vault of `home` and approves everything, on a free TCP port.
    pub(crate) fn on_vault(home: &Home, profile: &str) -> Self {
        Self::start(home, &["--profile", profile, "--approve", "always", "--tcp", "127.0.0.1:0"])
    }

    pub(crate) fn start(home: &Home, options: &[&str]) -> Self {
        let program = Program::start(home, &[&["emulate"], options].concat());
        let ready = program.event("ready");
        let addresses = ready["addresses"].as_array().unwrap();
        let addresses = addresses.iter().map(|address| address.as_str().unwrap().to_owned()).collect();
        Self { program, addresses }
    }

    pub(crate) fn tcp(&self) -> SocketAddr {
        self.address("tcp:").parse().unwrap()
    }

    pub(crate) fn udp(&self) -> SocketAddr {
        self.address("udp:").parse().unwrap()
    }

    pub(crate) fn unix(&self) -> &Path {
        Path::new(self.address("unix:"))
    }

    /// The next event of this name; those before it are passed over.
    pub(crate) fn event(&self, name: &str) -> Value {
        self.program.event(name)
    }

    /// Ends it as a power failure would: SIGKILL.
    pub(crate) fn kill(self) {
        drop(self);
    }

    fn address(&self, prefix: &str) -> &str {
        let found = self.addresses.iter().find_map(|address| address.strip_prefix(prefix));
        found.unwrap_or_else(|| panic!("no {prefix} among {:?}", self.addresses))
    }
}

fn read_events(stdout: ChildStdout, sender: &Sender<Value>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("no JSON: {line}: {error}"));
        if sender.send(event).is_err() {
            return;
        }
    }
}
