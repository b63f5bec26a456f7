//! Checking a vault from end to end, and repairing it.

use std::{fs, ops::ControlFlow, os::unix::fs::PermissionsExt};

use authenticator::platform::{Store, StoreError};
use rusqlite::{Connection, config::DbConfig};
use vault::{CheckReport, Error, Freshness, Losses, Progress, Trouble, Vault};

use crate::world::{World, credential, device_bound, passphrase, unlocked};

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A closed vault with four passkeys, and the file to be spoilt.
fn spoilt(how: &str) -> World {
    let (world, vault) = World::new();
    for number in 0..4 {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    drop(vault);
    let file = Connection::open(world.file()).unwrap();
    file.execute_batch(how).unwrap();
    file.close().unwrap();
    world
}

fn troubles(report: &CheckReport) -> Vec<Trouble> {
    let mut troubles: Vec<_> = report.findings.iter().map(|finding| finding.trouble).collect();
    troubles.dedup();
    troubles
}

#[test]
fn a_whole_vault_is_said_to_be_whole_while_others_write() {
    let (world, vault) = World::new();
    for number in 0..4 {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    let other = unlocked(&world.dir());
    let mut seen = Vec::new();
    let report = vault
        .check(&mut |progress| {
            seen.push(progress.done);
            device_bound(&other).update(&credential(0).id, &mut |c| c.sign_count += 1).unwrap();
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(report.is_whole(), "{:?}", report.findings);
    assert_eq!((report.passkeys, report.freshness), (4, Freshness::NotKept));
    assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&report.records)));
    assert!(report.records > 4 && report.generation >= 4 && report.log > 0);
    let stopped = vault.check(&mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Cancelled)));
    vault.lock().unwrap();
    assert!(matches!(vault.check(&mut go_on), Err(Error::Locked)));
}

#[test]
fn records_that_do_not_open_are_moved_aside_and_the_rest_goes_on() {
    let world = spoilt(
        "CREATE TEMP TABLE two AS SELECT id, sealed FROM record WHERE kind = 1 LIMIT 2;
         UPDATE record SET sealed = (SELECT sealed FROM two WHERE two.id != record.id)
         WHERE id IN (SELECT id FROM two);",
    );
    let vault = unlocked(&world.dir());
    let report = vault.check(&mut go_on).unwrap();
    assert_eq!((troubles(&report), report.passkeys), (vec![Trouble::Record, Trouble::Missing], 2));
    assert!(report.findings[0].message.contains("does not open; its bytes or its place were altered"));
    let refused = device_bound(&vault).add(&credential(9), &[]).unwrap_err();
    assert!(matches!(&refused, StoreError::Failed(why) if why.contains("damaged")), "{refused:?}");

    assert!(matches!(vault.repair(Losses::Refuse, &mut go_on), Err(Error::RecordsMissing)));
    assert!(!vault.check(&mut go_on).unwrap().is_whole(), "nothing was changed");
    let repaired = vault.repair(Losses::Accept, &mut go_on).unwrap();
    let (count, aside) = repaired.moved_aside.unwrap();
    let kept: u64 = Connection::open(&aside)
        .unwrap()
        .query_row("SELECT count(*) FROM record WHERE length(sealed) > 64", [], |row| row.get(0))
        .unwrap();
    assert_eq!((count, kept, fs::metadata(aside).unwrap().permissions().mode() & 0o777), (2, 2, 0o600));
    assert!(vault.check(&mut go_on).unwrap().is_whole());
    assert_eq!(vault.passkeys().unwrap().len(), 2);
    device_bound(&vault).add(&credential(9), &[]).unwrap();
    assert_eq!(device_bound(&vault).remaining(), Ok(997));
}

#[test]
fn a_record_that_was_taken_out_is_missed() {
    let world = spoilt("DELETE FROM record WHERE id IN (SELECT id FROM record WHERE kind = 1 LIMIT 1)");
    let vault = unlocked(&world.dir());
    let refused = vault.rename_slot(&vault.slots().unwrap()[0].id, "x").unwrap_err();
    assert!(refused.to_string().contains("missing") && refused.hint().contains("check"), "noticed at once");
    let report = vault.check(&mut go_on).unwrap();
    assert_eq!(troubles(&report), [Trouble::Missing]);
    assert!(matches!(vault.repair(Losses::Refuse, &mut go_on), Err(Error::RecordsMissing)));
    assert!(vault.repair(Losses::Accept, &mut go_on).unwrap().losses_accepted);
    assert!(unlocked(&world.dir()).check(&mut go_on).unwrap().is_whole());
}

#[test]
fn what_can_be_computed_is_repaired_without_loss() {
    let world = spoilt(
        "UPDATE record SET lookup = randomblob(32), rp = randomblob(32)
         WHERE id IN (SELECT id FROM record WHERE kind = 1 LIMIT 2);
         UPDATE holding SET records = 77;",
    );
    let vault = unlocked(&world.dir());
    let report = vault.check(&mut go_on).unwrap();
    assert_eq!(troubles(&report), [Trouble::Lookup, Trouble::Count, Trouble::Missing]);
    let repaired = vault.repair(Losses::Refuse, &mut go_on).unwrap();
    assert_eq!((repaired.lookups, repaired.moved_aside, repaired.losses_accepted), (2, None, false));
    assert!(vault.check(&mut go_on).unwrap().is_whole());
    let store = device_bound(&vault);
    let all: Vec<_> = (0..4).map(credential).collect();
    assert!(store.all().unwrap() == all && store.find("shop.example").unwrap().len() == 4);
    assert!((0..4).all(|number| store.get(&credential(number).id).unwrap().is_some()));
    assert_eq!(store.remaining(), Ok(996));
}

/// The index lacks what its table has: SQLite alone would find nothing under it.
#[test]
fn an_index_that_lost_entries_is_noticed_at_opening_and_made_anew() {
    let (world, vault) = World::new();
    for number in 0..4 {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    drop(vault);
    let schema = |sql: &str| {
        let file = Connection::open(world.file()).unwrap();
        file.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
        file.pragma_update(None, "writable_schema", true).unwrap();
        file.execute_batch(sql).unwrap();
        file.close().unwrap();
    };
    schema(
        "CREATE TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = 'record_holder';
         DELETE FROM sqlite_schema WHERE name = 'record_holder';",
    );
    schema("UPDATE record SET holder = randomblob(32) WHERE kind = 1");
    schema("INSERT INTO sqlite_schema SELECT * FROM hidden; DROP TABLE hidden;");
    let before = fs::read(world.file()).unwrap();
    assert!(matches!(Vault::open(&world.dir()), Err(Error::Damaged(_))));
    let vault = Vault::open_damaged(&world.dir()).unwrap();
    vault.unlock_with_passphrase(&passphrase()).unwrap();
    let report = vault.check(&mut go_on).unwrap();
    assert!(troubles(&report).starts_with(&[Trouble::Structure, Trouble::Lookup]), "{:?}", report.findings);
    assert!(report.findings[0].message.contains("record_holder"));
    assert!(vault.rotate(&mut go_on).is_err(), "nothing is written");
    assert!(fs::read(world.file()).unwrap() == before);
    assert_eq!(vault.repair(Losses::Refuse, &mut go_on).unwrap().lookups, 4);
    drop(vault);
    let vault = unlocked(&world.dir());
    assert!(vault.check(&mut go_on).unwrap().is_whole());
    assert_eq!(device_bound(&vault).find("shop.example").unwrap().len(), 4);
}

#[test]
fn slots_that_were_touched_are_told() {
    let (world, vault) = World::new();
    vault.add_recovery_slot("printed").unwrap();
    vault.add_recovery_slot("in the safe").unwrap();
    let file = Connection::open(world.file()).unwrap();
    file.execute_batch(
        "UPDATE slot SET label = 'not printed' WHERE label = 'printed';
         DELETE FROM slot WHERE label = 'in the safe';
         UPDATE slot SET wrapped = randomblob(93) WHERE kind = 1;",
    )
    .unwrap();
    let report = vault.check(&mut go_on).unwrap();
    let said: Vec<_> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(troubles(&report), [Trouble::Slot]);
    assert_eq!(said[0], "the slot \"Passphrase\" was altered");
    assert!(said[1].starts_with("the slot \"not printed\" was put into the file, or altered"));
    assert_eq!(said[2], "1 of the vault's slots were taken out of the file");
}
