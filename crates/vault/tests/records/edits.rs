use authenticator::platform::Store;
use vault::{Edit, Error, Standing};

use crate::world::{START, World, passkey};

#[test]
fn an_owner_changes_names_notes_and_tags() {
    let world = World::new();
    let store = world.bound();
    store.add(&passkey(1, "erika"), &[]).unwrap();
    let before = store.revision().unwrap();
    let edit = Edit {
        rp_name: Some("My shop".into()),
        user_display_name: Some("Erika M.".into()),
        notes: Some("for the office".into()),
        tags: Some(vec!["work".into(), " work ".into(), String::new(), "shop".into()]),
        ..Edit::default()
    };
    assert!(world.vault.edit_passkey(&[1; 32], &edit).unwrap());
    let shown = world.vault.passkey(&[1; 32]).unwrap().unwrap();
    assert_eq!(
        (shown.rp_name.as_deref(), shown.user_name.as_deref(), shown.user_display_name.as_deref()),
        (Some("My shop"), Some("erika"), Some("Erika M."))
    );
    assert_eq!(
        (shown.notes.as_deref(), shown.tags),
        (Some("for the office"), vec!["work".into(), "shop".into()])
    );
    assert_eq!(shown.modified_at, Some(START));
    assert_ne!(
        store.revision().unwrap(),
        before,
        "a program that lists the key's passkeys sees the new name"
    );

    let events = world.vault.history(&[1; 32]).unwrap().len();
    assert!(world.vault.edit_passkey(&[1; 32], &edit).unwrap());
    assert_eq!(world.vault.history(&[1; 32]).unwrap().len(), events, "nothing changed");
    world.vault.edit_passkey(&[1; 32], &Edit { rp_name: Some(String::new()), ..Edit::default() }).unwrap();
    assert_eq!(world.vault.passkey(&[1; 32]).unwrap().unwrap().rp_name, None);
    assert!(!world.vault.edit_passkey(b"none", &edit).unwrap());
}

#[test]
fn texts_that_are_too_long_are_refused() {
    let world = World::new();
    world.bound().add(&passkey(1, "erika"), &[]).unwrap();
    for edit in [
        Edit { user_name: Some("ä".repeat(257)), ..Edit::default() },
        Edit { notes: Some("x".repeat(4097)), ..Edit::default() },
        Edit { tags: Some(vec!["x".repeat(65)]), ..Edit::default() },
        Edit { tags: Some(vec!["x".into(); 33]), ..Edit::default() },
    ] {
        assert!(matches!(world.vault.edit_passkey(&[1; 32], &edit), Err(Error::Refused(_))));
    }
    let longest =
        Edit { user_name: Some("ä".repeat(256)), notes: Some("x".repeat(4096)), ..Edit::default() };
    assert!(world.vault.edit_passkey(&[1; 32], &longest).unwrap());
}

#[test]
fn a_hidden_passkey_is_silent_and_still_there() {
    let world = World::new();
    let store = world.bound();
    store.add(&passkey(1, "erika"), &[]).unwrap();
    assert!(world.vault.set_hidden(&[1; 32], true).unwrap());
    assert!(store.find("shop.example").unwrap().is_empty() && store.all().unwrap().is_empty());
    assert_eq!(store.get(&[1; 32]).unwrap(), None);
    assert_eq!(store.update(&[1; 32], &mut |_| {}).unwrap(), None);
    assert!(!store.remove(&[1; 32]).unwrap());
    assert_eq!(store.remaining(), Ok(1000));
    let shown = world.vault.passkeys().unwrap();
    assert_eq!((shown[0].standing, shown[0].hidden_at), (Standing::Hidden, Some(START)));
    // The site registers anew; the hidden one would stand beside it.
    store.add(&passkey(2, "erika"), &[]).unwrap();
    assert!(matches!(world.vault.set_hidden(&[1; 32], false), Err(Error::Occupied(_))));
    world.vault.delete_passkey(&[2; 32]).unwrap();
    assert!(matches!(world.vault.set_hidden(&[2; 32], true), Err(Error::Refused(_))));
    assert!(world.vault.set_hidden(&[1; 32], false).unwrap());
    assert!(store.all().unwrap() == [passkey(1, "erika")]);
}
