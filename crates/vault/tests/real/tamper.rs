//! Somebody who can write to the file and knows no key: rows put back, exchanged, copied in from elsewhere.

use std::ops::ControlFlow;

use authenticator::platform::Store;
use rusqlite::Connection;
use vault::{CheckReport, Error, Trouble, Vault};

use crate::world::{World, credential, device_bound, unlocked};

/// Passkey 1 of two, as it was before it was renamed, lies in `former` of the closed vault's file.
const FORMER: &str = "CREATE TABLE former AS SELECT * FROM record";

#[test]
fn an_older_version_of_one_record_is_noticed() {
    let (world, vault) = with_two();
    in_file(&world, FORMER);
    rename(&vault);
    drop(vault);
    in_file(
        &world,
        "UPDATE record SET sealed = (SELECT sealed FROM former WHERE former.id = record.id)
         WHERE kind = 1 AND sealed <> (SELECT sealed FROM former WHERE former.id = record.id)",
    );
    let vault = unlocked(&world.dir());
    let first = device_bound(&vault).get(&credential(1).id).unwrap().unwrap();
    assert_eq!(first.user.name, credential(1).user.name, "it opens: it is in its own place");
    noticed(&vault, &[Trouble::Missing]);
}

#[test]
fn all_records_of_an_older_copy_are_noticed() {
    let (world, vault) = with_two();
    in_file(&world, FORMER);
    rename(&vault);
    drop(vault);
    in_file(&world, "DELETE FROM record; INSERT INTO record SELECT * FROM former");
    noticed(&unlocked(&world.dir()), &[Trouble::Missing]);
}

#[test]
fn the_header_of_an_older_copy_is_noticed() {
    let (world, vault) = with_two();
    in_file(&world, "CREATE TABLE former AS SELECT header FROM vault");
    rename(&vault);
    drop(vault);
    in_file(&world, "UPDATE vault SET header = (SELECT header FROM former)");
    noticed(&unlocked(&world.dir()), &[Trouble::Missing]);
}

#[test]
fn a_record_of_another_vault_is_noticed() {
    let ((world, vault), (other, others)) = (with_two(), with_two());
    drop((vault, others));
    let file = Connection::open(world.file()).unwrap();
    file.execute("ATTACH ?1 AS other", [other.file().to_str().unwrap()]).unwrap();
    file.execute_batch("INSERT INTO record SELECT * FROM other.record WHERE kind = 1 LIMIT 1").unwrap();
    file.close().unwrap();
    let vault = unlocked(&world.dir());
    assert_eq!(device_bound(&vault).find("shop.example").unwrap().len(), 2, "no site is offered it");
    noticed(&vault, &[Trouble::Record, Trouble::Missing]);
}

/// Under another kind, another site or another key a record would be offered where it does not belong.
#[test]
fn a_record_under_another_lookup_is_noticed() {
    for (how, troubles) in [
        ("UPDATE record SET kind = 2 WHERE kind = 1", &[Trouble::Record, Trouble::Missing][..]),
        ("UPDATE record SET rp = randomblob(32) WHERE kind = 1", &[Trouble::Lookup, Trouble::Missing]),
        (
            "UPDATE record SET holder = randomblob(32) WHERE id = (SELECT min(id) FROM record WHERE kind = 1)",
            &[Trouble::Lookup, Trouble::Missing],
        ),
    ] {
        let (world, vault) = with_two();
        drop(vault);
        in_file(&world, how);
        noticed(&unlocked(&world.dir()), troubles);
    }
}

#[test]
fn any_flipped_byte_of_a_sealed_record_is_noticed() {
    let (world, vault) = with_two();
    drop(vault);
    let whole = std::fs::read(world.file()).unwrap();
    for at in [0, 1, 3, 15, 63, 75, 200, 400] {
        std::fs::write(world.file(), &whole).unwrap();
        let file = Connection::open(world.file()).unwrap();
        let (id, mut sealed): (Vec<u8>, Vec<u8>) = file
            .query_row("SELECT id, sealed FROM record WHERE kind = 1 LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        sealed[at] ^= 1;
        file.execute("UPDATE record SET sealed = ?1 WHERE id = ?2", (sealed, id)).unwrap();
        file.close().unwrap();
        let vault = unlocked(&world.dir());
        let report = check(&vault);
        assert_eq!(report.findings[0].trouble, Trouble::Record, "byte {at}: {:?}", report.findings);
        assert_eq!(report.passkeys, 1, "byte {at}: the other one opens");
    }
}

/// The check names exactly these troubles, and nothing is written before its owner has decided.
fn noticed(vault: &Vault, troubles: &[Trouble]) {
    let report = check(vault);
    let mut found: Vec<Trouble> = report.findings.iter().map(|finding| finding.trouble).collect();
    found.dedup();
    // What keys count is a consequence of it.
    found.retain(|trouble| *trouble != Trouble::Count);
    assert_eq!(found, troubles, "{:?}", report.findings);
    let refused = device_bound(vault).add(&credential(9), &[]).unwrap_err();
    assert!(format!("{refused:?}").contains("damaged"), "{refused:?}");
    assert_eq!(
        Error::RecordsMissing.to_string(),
        "records of the vault are missing, were altered, or were put back from an older copy"
    );
    assert!(Error::RecordsMissing.hint().starts_with("Put a backup in the file's place"));
}

fn check(vault: &Vault) -> CheckReport {
    vault.check(&mut |_| ControlFlow::Continue(())).unwrap()
}

fn with_two() -> (World, Vault) {
    let (world, vault) = World::new();
    for number in [1, 2] {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    (world, vault)
}

fn rename(vault: &Vault) {
    let renamed = device_bound(vault).update(&credential(1).id, &mut |credential| {
        credential.user.name = Some("another name".into());
    });
    assert!(renamed.unwrap().is_some());
}

fn in_file(world: &World, sql: &str) {
    let file = Connection::open(world.file()).unwrap();
    file.execute_batch(sql).unwrap();
    file.close().unwrap();
}
