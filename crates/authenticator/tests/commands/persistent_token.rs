use authenticator::{
    Profile, permission,
    platform::Store,
    testing::{World, world},
};
use ctap::{
    Request, Response, Status,
    cose::AnyKey,
    credential_management as cm,
    persistent_token::{Sealed, open},
    pin_protocol::Version,
};
use sha2::{Digest, Sha256};

use crate::platform_side::*;

const PCMR: u8 = permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;
const CM: u8 = permission::CREDENTIAL_MANAGEMENT;

fn owned(version: Version) -> (World, Token) {
    let mut world = world(1);
    set_pin(&mut world, version, b"1234").unwrap();
    let token = Token::by_pin(&mut world, version, "1234", PCMR, None).unwrap();
    (world, token)
}

fn told(world: &mut World, member: Sealed) -> Option<Vec<u8>> {
    match world.request(&Request::GetInfo).unwrap() {
        Response::GetInfo(info) if member == Sealed::Identifier => info.enc_identifier,
        Response::GetInfo(info) => info.enc_cred_store_state,
        other => panic!("{other:?}"),
    }
}

fn opened(world: &mut World, member: Sealed, token: &Token) -> [u8; 16] {
    open(member, &token.1, &told(world, member).unwrap()).unwrap()
}

fn of_rp(rp_id: &str) -> cm::Params {
    cm::Params { rp_id_hash: Some(Sha256::digest(rp_id).into()), ..Default::default() }
}

// proves: persistent-token, credential-management-read-only
#[test]
fn it_reads_but_changes_nothing_and_outlives_the_power() {
    for version in BOTH {
        let (mut world, token) = owned(version);
        let made = make(&mut world, &register("a", 1)).unwrap();
        world.key.power_cycle();
        let metadata = manage(&mut world, token.manage(0x01, None)).unwrap();
        assert_eq!(metadata.existing_resident_credentials_count, Some(1));
        assert_eq!(manage(&mut world, token.manage(0x02, None)).unwrap().total_rps, Some(1));
        let found = manage(&mut world, token.manage(0x04, Some(of_rp("a")))).unwrap();
        assert_eq!(found.public_key.as_ref().and_then(AnyKey::known), Some(&made.key));

        let id = ctap::entity::Descriptor { id: made.id.clone() };
        let params = cm::Params { credential_id: Some(id), user: Some(user(1)), ..Default::default() };
        for sub_command in [0x06, 0x07] {
            let changed = manage(&mut world, token.manage(sub_command, Some(params.clone())));
            assert_eq!(changed.err(), Some(Status::PIN_AUTH_INVALID), "{sub_command}");
        }
        let registered = make(&mut world, &token.register(register("b", 1)));
        assert_eq!(registered.err(), Some(Status::PIN_AUTH_INVALID));
        assert_eq!(world.store.all().unwrap().len(), 1);
    }
}

// proves: persistent-token
#[test]
fn it_is_the_same_until_the_pin_is_changed_or_the_key_reset() {
    let (mut world, first) = owned(Version::Two);
    let again = Token::by_pin(&mut world, Version::One, "1234", PCMR, None).unwrap();
    assert_eq!(again.1, first.1);
    let by_uv = Token::by_uv(&mut world, Version::Two, PCMR, None).unwrap();
    assert_eq!(by_uv.1, first.1);

    change_pin(&mut world, Version::Two, "1234", "5678").unwrap();
    let stale = manage(&mut world, first.manage(0x01, None));
    assert_eq!(stale.err(), Some(Status::PIN_AUTH_INVALID));
    let second = Token::by_pin(&mut world, Version::Two, "5678", PCMR, None).unwrap();
    assert_ne!(second.1, first.1);
    world.request(&Request::Reset).unwrap();
    let stale = manage(&mut world, second.manage(0x01, None));
    assert_eq!(stale.err(), Some(Status::PIN_AUTH_INVALID));
}

// proves: persistent-token, client-pin-permissions
#[test]
fn its_permission_stands_alone_and_leaves_the_token_in_use_alone() {
    let (mut world, _) = owned(Version::Two);
    let mixed = Token::by_pin(&mut world, Version::Two, "1234", PCMR | CM, None);
    assert_eq!(mixed.err(), Some(Status::UNAUTHORIZED_PERMISSION));
    let in_use = Token::by_pin(&mut world, Version::Two, "1234", CM, None).unwrap();
    Token::by_pin(&mut world, Version::Two, "1234", PCMR, None).unwrap();
    manage(&mut world, in_use.manage(0x01, None)).unwrap();

    let mut profile = Profile::device_bound();
    profile.features.persistent_read_only_token = false;
    let mut world = World::with_profile(1, profile);
    let refused = Token::by_uv(&mut world, Version::Two, PCMR, None);
    assert_eq!(refused.err(), Some(Status::UNAUTHORIZED_PERMISSION));
}

// proves: enc-identifier
#[test]
fn its_holder_knows_the_key_again_and_nobody_else_does() {
    let (mut world, token) = owned(Version::Two);
    let identifier = opened(&mut world, Sealed::Identifier, &token);
    let twice = [told(&mut world, Sealed::Identifier), told(&mut world, Sealed::Identifier)];
    assert_ne!(twice[0], twice[1], "each with a vector of its own");
    world.key.power_cycle();
    assert_eq!(opened(&mut world, Sealed::Identifier, &token), identifier);
    change_pin(&mut world, Version::Two, "1234", "5678").unwrap();
    assert_eq!(told(&mut world, Sealed::Identifier), None, "nobody could read it");
    let second = Token::by_pin(&mut world, Version::Two, "5678", PCMR, None).unwrap();
    assert_eq!(opened(&mut world, Sealed::Identifier, &second), identifier, "the same key");
    world.request(&Request::Reset).unwrap();
    assert_eq!(told(&mut world, Sealed::Identifier), None);
    let third = Token::by_uv(&mut world, Version::Two, PCMR, None).unwrap();
    assert_ne!(opened(&mut world, Sealed::Identifier, &third), identifier, "another key to its owner");
}

// proves: enc-cred-store-state
#[test]
fn its_holder_sees_that_the_credentials_changed_and_not_that_they_were_used() {
    let (mut world, token) = owned(Version::Two);
    let mut seen = vec![opened(&mut world, Sealed::CredStoreState, &token)];
    let mut look = |world: &mut World, changed: bool, what: &str| {
        let state = opened(world, Sealed::CredStoreState, &token);
        assert_eq!(!seen.contains(&state), changed, "{what}");
        seen.push(state);
    };
    let made = make(&mut world, &register("a", 1)).unwrap();
    look(&mut world, true, "added");
    assert(&mut world, &sign_in("a")).unwrap();
    look(&mut world, false, "used");
    let mut hidden = register("a", 2);
    hidden.options = options(Some(false), None, Some(true));
    make(&mut world, &hidden).unwrap();
    look(&mut world, false, "not discoverable");
    world.key.power_cycle();
    look(&mut world, false, "power");

    let manager = Token::by_pin(&mut world, Version::Two, "1234", CM, None).unwrap();
    let id = ctap::entity::Descriptor { id: made.id.clone() };
    let renamed = ctap::entity::User { name: Some("new".to_owned()), ..user(1) };
    let params = cm::Params { credential_id: Some(id), user: Some(renamed), ..Default::default() };
    manage(&mut world, manager.manage(0x07, Some(params.clone()))).unwrap();
    look(&mut world, true, "renamed");
    let params = cm::Params { user: None, ..params };
    manage(&mut world, manager.manage(0x06, Some(params))).unwrap();
    look(&mut world, true, "removed");
}
