use authenticator::{platform::Store, testing::now};
use ctap::get_info::Response;

use super::*;
use crate::{
    PersistentToken, Verification,
    bench::{Bench, pin, right, user},
};

/// The profiles whose keys can be managed.
const MANAGED: [&str; 6] =
    ["device-bound", "synced", "yubikey-5.7-like", "fingerprint-key", "tiny", "post-quantum"];

fn list(bench: &mut Bench, info: &Response, proof: &Proof) -> Result<List, Error> {
    now(bench.session.credentials(info, proof, |_| {}))
}

/// Site and account of everything on the key, in the order of the list.
fn accounts(list: &List) -> Vec<(String, String)> {
    let of = |at: &AtSite| {
        let name = |credential: &StoredCredential| credential.user.name.clone().unwrap();
        let pair = |credential| (at.site.rp_id.clone(), name(credential));
        at.credentials.iter().map(pair).collect::<Vec<_>>()
    };
    list.sites.iter().flat_map(of).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(site, account)| ((*site).to_owned(), (*account).to_owned())).collect()
}

#[test]
fn in_every_profile_the_list_is_what_was_registered_until_all_is_deleted() {
    for profile in MANAGED {
        let mut bench = Bench::with_pin(profile);
        let info = bench.info();
        let empty = list(&mut bench, &info, &right()).unwrap();
        assert!(empty.sites.is_empty(), "{profile}");
        let room = empty.metadata.remaining;

        let ids = [bench.register("a.example", "ann"), bench.register("b.example", "bob")];
        let full = list(&mut bench, &info, &right()).unwrap();
        let expected = pairs(&[("a.example", "ann"), ("b.example", "bob")]);
        assert_eq!(accounts(&full), expected, "{profile}");
        assert_eq!(full.metadata, Metadata { existing: 2, remaining: room - 2 }, "{profile}");
        assert_eq!(full.unreadable, 0);
        for (at, id) in full.sites.iter().zip(&ids) {
            assert!(at.site.is_whole());
            assert_eq!(at.credentials[0].id, *id);
            assert!(at.credentials[0].public_key.is_some());
        }
        for id in &ids {
            now(bench.session.delete_credential(&info, &right(), id)).unwrap();
        }
        let gone = now(bench.session.delete_credential(&info, &right(), &ids[0]));
        assert_eq!(gone, Err(Error::Status(Status::NO_CREDENTIALS)), "{profile}");
        let empty = list(&mut bench, &info, &right()).unwrap();
        assert_eq!(empty.metadata, Metadata { existing: 0, remaining: room }, "{profile}");
        assert_eq!(now(bench.session.sites(&info, &right())), Ok((vec![], 0)));
    }
}

#[test]
fn a_list_takes_one_message_for_each_thing_that_it_tells() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    for account in 0..4 {
        bench.register("a.example", &format!("ann{account}"));
        bench.register("b.example", &format!("bob{account}"));
    }
    bench.register("c.example", "cid");
    let info = bench.info();
    bench.take_heard();
    list(&mut bench, &info, &right()).unwrap();
    // Agreement, token, metadata; three sites; nine credentials.
    assert_eq!(bench.take_heard().len(), 2 + 1 + 3 + 9);
    list(&mut bench, &info, &Proof::BuiltIn).unwrap();
    assert_eq!(bench.take_heard().len(), 1 + 3 + 9, "the token is there");
}

#[test]
fn progress_tells_how_many_of_how_many() {
    let mut bench = Bench::with_pin("device-bound");
    for (site, account) in [("a.example", "ann"), ("b.example", "bob"), ("a.example", "abe")] {
        bench.register(site, account);
    }
    let info = bench.info();
    let mut told = Vec::new();
    let listing = bench.session.credentials(&info, &Proof::BuiltIn, |listed| {
        let name = listed.credential.user.name.clone().unwrap();
        told.push((listed.found, listed.of, listed.site.rp_id.clone(), name));
    });
    now(listing).unwrap();
    let expected = [(1, 3, "a.example", "abe"), (2, 3, "a.example", "ann"), (3, 3, "b.example", "bob")];
    let expected = expected.map(|(found, of, site, name)| (found, of, site.to_owned(), name.to_owned()));
    assert_eq!(told, expected);
}

#[test]
fn a_full_key_is_listed_to_its_last_credential() {
    let mut bench = Bench::with_pin("tiny");
    bench.register("a.example", "ann");
    bench.register("a.example", "abe");
    let info = bench.info();
    let full = list(&mut bench, &info, &right()).unwrap();
    assert_eq!(full.metadata, Metadata { existing: 2, remaining: 0 });
    assert_eq!(accounts(&full), pairs(&[("a.example", "abe"), ("a.example", "ann")]));
}

#[test]
fn names_change_and_what_the_key_keeps_is_read_back() {
    for profile in MANAGED {
        let mut bench = Bench::with_pin(profile);
        let id = bench.register("a.example", "ann");
        let info = bench.info();
        let hash = Sha256::digest("a.example").into();
        let mut wished = user("ann");
        wished.name = Some("Ann\u{e9}".to_owned());
        wished.display_name = None;
        let updated = now(bench.session.update_user(&info, &right(), &hash, &id, wished.clone())).unwrap();
        assert_eq!(updated, Updated { user: wished.clone(), truncated: false }, "{profile}");
        let full = list(&mut bench, &info, &right()).unwrap();
        assert_eq!(full.sites[0].credentials[0].user, wished, "{profile}");

        let stranger = User { id: vec![9], ..wished.clone() };
        let refused = now(bench.session.update_user(&info, &right(), &hash, &id, stranger));
        assert_eq!(refused, Err(Error::Status(Status::INVALID_PARAMETER)), "{profile}");
        let nobody = now(bench.session.update_user(&info, &right(), &hash, &[9; 32], wished));
        assert_eq!(nobody, Err(Error::Status(Status::NO_CREDENTIALS)), "{profile}");
    }
}

#[test]
fn bytes_are_counted_not_characters() {
    let mut names = user("ann");
    assert!(UserFields::of(&names).fit());
    names.name = Some("\u{e9}".repeat(32));
    let fields = UserFields::of(&names);
    assert_eq!(fields.name, ByteCount { used: 64, limit: 64 });
    assert!(fields.fit());
    names.display_name = Some("\u{e9}".repeat(33));
    assert!(!UserFields::of(&names).fit());
}

#[test]
fn a_kept_token_reads_without_asking_and_changes_nothing() {
    for profile in ["device-bound", "synced", "fingerprint-key", "tiny"] {
        let mut bench = Bench::with_pin(profile);
        let id = bench.register("a.example", "ann");
        let info = bench.info();
        let token = now(bench.session.persistent_token(&info, &right())).unwrap();
        let kept = PersistentToken::from_secret(Zeroizing::new(*token.secret()));
        bench.replug();
        bench.session.forget_tokens();
        bench.world().user.take_questions();
        bench.take_heard();
        let full = list(&mut bench, &info, &Proof::Kept(kept.clone())).unwrap();
        assert_eq!(accounts(&full), pairs(&[("a.example", "ann")]), "{profile}");
        assert_eq!(bench.take_heard().len(), 3, "{profile}");

        let deleted = now(bench.session.delete_credential(&info, &Proof::Kept(kept.clone()), &id));
        if Verification::of(&info) == Verification::Pin {
            assert!(matches!(deleted, Err(Error::PinNeeded { .. })), "{profile}");
        } else {
            assert_eq!(bench.world().user.take_questions().len(), 1, "{profile}: the person was asked");
        }
        now(bench.session.change_pin(&info, &pin(crate::bench::PIN), &pin("another"))).unwrap();
        let forgotten = list(&mut bench, &info, &Proof::Kept(kept)).err();
        assert_eq!(forgotten, Some(Error::TokenForgotten), "{profile}");
    }
}

#[test]
fn an_unchanged_list_is_known_by_one_message() {
    let mut bench = Bench::with_pin("device-bound");
    bench.register("a.example", "ann");
    let info = bench.info();
    let token = now(bench.session.persistent_token(&info, &right())).unwrap();
    let info = bench.info();
    let identifier = token.device_identifier(&info).unwrap();
    let state = token.cred_store_state(&info).unwrap();
    bench.replug();
    bench.take_heard();
    let info = bench.info();
    assert_eq!(token.device_identifier(&info), Some(identifier));
    assert_eq!(token.cred_store_state(&info), Some(state));
    assert_eq!(bench.take_heard().len(), 1);
    bench.register("b.example", "bob");
    let info = bench.info();
    assert_eq!(token.device_identifier(&info), Some(identifier));
    assert_ne!(token.cred_store_state(&info), Some(state));
    let other = PersistentToken::from_secret(Zeroizing::new([1; 32]));
    assert_ne!(other.device_identifier(&info), Some(identifier));
}

#[test]
fn keys_without_a_persistent_token_say_so() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    let info = bench.info();
    assert!(matches!(
        now(bench.session.persistent_token(&info, &right())).err(),
        Some(Error::Unsupported(_))
    ));
}

#[test]
fn a_key_that_states_the_preview_alone_is_spoken_to_by_its_number() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    let id = bench.register("a.example", "ann");
    let mut info = bench.info();
    info.options.retain(|(option, _)| option != "credMgmt");
    bench.take_heard();
    let full = list(&mut bench, &info, &right()).unwrap();
    assert_eq!(accounts(&full), pairs(&[("a.example", "ann")]));
    let numbers: Vec<u8> = bench.take_heard().iter().map(|message| message[0]).collect();
    assert_eq!(numbers, [0x06, 0x06, 0x41, 0x41, 0x41]);
    let hash = Sha256::digest("a.example").into();
    let updated = now(bench.session.update_user(&info, &right(), &hash, &id, user("ann")));
    assert!(matches!(updated, Err(Error::Unsupported(_))), "the preview does not know it");
    now(bench.session.delete_credential(&info, &right(), &id)).unwrap();
}

/// A key with less room for names than it was told.
#[test]
fn what_the_key_cut_is_told() {
    let mut bench = Bench::with_pin("device-bound");
    let id = bench.register("a.example", "ann");
    let info = bench.info();
    let hash = Sha256::digest("a.example").into();
    bench.after_each(|world, request| {
        let Ok(Request::CredentialManagement(request)) = Request::decode(request) else { return };
        if request.sub_command == sub::UPDATE_USER_INFORMATION {
            let id = request.params.unwrap().credential_id.unwrap().id;
            let cut = &mut |credential: &mut authenticator::Credential| {
                credential.user.name.as_mut().unwrap().truncate(8);
                credential.user.display_name = None;
            };
            world.store.update(&id, cut).unwrap();
        }
    });
    let wished = user("a name that is too long");
    let wished = User { id: user("ann").id, ..wished };
    let updated = now(bench.session.update_user(&info, &right(), &hash, &id, wished.clone())).unwrap();
    let kept = User { name: Some("a name t".to_owned()), display_name: None, ..wished };
    assert_eq!(updated, Updated { user: kept, truncated: true });
}
