//! The ways to open a vault, several at once; and a new vault key.

use std::{fs, ops::ControlFlow, path::Path, process::Stdio, time::Duration};

use authenticator::platform::{Store, StoreError};
use rusqlite::Connection;
use secrecy::ExposeSecret;
use vault::{Error, HmacOutput, Progress, RecoveryKey, SecurityKeySlot, Slot, SlotId, Vault};

use crate::world::{World, again, credential, device_bound, job, kinds, opened_by, passphrase, unlocked};

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn output(byte: u8) -> HmacOutput {
    HmacOutput::new(&[byte; 32]).unwrap()
}

fn security_key() -> SecurityKeySlot {
    SecurityKeySlot::new(b"credential of the slot".to_vec(), "latchkey.local").unwrap()
}

fn slot_of(vault: &Vault, kind: Slot) -> SlotId {
    vault.slots().unwrap().iter().find(|slot| slot.kind == kind).unwrap().id
}

#[test]
fn every_kind_of_slot_opens_the_vault_and_says_so() {
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    let second = vault.add_passphrase_slot("in the safe", &"another passphrase".into()).unwrap();
    let (desk, bag) = (security_key(), security_key());
    let desk_id = vault.add_security_key_slot("key on the desk", &desk, &output(1)).unwrap();
    let bag_id = vault.add_security_key_slot("key in the bag", &bag, &output(2)).unwrap();
    let recovery = vault.add_recovery_slot("printed").unwrap();
    let four = [Slot::Passphrase, Slot::Passphrase, Slot::SecurityKey, Slot::SecurityKey, Slot::Recovery];
    assert_eq!(kinds(&vault), four);

    let locked = Vault::open(&world.dir()).unwrap();
    let slots = locked.slots().unwrap();
    let seen = |id: SlotId| slots.iter().find(|slot| slot.id == id).unwrap();
    assert_eq!(seen(desk_id).label, "key on the desk");
    assert_eq!(seen(desk_id).security_key, Some(desk), "enough to ask the key while locked");
    assert!(seen(bag_id).created_at.is_some() && seen(bag_id).security_key == Some(bag));
    assert_eq!(slots.last().unwrap().recipient, Some(recovery.recipient()));

    let by = |id| Some(seen(id).clone());
    locked.unlock_with_passphrase(&"another passphrase".into()).unwrap();
    assert_eq!(locked.opened_by(), by(second));
    for (id, byte) in [(desk_id, 1), (bag_id, 2)] {
        let vault = Vault::open(&world.dir()).unwrap();
        assert!(matches!(vault.unlock_with_security_key(&id, &output(9)), Err(Error::WrongSecurityKey)));
        assert!(matches!(vault.unlock_with_security_key(&second, &output(1)), Err(Error::NoSuchSlot)));
        assert!(!vault.is_open());
        vault.unlock_with_security_key(&id, &output(byte)).unwrap();
        assert_eq!((vault.opened_by(), vault.passkeys().unwrap().len()), (by(id), 1));
    }
    let vault = Vault::open(&world.dir()).unwrap();
    let other = RecoveryKey::generate();
    assert!(matches!(vault.unlock_with_recovery_key(&other.text()), Err(Error::WrongRecoveryKey)));
    assert!(matches!(vault.unlock_with_recovery_key(&"x".into()), Err(Error::RecoveryKeyText(_))));
    let typed = recovery.text().expose_secret().to_lowercase().replace("key-1", "key-1 ");
    vault.unlock_with_recovery_key(&typed.into()).unwrap();
    assert_eq!((opened_by(&vault), device_bound(&vault).all().unwrap().len()), (Some(Slot::Recovery), 1));
}

#[test]
fn a_secret_that_no_key_computes_is_refused() {
    for bytes in [&[0; 32][..], &[1; 31], &[1; 33], &[]] {
        assert!(matches!(HmacOutput::new(bytes), Err(Error::WeakHmacOutput)));
    }
}

#[test]
fn a_slot_can_be_named_and_removed_but_never_the_last() {
    let (world, vault) = World::new();
    let passphrase_slot = slot_of(&vault, Slot::Passphrase);
    assert!(matches!(vault.remove_slot(&passphrase_slot, &mut go_on), Err(Error::LastSlot)));
    let key = vault.add_security_key_slot("", &security_key(), &output(1)).unwrap();
    vault.rename_slot(&key, " key on the desk ").unwrap();
    assert!(matches!(vault.rename_slot(&key, &"x".repeat(65)), Err(Error::Refused(_))));
    vault.remove_slot(&passphrase_slot, &mut go_on).unwrap();
    assert!(matches!(vault.remove_slot(&key, &mut go_on), Err(Error::LastSlot)));
    assert!(matches!(vault.remove_slot(&passphrase_slot, &mut go_on), Err(Error::NoSuchSlot)));
    assert_eq!(kinds(&vault), [Slot::SecurityKey]);

    let vault = Vault::open(&world.dir()).unwrap();
    assert_eq!(vault.slots().unwrap()[0].label, "key on the desk");
    assert!(matches!(vault.unlock_with_passphrase(&passphrase()), Err(Error::NoSlot(_))));
    vault.lock().unwrap();
    vault.unlock_with_security_key(&key, &output(1)).unwrap();
    assert!(vault.is_open(), "its owner's key takes the lock back");
    assert!(matches!(Vault::open(&world.dir()).unwrap().rename_slot(&key, "x"), Err(Error::Locked)));
}

#[test]
fn a_removed_slot_with_an_old_copy_opens_nothing_written_later() {
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    let key = vault.add_security_key_slot("lost", &security_key(), &output(1)).unwrap();
    // What the finder of the key may have: the file as it was while the key was a slot.
    drop(vault);
    let former = fs::read(world.file()).unwrap();
    let vault = unlocked(&world.dir());
    vault.remove_slot(&key, &mut go_on).unwrap();
    device_bound(&vault).add(&credential(2), &[]).unwrap();
    drop(vault);

    // The former slot's row, in today's file.
    let (thief, thiefs_vault) = World::new();
    drop(thiefs_vault);
    let old = thief.dir().join("old.db");
    fs::write(&old, former).unwrap();
    fs::copy(world.file(), thief.file()).unwrap();
    let file = Connection::open(thief.file()).unwrap();
    file.execute("ATTACH ?1 AS old", [old.to_str().unwrap()]).unwrap();
    file.execute_batch("INSERT INTO slot SELECT * FROM old.slot WHERE kind = 3").unwrap();
    file.execute_batch("DETACH old").unwrap();
    file.close().unwrap();
    let stolen = Vault::open(&thief.dir()).unwrap();
    assert!(matches!(stolen.unlock_with_security_key(&key, &output(1)), Err(Error::Damaged(_))));
    assert!(!stolen.is_open());

    // With the former header too, which the former key opens: records of today do not.
    let file = Connection::open(thief.file()).unwrap();
    file.execute("ATTACH ?1 AS old", [old.to_str().unwrap()]).unwrap();
    file.execute_batch("UPDATE vault SET header = (SELECT header FROM old.vault), epoch = 1").unwrap();
    file.execute_batch("DETACH old").unwrap();
    file.close().unwrap();
    let stolen = Vault::open(&thief.dir()).unwrap();
    stolen.unlock_with_security_key(&key, &output(1)).unwrap();
    for number in [1, 2] {
        assert!(stolen.passkey(&credential(number).id).is_err(), "passkey {number} opened");
    }
    assert_eq!(unlocked(&world.dir()).passkeys().unwrap().len(), 2, "its owner has both");
}

#[test]
fn a_new_key_reaches_every_slot_and_every_program() {
    let (world, here) = World::new();
    for number in 0..3 {
        device_bound(&here).add(&credential(number), &[]).unwrap();
    }
    let key = here.add_security_key_slot("key", &security_key(), &output(1)).unwrap();
    let recovery = here.add_recovery_slot("printed").unwrap();
    let there = Vault::open(&world.dir()).unwrap();
    there.unlock_with_security_key(&key, &output(1)).unwrap();
    let before = sealed(&world);
    let mut seen = Vec::new();
    here.rotate(&mut |progress| {
        seen.push((progress.done, progress.total));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(
        (seen.first(), seen.last()),
        (Some(&(0, 8)), Some(&(8, 8))),
        "three passkeys, their events and their change, the time"
    );
    for (before, after) in before.iter().zip(sealed(&world)) {
        assert!(before[15..63] != after[15..63], "the content key is wrapped anew");
        assert!(before[63..] == after[63..], "the content stays as it is");
    }
    let all: Vec<_> = (0..3).map(credential).collect();
    assert!(device_bound(&here).all().unwrap() == all);
    assert!(there.is_open() && device_bound(&there).all().unwrap() == all, "read by what its slot holds");
    device_bound(&there).add(&credential(3), &[]).unwrap();
    let vault = Vault::open(&world.dir()).unwrap();
    vault.unlock_with_recovery_key(&recovery.text()).unwrap();
    assert_eq!(vault.passkeys().unwrap().len(), 4);

    here.remove_slot(&key, &mut go_on).unwrap();
    assert_eq!(device_bound(&there).all(), Err(StoreError::Locked), "never damaged");
    assert!(!there.is_open());
    assert!(matches!(there.unlock_with_security_key(&key, &output(1)), Err(Error::NoSlot(_))));
    there.unlock_with_recovery_key(&recovery.text()).unwrap();
    assert_eq!(there.passkeys().unwrap().len(), 4);
}

#[test]
fn a_rotation_that_is_stopped_changes_nothing() {
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    let before = sealed(&world);
    let stopped = vault.rotate(&mut |progress| {
        if progress.done == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert!(matches!(stopped, Err(Error::Cancelled)));
    assert!(sealed(&world) == before);
    assert_eq!(vault.passkeys().unwrap().len(), 1);
    unlocked(&world.dir());
}

/// Wherever a program dies that gives the vault one new key after the other: every slot opens it, and it is whole.
#[test]
fn a_new_key_is_there_wholly_or_not_at_all() {
    if let Some(job) = job() {
        let vault = unlocked(Path::new(&job));
        loop {
            vault.rotate(&mut go_on).unwrap();
        }
    }
    let (world, here) = World::new();
    for number in 0..40 {
        device_bound(&here).add(&credential(number), &[]).unwrap();
    }
    let key = here.add_security_key_slot("key", &security_key(), &output(1)).unwrap();
    let epoch = || -> u64 {
        let file = Connection::open(world.file()).unwrap();
        file.query_row("SELECT epoch FROM vault", [], |row| row.get(0)).unwrap()
    };
    for round in 0..6 {
        let before = epoch();
        let test = "slots::a_new_key_is_there_wholly_or_not_at_all";
        let mut child = again(test, world.dir().to_str().unwrap()).stdout(Stdio::null()).spawn().unwrap();
        while epoch() < before + 2 {
            assert_eq!(here.passkeys().unwrap().len(), 40, "read by what its slot holds");
        }
        std::thread::sleep(Duration::from_millis(round * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        let vault = Vault::open(&world.dir()).unwrap();
        vault.unlock_with_security_key(&key, &output(1)).unwrap();
        let report = vault.check(&mut go_on).unwrap();
        assert!(report.is_whole(), "round {round}: {:?}", report.findings);
        assert_eq!((here.passkeys().unwrap().len(), report.passkeys), (40, 40));
    }
    assert!(here.verify_passphrase(&passphrase()).unwrap());
}

/// Somebody who can write the file, and has no key, adds a slot of a key pair of theirs.
#[test]
fn a_slot_that_somebody_put_there_gets_no_new_key() {
    let ((world, vault), (other, others)) = (World::new(), World::new());
    let foreign = others.add_security_key_slot("backup key", &security_key(), &output(1)).unwrap();
    let file = Connection::open(world.file()).unwrap();
    file.execute("ATTACH ?1 AS other", [other.file().to_str().unwrap()]).unwrap();
    file.execute_batch("INSERT INTO slot SELECT * FROM other.slot WHERE kind = 3").unwrap();
    assert!(matches!(vault.rotate(&mut go_on), Err(Error::SlotAltered(label)) if label == "backup key"));
    // A new name does not make it ours.
    vault.rename_slot(&foreign, "mine").unwrap();
    assert!(matches!(vault.rotate(&mut go_on), Err(Error::SlotAltered(_))));
    vault.remove_slot(&foreign, &mut go_on).unwrap();

    // The same with a slot of ours whose public key was replaced.
    let ours = vault.add_security_key_slot("mine", &security_key(), &output(2)).unwrap();
    file.execute(
        "UPDATE slot SET public_key = (SELECT public_key FROM other.slot WHERE kind = 3) WHERE id = ?1",
        [hex::decode(ours.to_string()).unwrap()],
    )
    .unwrap();
    assert!(matches!(vault.rotate(&mut go_on), Err(Error::SlotAltered(_))));
}

/// The wrapped form of every record, in one order.
fn sealed(world: &World) -> Vec<Vec<u8>> {
    let file = Connection::open(world.file()).unwrap();
    let mut statement = file.prepare("SELECT sealed FROM record ORDER BY id").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}
