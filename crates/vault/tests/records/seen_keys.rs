//! The owner's security keys in the vault.

use vault::{Error, ListedPasskey, Listing, ReadOnlyToken};

use crate::world::World;

fn listing() -> Listing {
    Listing {
        listed_at: 30,
        state: Some(vec![9; 16]),
        remaining: Some(98),
        passkeys: vec![ListedPasskey {
            rp_id: "example.com".to_owned(),
            rp_id_hash: vec![1; 32],
            user_id: b"ada".to_vec(),
            user_name: Some("ada@example.com".to_owned()),
            credential_id: vec![2; 64],
            algorithm: Some(-7),
            cred_protect: Some(3),
            large_blob_key: true,
            ..ListedPasskey::default()
        }],
    }
}

#[test]
fn a_key_is_seen_again_and_keeps_what_is_known_of_it() {
    let world = World::new();
    world.vault.see_key("usb-1", "Blue", 10, |key| key.listing = Some(listing())).unwrap();
    world.vault.see_key("usb-2", "Red", 20, |_| {}).unwrap();
    // Another program of the same owner adds what it learnt; a clock that is behind takes nothing back.
    let other = world.other();
    other.see_key("usb-1", "Blue 5C", 40, |key| key.token = Some(ReadOnlyToken::new([7; 32]))).unwrap();
    world.vault.see_key("usb-1", "Blue 5C", 5, |_| {}).unwrap();

    let keys = world.vault.seen_keys().unwrap();
    let told: Vec<_> = keys.iter().map(|key| (&*key.id, &*key.name, key.last_seen_at)).collect();
    assert_eq!(told, [("usb-1", "Blue 5C", 40), ("usb-2", "Red", 20)]);
    let blue = world.vault.seen_key("usb-1").unwrap().unwrap();
    assert_eq!((blue.first_seen_at, blue.listing), (10, Some(listing())));
    assert_eq!(blue.token.unwrap().expose(), &[7; 32]);
}

#[test]
fn a_forgotten_key_leaves_nothing() {
    let world = World::new();
    world.vault.see_key("usb-1", "Blue", 10, |_| {}).unwrap();
    assert!(world.vault.forget_key("usb-1").unwrap());
    assert!(!world.vault.forget_key("usb-1").unwrap());
    assert!(world.vault.seen_keys().unwrap().is_empty());
    let report = world.vault.check(&mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn a_locked_vault_tells_nothing_of_keys() {
    let world = World::new();
    world.vault.see_key("usb-1", "Blue", 10, |_| {}).unwrap();
    world.vault.lock().unwrap();
    assert!(matches!(world.vault.seen_keys().err(), Some(Error::Locked | Error::LockedByOwner)));
}
