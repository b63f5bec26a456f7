use authenticator::platform::Store;
use vault::{Actor, Error, Happened, Restore, Standing};

use crate::world::{DAY, START, World, copyable, of_key, passkey};

/// By its owner, by authenticatorCredentialManagement and by authenticatorReset.
#[test]
fn whoever_deletes_a_passkey_it_can_be_brought_back() {
    let world = World::new();
    let store = world.bound();
    for number in 1..=3 {
        store.add(&passkey(number, &number.to_string()), &[]).unwrap();
    }
    let before = store.revision().unwrap();
    assert!(world.vault.delete_passkey(&[1; 32]).unwrap());
    assert!(store.remove(&[2; 32]).unwrap());
    store.reset().unwrap();
    assert_ne!(store.revision().unwrap(), before);
    assert!(store.all().unwrap().is_empty() && store.find("shop.example").unwrap().is_empty());
    assert!(world.vault.passkeys().unwrap().is_empty());
    assert_eq!(store.remaining(), Ok(1000));

    let aside = world.vault.put_aside().unwrap();
    assert_eq!(aside.len(), 3);
    assert!(aside.iter().all(|of| of.standing == Standing::Deleted && of.deleted_at == Some(START)));
    for number in 1..=3 {
        assert!(world.vault.restore_passkey(&[number; 32], Restore::IfFree).unwrap());
        let restored = store.get(&[number; 32]).unwrap().unwrap();
        assert!(restored == passkey(number, &number.to_string()), "as it was");
    }
    assert_eq!(store.remaining(), Ok(997));
    assert!(world.vault.put_aside().unwrap().is_empty());
    let deleted_by = |number| world.history(&[number; 32])[1].clone();
    assert_eq!(deleted_by(1), (Happened::Deleted, Actor::Owner));
    assert_eq!(deleted_by(2), (Happened::Deleted, of_key("device-bound")));
    assert_eq!(deleted_by(3), (Happened::Deleted, of_key("device-bound")));
    assert!(!world.vault.restore_passkey(b"none", Restore::IfFree).unwrap());
}

#[test]
fn a_replaced_passkey_is_kept_and_trades_places_when_restored() {
    let world = World::new();
    let store = world.bound();
    store.add(&passkey(1, "erika"), &[]).unwrap();
    store.add(&passkey(2, "erika"), &[vec![1; 32]]).unwrap();
    assert!(store.all().unwrap() == [passkey(2, "erika")]);
    assert_eq!(store.remaining(), Ok(999));
    let [replaced] = world.vault.put_aside().unwrap().try_into().unwrap();
    assert_eq!((replaced.standing, &replaced.replaced_by), (Standing::Replaced, &Some(vec![2; 32])));

    let refused = world.vault.restore_passkey(&[1; 32], Restore::IfFree).unwrap_err();
    assert!(matches!(&refused, Error::Occupied(other) if *other == [2; 32]), "{refused}");
    assert!(refused.hint().contains("trade places"));
    world.vault.restore_passkey(&[1; 32], Restore::InPlace).unwrap();
    assert!(store.all().unwrap() == [passkey(1, "erika")]);
    assert_eq!(world.vault.put_aside().unwrap()[0].id, [2; 32]);
    world.live(100);
    world.vault.restore_passkey(&[2; 32], Restore::InPlace).unwrap();
    assert!(store.all().unwrap() == [passkey(2, "erika")], "what nobody deleted is not destroyed");
    assert_eq!(
        world.history(&[1; 32]).into_iter().map(|(what, _)| what).collect::<Vec<_>>(),
        [Happened::Created, Happened::Replaced, Happened::Restored, Happened::Replaced]
    );
}

/// The same account at another key is another matter.
#[test]
fn only_a_passkey_of_the_same_key_stands_in_the_way() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    world.vault.delete_passkey(&[1; 32]).unwrap();
    world.synced().add(&copyable(2, "erika"), &[]).unwrap();
    world.bound().add(&passkey(3, "otto"), &[]).unwrap();
    world.vault.restore_passkey(&[1; 32], Restore::IfFree).unwrap();
    assert_eq!(world.vault.passkeys().unwrap().len(), 3);
}

#[test]
fn a_passkey_is_destroyed_when_its_owner_says_so_and_its_history_stays() {
    let world = World::new();
    for number in 1..=3 {
        world.bound().add(&passkey(number, &number.to_string()), &[]).unwrap();
    }
    assert!(matches!(world.vault.purge_passkey(&[1; 32]), Err(Error::Refused(_))), "it is in use");
    for number in 1..=3 {
        world.vault.delete_passkey(&[number; 32]).unwrap();
    }
    assert!(world.vault.purge_passkey(&[1; 32]).unwrap());
    assert!(!world.vault.purge_passkey(&[1; 32]).unwrap());
    assert!(!world.vault.restore_passkey(&[1; 32], Restore::IfFree).unwrap());
    assert_eq!(world.vault.empty_trash().unwrap(), 2);
    assert!(world.vault.put_aside().unwrap().is_empty());
    assert_eq!(world.history(&[1; 32]).pop(), Some((Happened::Purged, Actor::Owner)));
}

#[test]
fn thirty_days_of_use_empty_the_trash() {
    let world = World::new();
    for number in 1..=2 {
        world.bound().add(&passkey(number, &number.to_string()), &[]).unwrap();
    }
    world.live(10);
    world.vault.delete_passkey(&[1; 32]).unwrap();
    world.live(5);
    world.vault.delete_passkey(&[2; 32]).unwrap();
    world.live(24);
    assert_eq!(world.vault.put_aside().unwrap().len(), 2, "29 days");
    world.live(2);
    assert_eq!(world.vault.put_aside().unwrap().len(), 1, "31 days");
    assert_eq!(world.history(&[1; 32]).pop(), Some((Happened::Purged, Actor::Vault)));
    // Somebody who comes every other week, and only to unlock it.
    for _ in 0..3 {
        world.clock.advance(14 * DAY);
        drop(world.other());
    }
    assert!(world.vault.put_aside().unwrap().is_empty());
}

/// A flat battery, a dual boot, a wrong date typed in: what was deleted yesterday is there tomorrow.
#[test]
fn a_clock_that_leaps_destroys_nothing() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    world.live(3);
    world.vault.delete_passkey(&[1; 32]).unwrap();
    let real = START + 3 * DAY;
    for leap in 0..20_u64 {
        world.clock.set(real + leap * 3600);
        world.use_vault();
        for wrong in [0, 946_684_800, real + 31 * DAY, real + 73 * 365 * DAY] {
            world.clock.set(wrong);
            world.use_vault();
            if leap == 0 {
                drop(world.other());
            }
            assert_eq!(world.vault.put_aside().unwrap().len(), 1, "leap {leap} to {wrong}");
        }
    }
    // Steps that are short enough to be believed are taken back when the clock is.
    for _ in 0..20 {
        world.clock.set(real + 10 * DAY);
        world.use_vault();
        world.clock.set(real);
        world.use_vault();
    }
    assert_eq!(world.vault.put_aside().unwrap().len(), 1);
    // The new time proves itself by going on.
    world.clock.set(real + 73 * 365 * DAY);
    world.live(29);
    assert_eq!(world.vault.put_aside().unwrap().len(), 1);
    world.live(3);
    assert!(world.vault.put_aside().unwrap().is_empty());
}

/// A key that counts for all of its passkeys forgets its counter in a reset.
#[test]
fn a_restored_passkey_goes_on_counting() {
    let world = World::new();
    let store = world.bound();
    store.add(&passkey(1, "erika"), &[]).unwrap();
    store.update(&[1; 32], &mut |credential| credential.sign_count = 41).unwrap();
    store.reset().unwrap();
    world.vault.restore_passkey(&[1; 32], Restore::IfFree).unwrap();
    assert!(store.state().unwrap().global_counter >= 41);
}
