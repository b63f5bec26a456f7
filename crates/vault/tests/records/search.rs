use authenticator::{Credential, Kind, platform::Store};
use ctap::entity::{RelyingParty, User};
use vault::{BackupReason, Edit, Error, Filter, Restore, Sort, Standing, Tally, Vault};

use crate::world::{START, World, passkey};

#[test]
fn every_word_is_somewhere_in_it_whatever_its_case_and_accents() {
    let world = filled();
    assert_eq!(found(&world, "git"), [1, 4]);
    assert_eq!(found(&world, "HUB"), [1]);
    assert_eq!(found(&world, "muller"), [2]);
    assert_eq!(found(&world, "  müller   café "), [2]);
    assert_eq!(found(&world, "strasse"), [3], "in a note");
    assert_eq!(found(&world, "work erika"), [1], "in a tag and in a name");
    assert!(found(&world, "erika nobody").is_empty());
    assert_eq!(found(&world, ""), [2, 3, 1, 4], "by site");
}

#[test]
fn what_is_found_is_filtered_sorted_and_cut_into_pages() {
    let world = filled();
    let kind = Filter { kind: Some(Kind::Synced), ..Filter::default() };
    assert_eq!(numbers(&world.vault, "", &kind, Sort::Site), [4]);
    let tag = Filter { tag: Some("WORK".into()), ..Filter::default() };
    assert_eq!(numbers(&world.vault, "", &tag, Sort::Site), [1]);
    assert_eq!(numbers(&world.vault, "", &Filter::default(), Sort::Created), [4, 3, 2, 1]);
    assert_eq!(numbers(&world.vault, "", &Filter::default(), Sort::Account), [1, 2, 3, 4]);
    for (number, at) in [(3, 50), (1, 90)] {
        let used = world.bound().update(&[number; 32], &mut |c| c.last_used_at = Some(START + at));
        used.unwrap().unwrap();
    }
    world.vault.flush().unwrap();
    assert_eq!(numbers(&world.vault, "", &Filter::default(), Sort::LastUsed), [1, 3, 4, 2]);
    let page = world.vault.search("", &Filter::default(), Sort::LastUsed, 1, 2).unwrap();
    assert_eq!((page.total, page.items[0].id[0], page.items[1].id[0]), (4, 3, 4));
    let beyond = world.vault.search("", &Filter::default(), Sort::Site, 9, 2).unwrap();
    assert_eq!((beyond.total, beyond.items), (4, vec![]));
}

/// Made, renamed, hidden, deleted, restored and destroyed, here and by another program.
#[test]
fn the_search_follows_every_change_whoever_makes_it() {
    let world = filled();
    let other = world.other();
    let both = |query: &str, expected: &[u8]| {
        assert_eq!(found(&world, query), expected, "{query} here");
        assert_eq!(numbers(&other, query, &Filter::default(), Sort::Site), expected, "{query} there");
    };
    both("shop", &[]);
    world.bound().add(&passkey(9, "otto"), &[]).unwrap();
    both("shop", &[9]);
    other.edit_passkey(&[9; 32], &Edit { notes: Some("Zürich".into()), ..Edit::default() }).unwrap();
    both("zurich", &[9]);
    other.delete_passkey(&[9; 32]).unwrap();
    both("zurich", &[]);
    let trash = Filter { standings: vec![Standing::Deleted], ..Filter::default() };
    assert_eq!(numbers(&world.vault, "zurich", &trash, Sort::Site), [9]);
    other.restore_passkey(&[9; 32], Restore::IfFree).unwrap();
    both("zurich", &[9]);
    other.set_hidden(&[9; 32], true).unwrap();
    both("zurich", &[9]);
    let offered = Filter { standings: vec![Standing::Offered], ..Filter::default() };
    assert!(numbers(&world.vault, "zurich", &offered, Sort::Site).is_empty());
    other.delete_passkey(&[9; 32]).unwrap();
    other.purge_passkey(&[9; 32]).unwrap();
    other.store(&authenticator::Profile::device_bound()).add(&passkey(10, "otto"), &[]).unwrap();
    assert!(numbers(&world.vault, "zurich", &trash, Sort::Site).is_empty());
    both("shop", &[10]);
}

#[test]
fn the_whole_is_counted_whatever_is_searched() {
    let world = filled();
    let tally = || world.vault.search("nobody", &Filter::default(), Sort::Site, 0, 9).unwrap().tally;
    assert_eq!(tally(), Tally { kept: 4, hidden: 0, not_backed_up: 1, put_aside: 0 }, "one may be copied");
    world.vault.set_hidden(&[4; 32], true).unwrap();
    world.vault.delete_passkey(&[1; 32]).unwrap();
    assert_eq!(tally(), Tally { kept: 3, hidden: 1, not_backed_up: 1, put_aside: 1 });
    world.vault.confirm_backup(&[vec![4; 32]], BackupReason::Backup).unwrap();
    assert_eq!(tally(), Tally { kept: 3, hidden: 1, not_backed_up: 0, put_aside: 1 });
}

#[test]
fn a_locked_vault_finds_nothing() {
    let world = filled();
    found(&world, "git");
    world.vault.lock().unwrap();
    let locked = world.vault.search("git", &Filter::default(), Sort::Site, 0, 9).unwrap_err();
    assert!(matches!(locked, Error::LockedByOwner));
    world.unlock();
    assert_eq!(found(&world, "git"), [1, 4]);
}

fn filled() -> World {
    let world = World::new();
    let at = |site: &str, name: &str, number: u8| Credential {
        rp: RelyingParty { id: site.into(), name: None },
        user: User { id: vec![number], name: Some(name.into()), display_name: None },
        created_at: START + u64::from(number),
        ..passkey(number, name)
    };
    for credential in [
        at("github.com", "erika", 1),
        at("bank.example", "Jörg Müller (Café)", 2),
        at("forum.example", "otto", 3),
    ] {
        world.bound().add(&credential, &[]).unwrap();
    }
    let synced = Credential { backup_eligible: true, ..at("gitlab.com", "ute", 4) };
    world.synced().add(&synced, &[]).unwrap();
    let edit = |number: u8, edit: &Edit| assert!(world.vault.edit_passkey(&[number; 32], edit).unwrap());
    edit(1, &Edit { tags: Some(vec!["Work".into()]), ..Edit::default() });
    edit(2, &Edit { tags: Some(vec!["homework".into()]), ..Edit::default() });
    edit(3, &Edit { notes: Some("Straße 12".into()), ..Edit::default() });
    world
}

fn found(world: &World, query: &str) -> Vec<u8> {
    numbers(&world.vault, query, &Filter::default(), Sort::Site)
}

fn numbers(vault: &Vault, query: &str, filter: &Filter, sort: Sort) -> Vec<u8> {
    let page = vault.search(query, filter, sort, 0, 100).unwrap();
    assert_eq!(page.total, page.items.len());
    page.items.iter().map(|passkey| passkey.id[0]).collect()
}
