//! Files that are not what they should be.

use std::fs;

use authenticator::{Credential, platform::Store};
use rusqlite::Connection;
use vault::{Error, State, Vault};

use crate::world::{World, contents, credential, device_bound, passphrase};

#[test]
fn a_file_that_is_no_vault_is_said_and_left_alone() {
    let (world, vault) = World::new();
    drop(vault);
    let whole = fs::read(world.file()).unwrap();
    let foreign = {
        let path = world.dir().join("foreign");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(path).unwrap();
        bytes
    };
    for bytes in [&b""[..], b"hello", &[0; 8192], &whole[..50], &whole[..whole.len() / 2], &foreign] {
        fs::write(world.file(), bytes).unwrap();
        let before = contents(&world.dir());
        assert!(matches!(Vault::open(&world.dir()), Err(Error::Damaged(_))), "{} bytes", bytes.len());
        assert!(matches!(Vault::state(&world.dir()), State::Damaged(_)));
        assert!(contents(&world.dir()) == before, "something was written");
    }
}

#[test]
fn a_newer_version_is_said_and_left_alone() {
    let (world, vault) = World::new();
    drop(vault);
    Connection::open(world.file()).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let before = contents(&world.dir());
    assert!(matches!(Vault::open(&world.dir()), Err(Error::NewerVersion { found: 7, supported: 3 })));
    assert_eq!(Vault::state(&world.dir()), State::NewerVersion { found: 7, supported: 3 });
    assert!(contents(&world.dir()) == before, "something was written");
}

#[test]
fn a_log_left_behind_is_not_folded_into_a_damaged_file() {
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    let (mut file, log) =
        (fs::read(world.file()).unwrap(), fs::read(world.dir().join("vault.db-wal")).unwrap());
    drop(vault);
    // The log replaces the pages it holds; the damage is in one that it does not hold.
    let pages = file.len() / 4096;
    let in_log: Vec<usize> = log[32..]
        .chunks(24 + 4096)
        .map(|frame| u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize)
        .collect();
    let page = (2..=pages).find(|page| !in_log.contains(page)).unwrap();
    file[(page - 1) * 4096] ^= 0xff;
    fs::write(world.file(), &file).unwrap();
    fs::write(world.dir().join("vault.db-wal"), &log).unwrap();
    assert!(matches!(Vault::open(&world.dir()), Err(Error::Damaged(_))));
    assert!(fs::read(world.file()).unwrap() == file, "the file was written");
    assert!(fs::read(world.dir().join("vault.db-wal")).unwrap() == log, "the log was written");
}

/// Whatever byte is altered: it is noticed, or everything is intact. Never a panic, never other data.
#[test]
fn no_flipped_byte_yields_wrong_data() {
    let (world, vault) = World::new();
    for number in 0..4 {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    vault
        .store(&authenticator::Profile::device_bound())
        .update_state(&mut |state| state.pin_retries = 5)
        .unwrap();
    drop(vault);
    let whole = fs::read(world.file()).unwrap();
    let expected: Vec<Credential> = (0..4).map(credential).collect();
    let (mut noticed, mut intact) = (0, 0);
    // A prime stride over what is in use reaches every kind of place; Argon2id forbids trying them all.
    let in_use: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    for at in in_use.into_iter().step_by(47) {
        let mut altered = whole.clone();
        altered[at] ^= 0x41;
        fs::write(world.file(), &altered).unwrap();
        match read_all(&world) {
            Ok((credentials, retries)) => {
                assert!(credentials == expected && retries == 5, "byte {at} changed what was read");
                intact += 1;
            }
            Err(_) => noticed += 1,
        }
        for log in ["vault.db-wal", "vault.db-shm"] {
            drop(fs::remove_file(world.dir().join(log)));
        }
    }
    assert!(noticed > 60 && intact > 0, "{noticed} noticed, {intact} intact");
}

#[test]
fn records_that_trade_places_are_noticed() {
    let (world, vault) = World::new();
    for number in [1, 2] {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    drop(vault);
    let file = Connection::open(world.file()).unwrap();
    file.execute_batch(
        "CREATE TEMP TABLE t AS SELECT id, sealed FROM record;
         UPDATE record SET sealed = (SELECT sealed FROM t WHERE t.id != record.id);",
    )
    .unwrap();
    file.close().unwrap();
    let vault = crate::world::unlocked(&world.dir());
    assert!(matches!(vault.passkeys(), Err(Error::Damaged(_))));
    assert!(device_bound(&vault).find("shop.example").is_err());
}

/// One vault's slot in another vault opens nothing.
#[test]
fn a_transplanted_slot_is_noticed() {
    let ((one, _), (two, _)) = (World::new(), World::new());
    let file = Connection::open(one.file()).unwrap();
    file.execute("ATTACH ?1 AS two", [two.file().to_str().unwrap()]).unwrap();
    file.execute_batch("DELETE FROM slot; INSERT INTO slot SELECT * FROM two.slot").unwrap();
    let vault = Vault::open(&one.dir()).unwrap();
    assert!(matches!(vault.unlock_with_passphrase(&passphrase()), Err(Error::Damaged(_))));
}

fn read_all(world: &World) -> Result<(Vec<Credential>, u8), String> {
    let vault = Vault::open(&world.dir()).map_err(|error| error.to_string())?;
    vault.unlock_with_passphrase(&passphrase()).map_err(|error| error.to_string())?;
    let store = device_bound(&vault);
    let all = store.all().map_err(|error| format!("{error:?}"))?;
    let mut found = store.find("shop.example").map_err(|error| format!("{error:?}"))?;
    found.reverse();
    assert!(found == all, "the lookup and the list disagree");
    assert_eq!(vault.passkeys().map_err(|error| error.to_string())?.len(), all.len());
    Ok((all, store.state().map_err(|error| format!("{error:?}"))?.pin_retries))
}
