//! Files that are not what they should be.

use std::{fs, ops::ControlFlow};

use authenticator::{Credential, platform::Store};
use ctap::extension::LargeBlob;
use rusqlite::Connection;
use vault::{Error, HmacOutput, SecurityKeySlot, SlotId, State, Vault};

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
    device_bound(&vault).update_state(&mut |state| state.pin_retries = 5).unwrap();
    let slot = with_security_key(&vault);
    drop(vault);
    let expected: Vec<Credential> = (0..4).map(credential).collect();
    let (mut noticed, mut intact) = (0, 0);
    // A prime stride over what is in use reaches every kind of place.
    let in_use: Vec<usize> = places(&world).into_iter().step_by(23).collect();
    flip(&world, &in_use, |at| match read_all(&world, &slot) {
        Ok((credentials, retries)) => {
            assert!(credentials == expected && retries == 5, "byte {at} changed what was read");
            intact += 1;
        }
        Err(_) => noticed += 1,
    });
    assert!(noticed > 120 && intact > 0, "{noticed} noticed, {intact} intact");
}

/// The slot that Argon2id protects: its secret, its parameters, its key pair.
#[test]
fn no_flipped_byte_of_a_passphrase_slot_opens_it() {
    let (world, vault) = World::new();
    drop(vault);
    let file = Connection::open(world.file()).unwrap();
    let columns = ["parameters", "wrapped", "sealed_key"].map(|column| {
        let sql = format!("SELECT {column} FROM slot");
        file.query_row(&sql, [], |row| row.get::<_, Vec<u8>>(0)).unwrap()
    });
    file.close().unwrap();
    let whole = fs::read(world.file()).unwrap();
    let places: Vec<usize> = columns
        .iter()
        .flat_map(|column| {
            let start = whole.windows(column.len()).position(|window| window == column).unwrap();
            (start..start + column.len()).step_by(13)
        })
        .collect();
    flip(&world, &places, |at| {
        let vault = Vault::open(&world.dir()).unwrap();
        assert!(
            matches!(vault.unlock_with_passphrase(&passphrase()), Err(Error::Damaged(_))),
            "byte {at} was not noticed"
        );
        assert!(!vault.is_open());
    });
}

/// A file that is too large to be read whole when it is opened: what is read is what was stored, and what is missing
/// is told by the check.
#[test]
fn no_flipped_byte_of_a_large_file_yields_other_data_and_the_check_tells() {
    let (world, vault) = World::new();
    let made: Vec<Credential> = (0..360)
        .map(|number| Credential {
            large_blob: Some(LargeBlob { compressed: vec![5; 6000], original_size: 90_000 }),
            ..credential(number)
        })
        .collect();
    for credential in &made {
        device_bound(&vault).add(credential, &[]).unwrap();
    }
    let slot = with_security_key(&vault);
    drop(vault);
    let places: Vec<usize> = places(&world).into_iter().step_by(151_007).collect();
    assert!(fs::metadata(world.file()).unwrap().len() > 2 * 1024 * 1024 && places.len() > 12);
    let (mut noticed, mut intact) = (0, 0);
    flip(&world, &places, |at| {
        let Ok(vault) = opened(&world, &slot) else { return noticed += 1 };
        let read = device_bound(&vault).all().unwrap_or_default();
        assert!(read.iter().all(|credential| made.contains(credential)), "byte {at} changed what was read");
        match vault.check(&mut |_| ControlFlow::Continue(())) {
            Ok(report) if report.is_whole() => {
                assert!(read == made, "byte {at} took something away and the check does not tell");
                intact += 1;
            }
            _ => noticed += 1,
        }
    });
    assert!(noticed > 6, "{noticed} noticed, {intact} intact");
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

/// Another way in, without Argon2id.
fn with_security_key(vault: &Vault) -> SlotId {
    let slot = SecurityKeySlot::new(b"credential".to_vec(), "latchkey.local").unwrap();
    vault.add_security_key_slot("key", &slot, &HmacOutput::new(&[1; 32]).unwrap()).unwrap()
}

/// What of the file is in use.
fn places(world: &World) -> Vec<usize> {
    let whole = fs::read(world.file()).unwrap();
    (0..whole.len()).filter(|at| whole[*at] != 0).collect()
}

/// Alters one byte after the other, and looks each time.
fn flip(world: &World, places: &[usize], mut look: impl FnMut(usize)) {
    let whole = fs::read(world.file()).unwrap();
    for at in places {
        let mut altered = whole.clone();
        altered[*at] ^= 0x41;
        fs::write(world.file(), &altered).unwrap();
        look(*at);
        for log in ["vault.db-wal", "vault.db-shm"] {
            drop(fs::remove_file(world.dir().join(log)));
        }
    }
}

fn opened(world: &World, slot: &SlotId) -> Result<Vault, String> {
    let vault = Vault::open(&world.dir()).map_err(|error| error.to_string())?;
    let unlocked = vault.unlock_with_security_key(slot, &HmacOutput::new(&[1; 32]).unwrap());
    unlocked.map_err(|error| error.to_string())?;
    Ok(vault)
}

fn read_all(world: &World, slot: &SlotId) -> Result<(Vec<Credential>, u8), String> {
    let vault = opened(world, slot)?;
    let store = device_bound(&vault);
    let all = store.all().map_err(|error| format!("{error:?}"))?;
    let mut found = store.find("shop.example").map_err(|error| format!("{error:?}"))?;
    found.reverse();
    assert!(found == all, "the lookup and the list disagree");
    assert_eq!(vault.passkeys().map_err(|error| error.to_string())?.len(), all.len());
    Ok((all, store.state().map_err(|error| format!("{error:?}"))?.pin_retries))
}
