//! Passkeys in and out by the command line: what other programs open, what a script meets, what a person decides.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::{
    program::{Emulator, Home, errors},
    wire::{Client, Request, cbor},
};

const WORDS: &str = "write my private keys in clear text";

/// A vault with a synced passkey of Ada and a device-bound one of Bob.
fn with_both_kinds() -> Home {
    let home = Home::with_vault();
    for (profile, account) in [("synced", "ada"), ("device-bound", "bob")] {
        let key = Emulator::on_vault(&home, profile);
        assert_eq!(Client::tcp(key.tcp()).cbor(&Request::register(account).encode()).0, 0x00);
    }
    home
}

fn run(home: &Home, arguments: &[&str]) -> Output {
    home.command(arguments).output().unwrap()
}

/// The exit code and what was said on standard error.
fn refused(home: &Home, arguments: &[&str]) -> (i32, String) {
    let output = run(home, arguments);
    (output.status.code().unwrap(), errors(&output))
}

/// What a stock program prints; it must succeed.
fn stock(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", errors(&output));
    output.stdout
}

/// An identity of age in a file, and its recipient.
fn identity(home: &Home) -> (PathBuf, String) {
    let file = home.path("key.txt");
    stock("age-keygen", &["-o", text(&file)]);
    let recipient = String::from_utf8(stock("age-keygen", &["-y", text(&file)])).unwrap();
    (file, recipient.trim().to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn passphrase_file(home: &Home) -> PathBuf {
    let file = home.path("file passphrase");
    fs::write(&file, "of the file alone\n").unwrap();
    file
}

fn fixture(name: &str) -> String {
    format!("{}/crates/exchange/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn an_export_is_encrypted_and_the_program_age_opens_it() {
    let home = with_both_kinds();
    let (key, recipient) = identity(&home);
    let (named, written) = (home.path("out.json"), home.path("out.json.age"));
    let done = home.json(&["passkey", "export", text(&named), "--recipient", &recipient]);
    assert_eq!(
        (&done["file"], &done["encrypted"], &done["passkeys"]),
        (&text(&written).into(), &true.into(), &1.into())
    );
    assert_eq!(
        (&done["leftOut"][0]["userName"], done["leftOut"].as_array().unwrap().len()),
        (&"bob".into(), 1)
    );
    assert!(!named.exists());
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&written).unwrap().permissions()) & 0o777,
        0o600
    );
    let opened: Value =
        serde_json::from_slice(&stock("age", &["-d", "-i", text(&key), text(&written)])).unwrap();
    assert_eq!(opened["accounts"][0]["items"][0]["credentials"][0]["username"], "ada");

    let (code, said) = refused(&home, &["passkey", "export", text(&named), "--recipient", &recipient]);
    assert_eq!(code, 6, "{said}");
    home.json(&["passkey", "export", text(&named), "--recipient", &recipient, "--replace"]);

    let other = Home::with_vault();
    let import = |more: &[&str]| {
        other.json(&[&["passkey", "import", text(&written), "--identity", text(&key)], more].concat())
    };
    assert_eq!(import(&["--dry-run"])["rows"][0]["verdict"], "new");
    assert_eq!(other.json(&["passkey", "list"]).as_array().unwrap().len(), 0, "a dry run changes nothing");
    assert_eq!(refused(&other, &["passkey", "import", text(&written)]).0, 5, "without the identity");
    assert_eq!(import(&["--yes"])["imported"]["added"].as_array().unwrap().len(), 1);
    assert_eq!(import(&["--yes"])["plan"]["rows"][0]["verdict"], "duplicate");
    let list = other.json(&["passkey", "list"]);
    assert_eq!(
        (&list[0]["source"], &list[0]["backupState"], &list[0]["signCount"]),
        (&"cxf".into(), &true.into(), &0.into())
    );

    // The key signs in with it where it came to.
    let key = Emulator::on_vault(&other, "synced");
    assert_eq!(Client::tcp(key.tcp()).cbor(&Request::sign_in().encode()).0, 0x00);
}

#[test]
fn a_passphrase_seals_an_export_and_a_wrong_one_does_not_open_it() {
    let home = with_both_kinds();
    let (passphrase, file) = (passphrase_file(&home), home.path("out.json"));
    let sealed = ["--file-passphrase-file", text(&passphrase)];
    home.json(&[&["passkey", "export", text(&file)], &sealed[..]].concat());
    let written = home.path("out.json.age");
    assert_eq!(
        home.json(&[&["passkey", "import", text(&written), "--dry-run"], &sealed[..]].concat())["format"],
        "cxf"
    );
    let wrong = home.path("wrong");
    fs::write(&wrong, "not of the file").unwrap();
    let (code, said) =
        refused(&home, &["passkey", "import", text(&written), "--file-passphrase-file", text(&wrong)]);
    assert_eq!(code, 5, "{said}");
    assert_eq!(refused(&home, &["passkey", "import", text(&written)]).0, 5, "none, and no terminal");

    // A KeePass database is sealed by a password of its own.
    let database = home.path("out.kdbx");
    home.json(&[&["passkey", "export", text(&database), "--format", "kdbx"], &sealed[..]].concat());
    let read = home.json(&[&["passkey", "import", text(&database), "--dry-run"], &sealed[..]].concat());
    assert_eq!((&read["format"], &read["rows"][0]["verdict"]), (&"kdbx".into(), &"duplicate".into()));
}

#[test]
fn clear_text_wants_the_words() {
    let home = with_both_kinds();
    let file = home.path("clear.json");
    let export = ["passkey", "export", text(&file), "--clear-text"];
    assert_eq!(refused(&home, &export).0, 2);
    assert_eq!(refused(&home, &[&export[..], &["--confirm", "yes"]].concat()).0, 4);
    assert!(!file.exists());
    let done = home.json(&[&export[..], &["--confirm", WORDS]].concat());
    assert_eq!(done["encrypted"], false);
    assert!(fs::read_to_string(&file).unwrap().contains("\"ada\""));
    assert_eq!(refused(&home, &["passkey", "export", text(&home.path("x")), "--format", "paper"]).0, 2);
    assert_eq!(
        refused(&home, &["passkey", "export", text(&home.path("x")), "--recipient", "age1nobody"]).0,
        2
    );
    assert_eq!(
        refused(
            &home,
            &["passkey", "export", text(&home.path("x")), "--id", "AAAA", "--clear-text", "--confirm", WORDS]
        )
        .0,
        3
    );
}

#[test]
fn where_a_file_does_not_say_be_it_is_assumed_shown_and_changed() {
    let home = Home::with_vault();
    let file = fixture("es256.passkey");
    let assumed = home.json(&["passkey", "import", &file, "--dry-run"]);
    let row = &assumed["rows"][0];
    assert_eq!((&row["flagsKnown"], &row["passkey"]["backupEligible"]), (&false.into(), &false.into()));
    let shown = String::from_utf8(run(&home, &["passkey", "import", &file, "--dry-run"]).stdout).unwrap();
    assert!(shown.contains("BE 0?") && shown.contains("--flags"), "{shown}");
    for bad in ["1", "1=0,1", "9=1,1", "x=1,1"] {
        assert_ne!(refused(&home, &["passkey", "import", &file, "--yes", "--flags", bad]).0, 0, "{bad}");
    }
    home.json(&["passkey", "import", &file, "--yes", "--flags", "all=1,1"]);
    let list = home.json(&["passkey", "list"]);
    assert_eq!((&list[0]["backupEligible"], &list[0]["kind"]), (&true.into(), &"synced".into()));
    assert_eq!(refused(&home, &["passkey", "import", &file, "--take", "1", "--yes"]).0, 2, "a duplicate");
    assert_eq!(refused(&home, &["passkey", "import", &fixture("rs256.passkey")]).0, 2, "no yes, no terminal");
}

/// A site that saw BE 0 when the passkey was made sees it for ever, wherever the passkey lives.
#[test]
fn an_imported_passkey_with_be_0_signs_with_be_0_and_is_not_counted() {
    let home = Home::with_vault();
    home.json(&["passkey", "import", &fixture("es256.passkey"), "--yes"]);
    let key = Emulator::on_vault(&home, "synced");
    let mut client = Client::tcp(key.tcp());
    for _ in 0..2 {
        let (status, answer) = client.cbor(&Request::sign_in().with(1, cbor::text("es256.example")).encode());
        assert_eq!(status, 0x00);
        let answer = cbor::decode(&answer);
        let data = cbor::member(&answer, 2).unwrap().as_bytes().unwrap();
        assert_eq!((data[32] & 0x18, &data[33..37]), (0, &[0; 4][..]), "BE, BS and the counter");
    }
    let list = home.json(&["passkey", "list"]);
    assert_eq!((&list[0]["kind"], &list[0]["backupEligible"]), (&"synced".into(), &false.into()));
    assert_eq!(list[0]["signCount"], 0);
}

/// A person at a terminal, which `script` gives the program: asked before anything is taken or written in clear text.
#[test]
fn a_person_is_asked() {
    let home = Home::with_vault();
    let fixture = fixture("es256.passkey");
    let clear = home.path("clear.json");
    let import = ["passkey", "import", &fixture];
    let export = ["passkey", "export", text(&clear), "--clear-text"];
    for (arguments, answer, code) in
        [(&import[..], "n", 4), (&import, "y", 0), (&export, "yes", 4), (&export, WORDS, 0)]
    {
        assert!(!clear.exists());
        let command = home.command(arguments);
        let quoted = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted: Vec<_> = quoted.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let script =
            format!("(sleep 6; echo \"{answer}\"; sleep 6) | script -qec \"{}\" /dev/null", quoted.join(" "));
        let mut terminal = Command::new("sh");
        terminal
            .args(["-c", &script])
            .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = terminal.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {answer}: {said}");
        assert!(said.contains("[y/N]") || said.contains(WORDS), "{said}");
    }
    assert!(clear.exists());
    assert_eq!(home.json(&["passkey", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_hostile_file_is_refused_with_a_sentence() {
    let home = Home::with_vault();
    let huge = home.path("huge.json");
    fs::File::create(&huge).unwrap().set_len(10 << 30).unwrap();
    let deep = home.path("deep.json");
    fs::write(&deep, "[".repeat(1 << 20)).unwrap();
    let escape = home.path("escape.json");
    fs::write(
        &escape,
        fs::read_to_string(fixture("cdp.json")).unwrap().replace("virtual.example", "evil\\u001b[2J.example"),
    )
    .unwrap();
    for (file, says) in [
        (huge.as_path(), "64 MiB"),
        (&deep, "format"),
        (Path::new("/dev/zero"), "64 MiB"),
        (home.path("none").as_path(), "No such file"),
    ] {
        let (code, said) = refused(&home, &["passkey", "import", text(file)]);
        assert!(matches!(code, 1 | 3) && said.contains(says), "{}: {code} {said}", file.display());
    }
    let shown = run(&home, &["passkey", "import", text(&escape), "--dry-run"]);
    assert!(!shown.stdout.contains(&0x1B), "{}", String::from_utf8_lossy(&shown.stdout));
    assert_eq!(home.json(&["passkey", "list"]).as_array().unwrap().len(), 0);
}

#[test]
fn a_backup_makes_a_new_vault_and_counts_only_when_it_reads_back() {
    let home = with_both_kinds();
    let (passphrase, file) = (passphrase_file(&home), home.path("a.backup"));
    let (identity, recipient) = identity(&home);
    let opened_by = ["--file-passphrase-file", text(&passphrase)];
    let nowhere = home.path("no/folder/a.backup");
    assert_eq!(refused(&home, &[&["vault", "backup", text(&nowhere)], &opened_by[..]].concat()).0, 1);
    let state = |home: &Home| {
        let list = home.json(&["passkey", "list"]);
        list.as_array().unwrap().iter().map(|one| one["backupState"] == true).collect::<Vec<_>>()
    };
    assert_eq!(state(&home), [false, false]);
    let done =
        home.json(&[&["vault", "backup", text(&file), "--recipient", &recipient], &opened_by[..]].concat());
    assert_eq!(
        (&done["passkeys"], &done["newlyBackedUp"], &done["deviceBound"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(state(&home), [true, false]);
    assert_eq!(refused(&home, &[&["vault", "backup", text(&file)], &opened_by[..]].concat()).0, 6);

    let new = Home::new();
    fs::write(new.path("new vault's"), "another passphrase").unwrap();
    let restore = |with: &[&str], more: &[&str]| {
        let mut command = new.command(&[&["vault", "restore", text(&file)], with, more].concat());
        command.arg("--json").arg("--passphrase-file").arg(new.path("new vault's")).output().unwrap()
    };
    let wrong = home.path("wrong");
    fs::write(&wrong, "not of the file").unwrap();
    assert_eq!(restore(&["--file-passphrase-file", text(&wrong)], &["--yes"]).status.code(), Some(5));
    let dry = restore(&["--identity", text(&identity)], &["--dry-run"]);
    let plan: Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!((&plan["format"], &plan["rows"][0]["verdict"]), (&"backup".into(), &"new".into()));
    assert!(!new.path("data").exists(), "nothing was made so far");
    let done = restore(&opened_by, &["--yes"]);
    assert!(done.status.success(), "{}", errors(&done));
    let list =
        new.command(&["passkey", "list", "--json", "--passphrase-file", text(&new.path("new vault's"))]);
    let list: Value = serde_json::from_slice(&{ list }.output().unwrap().stdout).unwrap();
    assert_eq!((&list[0]["userName"], &list[0]["backupState"]), (&"ada".into(), &true.into()));
    assert_eq!(list.as_array().unwrap().len(), 1);
}
