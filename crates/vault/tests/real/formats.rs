//! Vaults that earlier formats made. tests/fixtures holds one of each, made by the program of its time: behind the
//! passphrase of these tests and a keyring, three passkeys, one of them used, and the state of one key.

use std::{fs, path::Path};

use authenticator::platform::Store;
use rusqlite::Connection;
use vault::Slot;

use crate::world::{World, credential, device_bound, kinds, unlocked};

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
