//! pykeepass in a process of its own, which does as a pipe says, and keepassxc-cli, a process for each thing to do.

use crate::filled::{Filled, PASSPHRASE};
use benches::{pairs::Pairs, resident::resident};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};
use tempfile::TempDir;

/// What both of them read: a KDBX file with as many passkeys as the vault, behind the same passphrase at the same cost.
pub(crate) struct Peers {
    database: PathBuf,
    pykeepass: Child,
    answers: BufReader<ChildStdout>,
}

impl Peers {
    pub(crate) fn new(folder: &Path, count: u32) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = Command::new(here.join("../tests/environment"))
            .arg(here.join("../tests/interop/kdbx/requirements.txt"))
            .output()
            .expect("its environment");
        let python = String::from_utf8(python.stdout).expect("a path");
        let database = folder.join("peers.kdbx");
        let mut pykeepass = Command::new(python.trim())
            .arg(here.join("vault/peers.py"))
            .arg(&database)
            .args([PASSPHRASE, &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("pykeepass");
        let answers = BufReader::new(pykeepass.stdout.take().expect("a pipe"));
        let mut peers = Self { database, pykeepass, answers };
        peers.answer();
        peers
    }

    /// Ours in this process beside pykeepass in its own; ours as a program beside keepassxc-cli.
    #[expect(clippy::print_stderr, reason = "a word to a person")]
    pub(crate) fn measure(&mut self, pairs: &Pairs, filled: &mut Filled) {
        const TURNS: [u32; 2] = [10, 1];
        const PYTHON: &str = "pykeepass 4.2.0";
        const CLI: &str = "keepassxc-cli";
        pairs.in_turns("open and list", TURNS, || filled.open_and_list(), PYTHON, || self.ask("open"));
        pairs.in_turns("add and save", TURNS, || filled.add(), PYTHON, || self.ask("add"));
        pairs.in_turns("search", TURNS, || filled.search(), PYTHON, || self.ask("search erika500"));
        pairs.in_turns("export", TURNS, || filled.export(), PYTHON, || self.ask("export"));

        let Some(ours) = Program::of(filled) else {
            return eprintln!("no row for the program: cargo build --release --package latchkey");
        };
        let mut added = 0;
        pairs.in_turns(
            "program: list",
            TURNS,
            || ours.run(&["passkey", "list"]),
            CLI,
            || self.keepassxc(&["ls", "--flatten"], &[]),
        );
        pairs.in_turns(
            "program: add one",
            TURNS,
            || ours.import_one(filled),
            CLI,
            || {
                added += 1;
                self.keepassxc(&["add", "--username", "erika"], &[&format!("Site {added} by itself")]);
            },
        );
        pairs.in_turns(
            "program: export",
            TURNS,
            || ours.export(),
            CLI,
            || self.keepassxc(&["export", "--format", "xml"], &[]),
        );
    }

    /// keepassxc-cli on the database.
    fn keepassxc(&self, command: &[&str], more: &[&str]) {
        let mut cli = Command::new("keepassxc-cli");
        cli.args(command).arg("--quiet").arg(&self.database).args(more);
        let mut child = cli.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("keepassxc-cli");
        let mut stdin = child.stdin.take().expect("a pipe");
        writeln!(stdin, "{PASSPHRASE}").expect("a pipe");
        drop(stdin);
        assert!(child.wait().expect("keepassxc-cli").success());
    }

    pub(crate) fn pykeepass_resident(&mut self) -> u32 {
        self.ask("open");
        resident(self.pykeepass.id(), "VmRSS:")
    }

    /// keepassxc-cli with the database open, waiting for the next command.
    pub(crate) fn keepassxc_resident(&self) -> u32 {
        let mut cli = Command::new("keepassxc-cli")
            .args(["open", "--quiet"])
            .arg(&self.database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("apt-get install keepassxc");
        let stdin = cli.stdin.as_mut().expect("a pipe");
        stdin.write_all(format!("{PASSPHRASE}\n").as_bytes()).expect("a pipe");
        // Its prompt says that it has opened the database.
        cli.stdout.as_mut().expect("a pipe").read_exact(&mut [0; 1]).expect("a prompt");
        let found = resident(cli.id(), "VmRSS:");
        crate::memory::end(&mut cli);
        found
    }

    fn ask(&mut self, line: &str) {
        writeln!(self.pykeepass.stdin.as_mut().expect("a pipe"), "{line}").expect("a pipe");
        self.answer();
    }

    fn answer(&mut self) {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a pipe");
        assert!(!line.is_empty(), "pykeepass ended");
    }
}

/// Our program on the vault of a [`Filled`].
struct Program {
    path: PathBuf,
    folder: PathBuf,
    secrets: TempDir,
}

impl Program {
    /// `None` where it was not built.
    fn of(filled: &Filled) -> Option<Self> {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../release/latchkey");
        if !path.exists() {
            return None;
        }
        let secrets = tempfile::tempdir().expect("a folder");
        fs::write(secrets.path().join("passphrase"), PASSPHRASE).expect("a file");
        Some(Self { path, folder: filled.folder().to_owned(), secrets })
    }

    fn run(&self, arguments: &[&str]) {
        let status = Command::new(&self.path)
            .args(arguments)
            .arg("--passphrase-file")
            .arg(self.secrets.path().join("passphrase"))
            .env("LATCHKEY_DATA_DIR", &self.folder)
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.expect("the program").success(), "{arguments:?}");
    }

    fn import_one(&self, filled: &mut Filled) {
        let file = self.secrets.path().join("one.json");
        fs::write(&file, filled.one_for_a_file()).expect("a file");
        self.run(&["passkey", "import", "--yes", file.to_str().expect("a path")]);
    }

    fn export(&self) {
        let file = self.secrets.path().join("all.json");
        let words = "write my private keys in clear text";
        let file = file.to_str().expect("a path");
        self.run(&["passkey", "export", "--clear-text", "--confirm", words, "--replace", file]);
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        crate::memory::end(&mut self.pykeepass);
    }
}
