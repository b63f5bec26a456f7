//! An older copy of the file, put back: what a real keyring remembers of it.

use std::{fs, path::Path, time::Instant};

use authenticator::platform::{Store, StoreError};
use keyring_core::api::CredentialStoreApi;
use vault::{Error, Freshness, Keyring, Slot, Vault};

use crate::{
    keyring::{daemon, in_session, signal},
    world::{World, credential, device_bound, opened_by, passphrase, unlocked},
};

#[test]
fn an_older_copy_is_noticed_and_only_read_until_it_is_accepted() {
    in_session("rollback::an_older_copy_is_noticed_and_only_read_until_it_is_accepted", "unlocked", |dir| {
        let (vault, _) = Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        device_bound(&vault).add(&credential(1), &[]).unwrap();
        drop(vault);
        let former = fs::read(dir.join("vault.db")).unwrap();
        let vault = unlocked(dir);
        assert_eq!(vault.freshness(), Some(Freshness::Newest));
        for number in [2, 3] {
            device_bound(&vault).add(&credential(number), &[]).unwrap();
        }
        let later = Vault::open(dir).unwrap();
        later.unlock_with_keyring().unwrap();
        assert_eq!(later.freshness(), Some(Freshness::Newest), "told late, so never an alarm for no reason");
        drop((vault, later));

        fs::write(dir.join("vault.db"), &former).unwrap();
        for unlock in
            [Vault::unlock_with_keyring, |vault: &Vault| vault.unlock_with_passphrase(&passphrase())]
        {
            let vault = Vault::open(dir).unwrap();
            unlock(&vault).unwrap();
            let Some(Freshness::OlderCopy { missing }) = vault.freshness() else {
                panic!("{:?}", vault.freshness());
            };
            assert!(missing >= 2, "{missing}");
            assert_eq!(vault.passkeys().unwrap().len(), 1, "it can be looked at");
            let refused = device_bound(&vault).add(&credential(4), &[]).unwrap_err();
            assert!(
                matches!(&refused, StoreError::Failed(why) if why.contains("changes are missing")),
                "{refused:?}"
            );
            let signed = device_bound(&vault).update(&credential(1).id, &mut |c| c.sign_count += 1);
            assert!(signed.is_err(), "no counter falls");
            let renamed = vault.rename_slot(&vault.slots().unwrap()[0].id, "x").unwrap_err();
            assert!(matches!(renamed, Error::OlderCopy { .. }) && renamed.hint().contains("accept"));
            drop(vault);
            assert!(fs::read(dir.join("vault.db")).unwrap() == former, "nothing was written");
        }

        let vault = unlocked(dir);
        vault.accept_older_copy().unwrap();
        assert_eq!(vault.freshness(), Some(Freshness::Newest));
        device_bound(&vault).add(&credential(4), &[]).unwrap();
        drop(vault);
        let vault = unlocked(dir);
        assert_eq!((vault.freshness(), vault.passkeys().unwrap().len()), (Some(Freshness::Newest), 2));
    });
}

#[test]
fn what_was_told_is_there_when_the_vault_is_locked_or_closed() {
    in_session("rollback::what_was_told_is_there_when_the_vault_is_locked_or_closed", "unlocked", |dir| {
        let (vault, _) = Vault::create(dir, &passphrase(), Keyring::Use).unwrap();
        assert!(matches!(vault.freshness(), Some(Freshness::Unchecked(_))), "it knew nothing yet");
        device_bound(&vault).add(&credential(1), &[]).unwrap();
        vault.lock().unwrap();
        let locked = remembered(dir).unwrap();
        vault.unlock_with_passphrase(&passphrase()).unwrap();
        device_bound(&vault).add(&credential(2), &[]).unwrap();
        drop(vault);
        assert!(remembered(dir).unwrap() > locked);
        let vault = unlocked(dir);
        assert_eq!(vault.freshness(), Some(Freshness::Newest));
        vault.remove_keyring_slot().unwrap();
        assert_eq!((vault.freshness(), remembered(dir)), (Some(Freshness::NotKept), None));
    });
}

#[test]
fn a_keyring_that_does_not_answer_holds_up_no_passphrase() {
    in_session("rollback::a_keyring_that_does_not_answer_holds_up_no_passphrase", "impatient", |dir| {
        drop(Vault::create(dir, &passphrase(), Keyring::Use).unwrap());
        let daemon = daemon();
        signal("STOP", &daemon);
        let vault = Vault::open(dir).unwrap();
        let start = Instant::now();
        vault.unlock_with_passphrase(&passphrase()).unwrap();
        device_bound(&vault).add(&credential(1), &[]).unwrap();
        vault.lock().unwrap();
        vault.unlock_with_passphrase(&passphrase()).unwrap();
        assert!(
            matches!(vault.freshness(), Some(Freshness::Unchecked(why)) if why.contains("not answered yet"))
        );
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
        signal("CONT", &daemon);
        // It answers late, and is heard.
        let heard = (0..50).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            vault.freshness() == Some(Freshness::Newest)
        });
        assert!(heard, "{:?}", vault.freshness());
    });
}

#[test]
fn without_a_keyring_nothing_is_asked_and_that_is_said() {
    let (_world, vault) = World::new();
    assert_eq!(vault.freshness(), Some(Freshness::NotKept));
    vault.accept_older_copy().unwrap();
    vault.lock().unwrap();
    assert_eq!(vault.freshness(), None);
    assert_eq!(opened_by(&vault), None::<Slot>);
}

/// What any program of this session can read.
fn remembered(dir: &Path) -> Option<u64> {
    let file = rusqlite::Connection::open(dir.join("vault.db")).unwrap();
    let id: [u8; 16] = file.query_row("SELECT id FROM vault", [], |row| row.get(0)).unwrap();
    let store = zbus_secret_service_keyring_store::Store::new().unwrap();
    let entry = store.build("latchkey", &format!("{}:generation", hex::encode(id)), None).unwrap();
    entry.get_secret().ok().map(|text| String::from_utf8(text).unwrap().parse().unwrap())
}
