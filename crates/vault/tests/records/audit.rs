use authenticator::platform::Store;
use vault::{Actor, Edit, Happened, Restore};

use crate::world::{START, World, of_key, passkey};

#[test]
fn every_change_is_told_with_who_made_it() {
    let world = World::new();
    let (store, id) = (world.bound(), [1; 32]);
    store.add(&passkey(1, "erika"), &[]).unwrap();
    store.update(&id, &mut |credential| credential.user.name = Some("erika2".into())).unwrap();
    store.update(&id, &mut |credential| credential.cred_blob = Some(vec![1])).unwrap();
    world.clock.advance(60);
    world.vault.edit_passkey(&id, &Edit { notes: Some("a note".into()), ..Edit::default() }).unwrap();
    world.vault.set_hidden(&id, true).unwrap();
    world.vault.set_hidden(&id, false).unwrap();
    store.remove(&id).unwrap();
    world.vault.restore_passkey(&id, Restore::IfFree).unwrap();
    let key = of_key("device-bound");
    assert_eq!(
        world.history(&id),
        [
            (Happened::Created, key.clone()),
            (Happened::Renamed, key.clone()),
            (Happened::Edited, key.clone()),
            (Happened::Edited, Actor::Owner),
            (Happened::Hidden, Actor::Owner),
            (Happened::Shown, Actor::Owner),
            (Happened::Deleted, key),
            (Happened::Restored, Actor::Owner),
        ]
    );
    let history = world.vault.history(&id).unwrap();
    let [.., edited, _, renamed, created] = history.as_slice() else { panic!("{history:?}") };
    assert_eq!((created.at, edited.at), (START, START + 60));
    assert_eq!(renamed.detail.as_deref(), Some("account: \"erika\" → \"erika2\""));
    assert_eq!(created.rp_id, "shop.example");
}

#[test]
fn all_passkeys_have_one_log_in_pages() {
    let world = World::new();
    for number in 1..=9 {
        world.clock.advance(1);
        world.bound().add(&passkey(number, &number.to_string()), &[]).unwrap();
    }
    let newest = world.vault.audit(0, 4).unwrap();
    assert_eq!((newest.total, newest.events.len(), newest.events[0].at), (9, 4, START + 9));
    let oldest = world.vault.audit(8, 4).unwrap();
    assert_eq!(oldest.events.iter().map(|event| event.credential_id[0]).collect::<Vec<_>>(), [1]);
    assert_eq!(world.vault.history(&[5; 32]).unwrap(), world.vault.audit(4, 1).unwrap().events);
}

/// A site that renames an account every minute does not push out that its passkey was once deleted.
#[test]
fn a_long_history_is_summed_up_and_loses_nothing_that_matters() {
    let world = World::new();
    let id = [1; 32];
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    for times in 0..300 {
        world.clock.advance(60);
        let name = Some(format!("erika {times}"));
        world.vault.edit_passkey(&id, &Edit { user_name: name, ..Edit::default() }).unwrap();
        if times % 100 == 50 {
            world.vault.delete_passkey(&id).unwrap();
            world.vault.restore_passkey(&id, Restore::IfFree).unwrap();
        }
    }
    let history = world.history(&id);
    assert!(history.len() <= 64, "{}", history.len());
    let happened = |what| history.iter().filter(|(of, _)| *of == what).count();
    assert_eq!((happened(Happened::Deleted), happened(Happened::Restored)), (3, 3));
    assert_eq!(history[0].0, Happened::Created);
    let events = world.vault.history(&id).unwrap();
    let counts: u64 = events.iter().filter_map(|event| event.counts.get(&Happened::Renamed)).sum();
    assert_eq!(counts + happened(Happened::Renamed) as u64, 300, "the summary counts them");
    assert_eq!(happened(Happened::Summarised), 1);
    assert!(events.is_sorted_by(|newer, older| newer.at >= older.at), "the summary stands in its place");
    for _ in 0..200 {
        world.vault.delete_passkey(&id).unwrap();
        world.vault.restore_passkey(&id, Restore::IfFree).unwrap();
    }
    assert!(world.history(&id).len() <= 64, "also of what matters");
}
