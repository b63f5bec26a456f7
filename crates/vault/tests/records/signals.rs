use authenticator::{Credential, platform::Store};
use vault::{Actor, Happened, Restore, Signal, SignalEffect, Standing};

use crate::world::{World, copyable, passkey};

#[test]
fn a_credential_that_its_site_does_not_know_is_hidden_until_the_site_knows_it() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    assert_eq!(effects(&world, &unknown("other.example", 1)), [], "another site's word");
    assert_eq!(effects(&world, &unknown("shop.example", 1)), [(1, SignalEffect::Hidden)]);
    assert_eq!(effects(&world, &unknown("shop.example", 1)), [], "it is hidden already");
    assert!(world.bound().all().unwrap().is_empty());
    assert_eq!(effects(&world, &accepted("erika", &[1])), [(1, SignalEffect::Shown)]);
    assert_eq!(world.bound().all().unwrap().len(), 1);
    let site = Actor::Site("shop.example".into());
    assert_eq!(world.history(&[1; 32])[1..], [(Happened::Hidden, site.clone()), (Happened::Shown, site)]);
}

#[test]
fn the_latest_list_of_accepted_credentials_wins_and_destroys_nothing() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    world.synced().add(&copyable(2, "erika"), &[]).unwrap();
    world.bound().add(&passkey(3, "otto"), &[]).unwrap();
    let elsewhere = ctap::entity::RelyingParty { id: "other.example".into(), name: None };
    world.synced().add(&Credential { rp: elsewhere, ..copyable(4, "erika") }, &[]).unwrap();
    assert_eq!(
        effects(&world, &accepted("erika", &[2])),
        [(1, SignalEffect::Hidden)],
        "every key is reached"
    );
    assert_eq!(
        effects(&world, &accepted("erika", &[1])),
        [(2, SignalEffect::Hidden), (1, SignalEffect::Shown)]
    );
    assert_eq!(effects(&world, &accepted("erika", &[])), [(1, SignalEffect::Hidden)]);
    let hidden = |of: &&vault::Passkey| of.standing == Standing::Hidden;
    assert_eq!(world.vault.passkeys().unwrap().iter().filter(hidden).count(), 2);
    assert_eq!(world.vault.passkeys().unwrap().len(), 4);
}

/// A registration that failed at the site has replaced the passkey that works.
#[test]
fn the_passkey_that_a_failed_registration_replaced_comes_back() {
    for signal in [unknown("shop.example", 2), accepted("erika", &[1])] {
        let world = World::new();
        world.bound().add(&passkey(1, "erika"), &[]).unwrap();
        world.bound().add(&passkey(2, "erika"), &[vec![1; 32]]).unwrap();
        assert_eq!(effects(&world, &signal), [(2, SignalEffect::Hidden), (1, SignalEffect::Shown)]);
        assert!(world.bound().all().unwrap() == [passkey(1, "erika")]);
    }
}

#[test]
fn a_site_cannot_take_out_of_the_trash_what_its_owner_put_there() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    world.vault.delete_passkey(&[1; 32]).unwrap();
    assert_eq!(effects(&world, &accepted("erika", &[1])), []);
    assert_eq!(effects(&world, &named("erika", "new", "new")), []);
    world.vault.restore_passkey(&[1; 32], Restore::IfFree).unwrap();
}

#[test]
fn an_account_is_called_what_its_site_calls_it() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    world.bound().add(&passkey(2, "otto"), &[]).unwrap();
    let before = world.bound().revision().unwrap();
    assert_eq!(effects(&world, &named("erika", "erika.m", "Erika M.")), [(1, SignalEffect::Renamed)]);
    let user = world.bound().get(&[1; 32]).unwrap().unwrap().user;
    assert_eq!((user.name.as_deref(), user.display_name.as_deref()), (Some("erika.m"), Some("Erika M.")));
    assert_ne!(world.bound().revision().unwrap(), before);
    assert_eq!(effects(&world, &named("erika", "erika.m", "Erika M.")), []);
    assert!(world.vault.apply(&named("erika", &"x".repeat(257), "")).is_err());
}

fn unknown(rp_id: &str, number: u8) -> Signal {
    Signal::UnknownCredential { rp_id: rp_id.into(), credential_id: vec![number; 32] }
}

fn accepted(account: &str, numbers: &[u8]) -> Signal {
    Signal::AllAcceptedCredentials {
        rp_id: "shop.example".into(),
        user_id: account.into(),
        all_accepted_credential_ids: numbers.iter().map(|number| vec![*number; 32]).collect(),
    }
}

fn named(account: &str, name: &str, display_name: &str) -> Signal {
    Signal::CurrentUserDetails {
        rp_id: "shop.example".into(),
        user_id: account.into(),
        name: name.into(),
        display_name: display_name.into(),
    }
}

/// Which passkeys changed, by their numbers, and how.
fn effects(world: &World, signal: &Signal) -> Vec<(u8, SignalEffect)> {
    let changed = world.vault.apply(signal).unwrap();
    changed.iter().map(|of| (of.passkey.id[0], of.effect)).collect()
}
