//! The vault key in a real Secret Service: gnome-keyring on a private bus, in a private home.

use std::{os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration};

use keyring_core::{Entry, api::CredentialStoreApi};
use vault::{Error, Keyring, Slot, Vault};
use zbus_secret_service_keyring_store::Store;

use crate::world::{again, job, kinds, opened_by, passphrase};

/// Starts the daemon that `$1` asks for, then runs the rest.
const SESSION: &str = r#"
set -e
[ "$1" != impatient ] || export LATCHKEY_KEYRING_PATIENCE=5
case "$1" in
  unlocked | impatient)
            eval "$(printf testpw | gnome-keyring-daemon --unlock --components=secrets --daemonize)" ;;
  locked)   eval "$(printf testpw | gnome-keyring-daemon --unlock --components=secrets --daemonize)"
            sleep 1
            dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
              org.freedesktop.Secret.Service.Lock \
              array:objpath:/org/freedesktop/secrets/collection/login >/dev/null ;;
esac
sleep 1
shift
exec "$@"
"#;

#[test]
fn the_keyring_opens_the_vault_until_its_entry_is_gone() {
    in_session("keyring::the_keyring_opens_the_vault_until_its_entry_is_gone", "unlocked", |dir| {
        let (vault, created) = Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        assert_eq!(created.slots, [Slot::Passphrase, Slot::Keyring], "{:?}", created.keyring_error);
        drop(vault);

        let vault = Vault::open(dir).unwrap();
        vault.unlock_with_keyring().unwrap();
        assert_eq!((opened_by(&vault), vault.is_open()), (Some(Slot::Keyring), true));

        let entry = entry_of(dir);
        assert_eq!(entry.get_secret().unwrap().len(), 44, "32 bytes as base64");
        entry.delete_credential().unwrap();
        let vault = Vault::open(dir).unwrap();
        for _ in 0..2 {
            assert!(matches!(vault.unlock_with_keyring(), Err(Error::KeyMissing)), "no new key was made");
        }
        assert!(!vault.is_open());
        assert!(matches!(entry.get_secret(), Err(keyring_core::Error::NoEntry)));

        vault.unlock_with_passphrase(&passphrase()).unwrap();
        vault.add_keyring_slot().unwrap();
        Vault::open(dir).unwrap().unlock_with_keyring().unwrap();

        vault.lock().unwrap();
        assert!(matches!(vault.unlock_with_keyring(), Err(Error::LockedByOwner)));
        vault.unlock_with_passphrase(&passphrase()).unwrap();

        vault.remove_keyring_slot().unwrap();
        assert_eq!(kinds(&vault), [Slot::Passphrase]);
        assert!(matches!(vault.unlock_with_keyring(), Err(Error::NoKeyringSlot)));
    });
}

#[test]
fn a_foreign_entry_is_no_key() {
    in_session("keyring::a_foreign_entry_is_no_key", "unlocked", |dir| {
        let (vault, _) = Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        for secret in ["nonsense", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            entry_of(dir).set_secret(secret.as_bytes()).unwrap();
            assert!(matches!(vault.unlock_with_keyring(), Err(Error::WrongKey)));
        }
    });
}

#[test]
fn a_locked_keyring_is_said_and_the_passphrase_still_opens() {
    in_session("keyring::a_locked_keyring_is_said_and_the_passphrase_still_opens", "locked", |dir| {
        let (vault, created) = Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        assert_eq!(created.slots, [Slot::Passphrase]);
        assert!(matches!(created.keyring_error, Some(Error::KeyringLocked)), "{:?}", created.keyring_error);
        assert!(matches!(vault.add_keyring_slot(), Err(Error::KeyringLocked)));
        Vault::open(dir).unwrap().unlock_with_passphrase(&passphrase()).unwrap();
    });
}

/// A stopped daemon keeps its place on the bus and says nothing.
#[test]
fn a_keyring_that_answers_late_is_waited_for_and_one_that_never_does_is_given_up() {
    const TEST: &str =
        "keyring::a_keyring_that_answers_late_is_waited_for_and_one_that_never_does_is_given_up";
    in_session(TEST, "impatient", |dir| {
        Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        let vault = Vault::open(dir).unwrap();
        let daemon = daemon();
        signal("STOP", &daemon);
        let error = vault.unlock_with_keyring().unwrap_err();
        assert_eq!(error.to_string(), "no keyring answers: it did not answer within 5 seconds");
        assert!(error.hint().contains("unlock the vault with the passphrase"), "{}", error.hint());
        assert!(!vault.is_open());
        std::thread::scope(|scope| {
            let unlocking = scope.spawn(|| vault.unlock_with_keyring());
            std::thread::sleep(Duration::from_secs(1));
            assert!(!unlocking.is_finished());
            signal("CONT", &daemon);
            unlocking.join().unwrap().unwrap();
        });
        assert!(vault.is_open());
    });
}

/// The process that owns the service's name on this session's bus.
pub(crate) fn daemon() -> String {
    let output = Command::new("dbus-send")
        .args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"])
        .args(["org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.secrets"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().last().unwrap().to_owned()
}

pub(crate) fn signal(name: &str, process: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), process]).status().unwrap().success());
}

/// What a first login without a desktop looks like: D-Bus starts a daemon that has no keyring yet.
#[test]
fn a_service_without_a_keyring_leaves_the_passphrase_alone() {
    in_session("keyring::a_service_without_a_keyring_leaves_the_passphrase_alone", "activated", |dir| {
        let (vault, created) = Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        assert_eq!(created.slots, [Slot::Passphrase]);
        assert!(matches!(created.keyring_error, Some(Error::KeyringLocked)), "{:?}", created.keyring_error);
        assert!(vault.is_open());
    });
}

#[test]
fn without_a_bus_there_is_the_passphrase_alone() {
    if let Some(job) = job() {
        let (vault, created) = Vault::create(Path::new(&job), &passphrase(), Keyring::Use).unwrap();
        assert_eq!(created.slots, [Slot::Passphrase]);
        assert!(
            matches!(created.keyring_error, Some(Error::KeyringUnavailable(_))),
            "{:?}",
            created.keyring_error
        );
        return assert!(vault.is_open());
    }
    let home = tempfile::tempdir().unwrap();
    let mut command = again(
        "keyring::without_a_bus_there_is_the_passphrase_alone",
        home.path().join("data").to_str().unwrap(),
    );
    private(&mut command, home.path());
    passes(&mut command);
}

/// Runs `test` in a session of its own: this process starts it, the process inside does `job` in a folder.
pub(crate) fn in_session(test: &str, keyring: &str, run: impl FnOnce(&Path)) {
    if let Some(job) = job() {
        return run(Path::new(&job));
    }
    for program in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
        let found =
            std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|dir| dir.join(program).exists());
        assert!(found, "{program} is not installed: apt-get install dbus gnome-keyring");
    }
    let home = tempfile::tempdir().unwrap();
    let inside = again(test, "");
    let mut command = Command::new("dbus-run-session");
    command
        .args(["--", "sh", "-c", SESSION, "session", keyring])
        .arg(inside.get_program())
        .args(inside.get_args());
    command.env("LATCHKEY_VAULT_TEST_JOB", home.path().join("data"));
    private(&mut command, home.path());
    passes(&mut command);
}

fn private(command: &mut Command, home: &Path) {
    let runtime = home.join("run");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
    command.env("HOME", home).env("XDG_DATA_HOME", home.join("share")).env("XDG_RUNTIME_DIR", runtime);
    for name in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"] {
        command.env_remove(name);
    }
}

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// The vault's entry as any other program of this session sees it.
fn entry_of(dir: &Path) -> Entry {
    let file = rusqlite::Connection::open(dir.join("vault.db")).unwrap();
    let names = "SELECT lower(hex(vault.id) || ':' || hex(slot.id)) FROM vault, slot WHERE kind = 2";
    let username: String = file.query_row(names, [], |row| row.get(0)).unwrap();
    Store::new().unwrap().build("latchkey", &username, None).unwrap()
}
