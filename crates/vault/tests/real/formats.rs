//! Vaults that earlier formats made. tests/fixtures holds one of each, made by the program of its time: behind the
//! passphrase of these tests and a keyring, three passkeys, one of them used, and the state of one key.

use std::{fs, ops::ControlFlow, os::unix::fs::PermissionsExt, path::Path};

use authenticator::platform::Store;
use keyring_core::api::CredentialStoreApi;
use rusqlite::Connection;
use vault::{Error, Slot, State, Vault};

use crate::{
    keyring::in_session,
    world::{World, credential, device_bound, kinds, passphrase, unlocked},
};

const FORMATS: [u32; 2] = [1, 2];

/// A folder with the vault of a format in it.
pub(crate) fn fixture(format: u32) -> World {
    let world = World::empty();
    put(format, &world.dir());
    world
}

pub(crate) fn put(format: u32, dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::copy(fixtures.join(format!("format-{format}.db")), dir.join("vault.db")).unwrap();
}

#[test]
fn every_former_format_opens_and_is_brought_to_today() {
    for format in FORMATS {
        let world = fixture(format);
        let vault = unlocked(&world.dir());
        let store = device_bound(&vault);
        let mut used = credential(1);
        used.sign_count = 41;
        assert!(store.all().unwrap() == [credential(0), used, credential(2)], "format {format}");
        assert_eq!(store.state().unwrap().pin_retries, 5);
        assert_eq!(kinds(&vault), [Slot::Passphrase, Slot::Keyring]);
        let outdated: Vec<_> = vault.slots().unwrap().iter().map(|slot| slot.outdated).collect();
        assert_eq!(outdated, [false, true], "the slot that was used is of today's form");
        assert_eq!(vault.slots().unwrap()[0].label, "Passphrase");
        drop((store, vault));
        let file = Connection::open(world.file()).unwrap();
        let version: u32 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let wrapped: Vec<u8> =
            file.query_row("SELECT wrapped FROM slot WHERE kind = 1", [], |row| row.get(0)).unwrap();
        assert_eq!((version, wrapped[0]), (3, 2));
        assert_eq!(unlocked(&world.dir()).passkeys().unwrap().len(), 3);
    }
}

#[test]
fn the_counts_of_a_vault_of_format_1_are_right() {
    let world = fixture(1);
    let vault = unlocked(&world.dir());
    let store = device_bound(&vault);
    assert_eq!(store.remaining(), Ok(997));
    store.remove(&credential(0).id).unwrap();
    store.update(&credential(1).id, &mut |credential| credential.discoverable = false).unwrap();
    assert_eq!(store.remaining(), Ok(999));
    store.update(&credential(1).id, &mut |credential| credential.discoverable = true).unwrap();
    store.add(&credential(4), &[]).unwrap();
    assert_eq!(store.remaining(), Ok(997));
    store.reset().unwrap();
    assert_eq!(store.remaining(), Ok(1000));
}

#[test]
fn a_copy_of_the_former_format_is_kept() {
    for format in FORMATS {
        let world = fixture(format);
        let former = fs::read(world.file()).unwrap();
        assert_eq!(Vault::state(&world.dir()), State::Locked);
        assert!(fs::read(world.file()).unwrap() == former, "looking changes nothing");
        drop(Vault::open(&world.dir()).unwrap());
        let bak = world.dir().join(format!("vault.db.format-{format}.bak"));
        assert_eq!(fs::metadata(&bak).unwrap().permissions().mode() & 0o777, 0o600);
        let names = fs::read_dir(world.dir()).unwrap().count();
        assert_eq!(names, 2, "the vault and the copy, nothing left over");

        // The copy is a vault of its format: in the vault's place it opens as the former file did.
        let other = World::empty();
        put(format, &other.dir());
        assert!(fs::read(&bak).unwrap()[60..64] == former[60..64], "its format");
        fs::copy(&bak, other.file()).unwrap();
        assert_eq!(unlocked(&other.dir()).passkeys().unwrap().len(), 3);
        assert!(other.dir().join(format!("vault.db.format-{format}.bak")).exists());

        // A copy that is there already is not replaced.
        fs::copy(&bak, world.file()).unwrap();
        let kept = fs::read(&bak).unwrap();
        drop(Vault::open(&world.dir()).unwrap());
        assert!(fs::read(&bak).unwrap() == kept);
        assert!(world.dir().join(format!("vault.db.format-{format}.bak.2")).exists());
    }
}

#[test]
fn a_keyring_that_holds_the_vault_key_itself_gets_another_key() {
    const TEST: &str = "formats::a_keyring_that_holds_the_vault_key_itself_gets_another_key";
    in_session(TEST, "unlocked", |dir| {
        put(2, dir);
        let file = Connection::open(dir.join("vault.db")).unwrap();
        let id: [u8; 16] = file.query_row("SELECT id FROM vault", [], |row| row.get(0)).unwrap();
        file.close().unwrap();
        let store = zbus_secret_service_keyring_store::Store::new().unwrap();
        let former = store.build("latchkey", &hex::encode(id), None).unwrap();
        former.set_secret(include_bytes!("../fixtures/format-2.key")).unwrap();

        let vault = Vault::open(dir).unwrap();
        vault.unlock_with_keyring().unwrap();
        assert_eq!(vault.passkeys().unwrap().len(), 3);
        assert!(
            matches!(former.get_secret(), Err(keyring_core::Error::NoEntry)),
            "the vault key left the keyring"
        );
        let outdated: Vec<_> = vault.slots().unwrap().iter().map(|slot| slot.outdated).collect();
        assert_eq!(outdated, [true, false], "the passphrase was not there to be brought along");
        let go_on = &mut |_| ControlFlow::Continue(());
        assert!(matches!(vault.rotate(go_on), Err(Error::SlotOutdated(label)) if label == "Passphrase"));
        drop(vault);

        let vault = Vault::open(dir).unwrap();
        vault.unlock_with_keyring().unwrap();
        vault.unlock_with_passphrase(&passphrase()).unwrap();
        vault.rotate(go_on).unwrap();
        let vault = Vault::open(dir).unwrap();
        vault.unlock_with_keyring().unwrap();
        assert_eq!(vault.passkeys().unwrap().len(), 3);
    });
}

/// Between giving the keyring its new entry and the commit, between the commit and taking the former entry out: at
/// either moment the program may die.
#[test]
fn a_keyring_slot_survives_a_death_while_it_is_brought_to_today() {
    const TEST: &str = "formats::a_keyring_slot_survives_a_death_while_it_is_brought_to_today";
    in_session(TEST, "unlocked", |dir| {
        put(2, dir);
        let file = Connection::open(dir.join("vault.db")).unwrap();
        let names = "SELECT lower(hex(vault.id)), lower(hex(slot.id)) FROM vault, slot WHERE kind = 2";
        let (id, slot): (String, String) =
            file.query_row(names, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        file.close().unwrap();
        let store = zbus_secret_service_keyring_store::Store::new().unwrap();
        let former = store.build("latchkey", &id, None).unwrap();
        let vault_key = include_bytes!("../fixtures/format-2.key");
        former.set_secret(vault_key).unwrap();

        // The new entry is there, the file is as it was.
        let new = store.build("latchkey", &format!("{id}:{slot}"), None).unwrap();
        new.set_secret(&[b'A'; 44]).unwrap();
        Vault::open(dir).unwrap().unlock_with_keyring().unwrap();
        // The file is of today, the former entry is still there.
        former.set_secret(vault_key).unwrap();
        Vault::open(dir).unwrap().unlock_with_keyring().unwrap();
        assert!(matches!(former.get_secret(), Err(keyring_core::Error::NoEntry)));
    });
}
