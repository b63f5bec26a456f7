//! One vault from its making to its end.

use std::os::unix::fs::PermissionsExt;

use authenticator::{
    Credential, PrivateKey, Profile,
    platform::{Store, StoreError},
    testing::SeededRng,
};
use ctap::extension::LargeBlob;
use vault::{Error, Keyring, Slot, State, Vault};

use crate::world::{World, contents, credential, device_bound, kinds, opened_by, passphrase, unlocked};

#[test]
fn what_was_stored_is_there_after_reopening() {
    let (world, vault) = World::new();
    assert_eq!((opened_by(&vault), kinds(&vault)), (Some(Slot::Passphrase), vec![Slot::Passphrase]));
    for number in [1, 2] {
        device_bound(&vault).add(&credential(number), &[]).unwrap();
    }
    drop(vault);

    let closed = Vault::open(&world.dir()).unwrap();
    assert!(!closed.is_open());
    assert!(matches!(closed.passkeys(), Err(Error::Locked)));
    assert_eq!(device_bound(&closed).find("shop.example").unwrap_err(), StoreError::Locked);
    assert!(matches!(closed.unlock_with_keyring(), Err(Error::NoKeyringSlot)));
    assert!(matches!(
        closed.unlock_with_passphrase(&"not the passphrase".into()),
        Err(Error::WrongPassphrase)
    ));
    closed.unlock_with_passphrase(&passphrase()).unwrap();

    let store = device_bound(&closed);
    assert!(store.find("shop.example").unwrap() == [credential(2), credential(1)], "newest first");
    assert!(store.all().unwrap() == [credential(1), credential(2)], "oldest first");
    assert!(store.find("other.example").unwrap().is_empty());
}

#[test]
fn files_are_private_and_nothing_in_them_is_readable() {
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(world.dir()), 0o700);
    let files = contents(&world.dir());
    assert_eq!(files.len(), 3, "the file, its log and the log's index");
    let made = credential(1);
    let seeds = made.cred_random.clone().unwrap();
    let key = made.key.to_bytes();
    let ctap::cose::PublicKey::P256 { x, .. } = made.key.public_key() else { panic!("another kind of key") };
    let readable: [&[u8]; 12] = [
        b"shop.example",
        b"The Example Shop",
        b"erika",
        b"Mustermann",
        b"rpId",
        b"credentialId",
        &made.id,
        &made.user.id,
        &key[..],
        &seeds.with_uv,
        &x,
        &Profile::device_bound().aaguid,
    ];
    for (path, bytes) in files {
        assert_eq!(mode(path.clone()), 0o600, "{}", path.display());
        for needle in readable {
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "{} holds {}", path.display(), String::from_utf8_lossy(needle));
        }
    }
}

#[test]
fn an_existing_vault_is_never_replaced() {
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    assert!(matches!(Vault::create(&world.dir(), &passphrase(), Keyring::Skip), Err(Error::Exists(_))));
    assert_eq!(vault.passkeys().unwrap().len(), 1);
    assert_eq!(contents(&world.dir()).len(), 3, "no leftovers");
}

#[test]
fn a_passphrase_can_be_changed_and_has_a_rule() {
    let (world, vault) = World::new();
    assert!(matches!(
        vault.change_passphrase(&"1234567".into()),
        Err(Error::PassphraseTooShort { minimum: 8, found: 7 })
    ));
    // Composed here, decomposed below: one passphrase.
    vault.change_passphrase(&"caf\u{e9} au lait".into()).unwrap();
    assert!(vault.verify_passphrase(&"cafe\u{301} au lait".into()).unwrap());
    assert!(!vault.verify_passphrase(&passphrase()).unwrap());
    let reopened = Vault::open(&world.dir()).unwrap();
    assert!(matches!(reopened.unlock_with_passphrase(&passphrase()), Err(Error::WrongPassphrase)));
    reopened.unlock_with_passphrase(&"cafe\u{301} au lait".into()).unwrap();
    assert!(matches!(
        Vault::open(&world.dir()).unwrap().change_passphrase(&passphrase()),
        Err(Error::Locked)
    ));
}

#[test]
fn locking_holds_for_everybody_until_the_passphrase() {
    let (world, here) = World::new();
    let there = unlocked(&world.dir());
    let before = there.revision().unwrap();
    here.lock().unwrap();
    assert_ne!(there.revision().unwrap(), before, "the others can see it");
    assert_eq!(device_bound(&there).add(&credential(1), &[]), Err(StoreError::Locked));
    assert!(!there.is_open() && !here.is_open());
    assert!(matches!(there.unlock_with_keyring(), Err(Error::LockedByOwner)));
    assert_eq!(Vault::state(&world.dir()), State::LockedByOwner);
    there.unlock_with_passphrase(&passphrase()).unwrap();
    assert_eq!(Vault::state(&world.dir()), State::Locked);
    device_bound(&there).add(&credential(1), &[]).unwrap();
    assert!(!here.is_open(), "its key is gone; it must be unlocked itself");
}

#[test]
fn one_key_sees_and_resets_only_its_own() {
    let (_world, vault) = World::new();
    let (bound, synced) = (device_bound(&vault), vault.store(&Profile::synced()));
    bound.add(&credential(1), &[]).unwrap();
    let copyable = Credential { backup_eligible: true, sign_count: 0, ..credential(2) };
    synced.add(&copyable, &[]).unwrap();
    for store in [&bound, &synced] {
        store.update_state(&mut |state| state.pin_retries = 3).unwrap();
    }
    assert_eq!(bound.find("shop.example").unwrap().len(), 1);
    assert_eq!(bound.update(&copyable.id, &mut |_| {}).unwrap(), None);
    assert!(!bound.remove(&copyable.id).unwrap());
    bound.reset().unwrap();
    assert!(bound.all().unwrap().is_empty());
    assert_eq!(bound.state().unwrap().pin_retries, 8);
    assert_eq!((synced.all().unwrap().len(), synced.state().unwrap().pin_retries), (1, 3));
    assert_eq!(vault.passkeys().unwrap().len(), 1);
}

#[test]
fn a_full_key_says_so_and_replacing_makes_room() {
    let (_world, vault) = World::new();
    let store = vault.store(&room_for_one());
    store.add(&credential(1), &[]).unwrap();
    assert_eq!(store.remaining(), Ok(0));
    assert_eq!(store.add(&credential(2), &[]), Err(StoreError::Full));
    assert!(matches!(store.add(&credential(1), &[]), Err(StoreError::Failed(_))), "the id is taken");
    store.add(&credential(2), &[credential(1).id]).unwrap();
    let mut not_discoverable = credential(3);
    not_discoverable.discoverable = false;
    store.add(&not_discoverable, &[]).unwrap();
    assert_eq!(store.all().unwrap().len(), 2);
    store.remove(&credential(2).id).unwrap();
    assert_eq!(store.remaining(), Ok(1));
}

// proves: enc-cred-store-state
#[test]
fn a_key_sees_that_its_passkeys_changed_and_not_that_they_were_used() {
    let (_world, vault) = World::new();
    let (store, other) = (device_bound(&vault), vault.store(&Profile::synced()));
    let mut seen = vec![store.revision().unwrap()];
    let mut look = |changed: bool, what: &str| {
        let revision = store.revision().unwrap();
        assert_eq!(!seen.contains(&revision), changed, "{what}");
        seen.push(revision);
    };
    store.add(&credential(1), &[]).unwrap();
    look(true, "added");
    store.update(&credential(1).id, &mut |credential| credential.sign_count = 9).unwrap();
    store.update_state(&mut |state| state.pin_retries = 3).unwrap();
    let mut not_discoverable = credential(2);
    not_discoverable.discoverable = false;
    store.add(&not_discoverable, &[]).unwrap();
    let copyable = Credential { backup_eligible: true, sign_count: 0, ..credential(3) };
    other.add(&copyable, &[]).unwrap();
    look(false, "used, or another key's");
    store.update(&credential(1).id, &mut |credential| credential.user.name = Some("new".into())).unwrap();
    look(true, "renamed");
    assert!(vault.delete_passkey(&credential(1).id).unwrap());
    look(true, "deleted by its owner");
}

#[test]
fn a_refused_change_leaves_everything_as_it_was() {
    let (_world, vault) = World::new();
    let store = device_bound(&vault);
    store.add(&credential(1), &[]).unwrap();
    let before = vault.revision().unwrap();
    let id = credential(1).id;
    assert!(matches!(store.update(&id, &mut |c| c.backup_eligible = true), Err(StoreError::Failed(_))));
    assert!(matches!(store.update(&id, &mut |c| c.backup_state = true), Err(StoreError::Failed(_))));
    assert!(store.all().unwrap() == [credential(1)]);
    assert_eq!(vault.revision().unwrap(), before);
    let updated = store.update(&id, &mut |c| c.sign_count = 7).unwrap().unwrap();
    assert_eq!((updated.sign_count, vault.passkey(&id).unwrap().unwrap().sign_count), (7, 7));
    assert!(vault.revision().unwrap() > before);
    assert!(vault.delete_passkey(&id).unwrap());
    assert!(!vault.delete_passkey(&id).unwrap());
}

fn room_for_one() -> Profile {
    let mut profile = Profile::device_bound();
    profile.limits.discoverable_credentials = 1;
    profile
}

// proves: alg-es256, alg-eddsa, alg-es384, alg-es512, alg-es256k, alg-rs256, alg-ml-dsa-44, alg-ml-dsa-65, alg-ml-dsa-87
#[test]
fn a_key_of_every_algorithm_comes_back_with_all_that_may_lie_beside_it() {
    let algorithms = [-7, -8, -35, -36, -47, -257, -48, -49, -50];
    let (world, vault) = World::new();
    let made = algorithms.map(|algorithm| Credential {
        id: algorithm.to_string().into_bytes(),
        key: PrivateKey::generate(algorithm, &SeededRng::new(1)).unwrap(),
        cred_blob: Some(vec![7; 128]),
        large_blob_key: Some([6; 32].into()),
        large_blob: Some(LargeBlob { compressed: vec![5; 4096], original_size: 90_000 }),
        third_party_payment: true,
        ..credential(1)
    });
    let store = device_bound(&vault);
    for credential in &made {
        store.add(credential, &[]).unwrap();
    }
    drop((store, vault));
    let read = device_bound(&unlocked(&world.dir())).all().unwrap();
    assert!(read == made, "written, closed, opened and read");
    for (read, made) in read.iter().zip(&made) {
        assert_eq!(read.key.sign(b"message"), made.key.sign(b"message"));
    }
}
