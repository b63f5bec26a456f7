use authenticator::{Credential, platform::Store};
use vault::{Happened, Restore};

use crate::world::{START, World, of_key, passkey};

#[test]
fn a_locked_vault_goes_on_counting_without_a_jump() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    assert_eq!((sign(&world, 1), sign(&world, 2)), (1, 2));
    world.vault.lock().unwrap();
    world.unlock();
    assert_eq!(sign(&world, 3), 3);
    // Renamed, put into the trash and taken out of it meanwhile.
    let renamed = world.bound().update(&[1; 32], &mut |credential| credential.user.name = Some("e".into()));
    assert_eq!(renamed.unwrap().unwrap().sign_count, 3);
    world.vault.delete_passkey(&[1; 32]).unwrap();
    world.vault.restore_passkey(&[1; 32], Restore::IfFree).unwrap();
    assert_eq!(sign(&world, 4), 4);
}

#[test]
fn another_program_sees_what_was_signed_and_takes_over_above_it() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    sign(&world, 1);
    sign(&world, 2);
    let other = world.other();
    world.vault.flush().unwrap();
    let shown = other.passkey(&[1; 32]).unwrap().unwrap();
    assert_eq!((shown.sign_count, shown.last_used_at, shown.uses), (2, Some(START + 2), 2));
    let store = other.store(&authenticator::Profile::device_bound());
    let theirs = store.update(&[1; 32], &mut |credential| credential.sign_count += 1).unwrap().unwrap();
    assert!(theirs.sign_count > 2);
    assert!(sign(&world, 3) > theirs.sign_count);
}

#[test]
fn a_counter_never_falls() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    let set = |count| {
        let counted = world.bound().update(&[1; 32], &mut |credential| credential.sign_count = count);
        counted.unwrap().unwrap().sign_count
    };
    assert_eq!((set(500), set(3), set(900), set(7)), (500, 501, 900, 901));
}

#[test]
fn the_first_use_by_a_device_is_told_once() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    for at in 1..=3 {
        sign(&world, at);
        world.vault.flush().unwrap();
    }
    let key = of_key("device-bound");
    assert_eq!(world.history(&[1; 32]), [(Happened::Created, key.clone()), (Happened::FirstUsed, key)]);
    let shown = world.vault.passkey(&[1; 32]).unwrap().unwrap();
    assert_eq!(shown.last_used.values().collect::<Vec<_>>(), [&(START + 3)]);
}

fn sign(world: &World, at: u64) -> u32 {
    let mut sign = |credential: &mut Credential| {
        credential.sign_count += 1;
        credential.last_used_at = Some(START + at);
    };
    world.bound().update(&[1; 32], &mut sign).unwrap().unwrap().sign_count
}
