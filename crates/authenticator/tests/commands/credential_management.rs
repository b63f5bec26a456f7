use authenticator::{
    Profile, permission,
    platform::Store,
    testing::{World, world},
};
use ctap::{
    Status,
    cose::AnyKey,
    credential_management::{Params, Request, Response},
    entity::{Descriptor, User},
    make_credential,
    pin_protocol::Version,
};
use sha2::{Digest, Sha256};

use crate::platform_side::*;

const CM: u8 = permission::CREDENTIAL_MANAGEMENT;

fn hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}

fn of_rp(rp_id: &str) -> Params {
    Params { rp_id_hash: Some(hash(rp_id)), ..Default::default() }
}

fn of_credential(made: &Registered) -> Params {
    Params { credential_id: Some(Descriptor { id: made.id.clone() }), ..Default::default() }
}

fn next(sub_command: u64) -> Request {
    Request {
        sub_command,
        params: None,
        raw_params: vec![],
        pin_uv_auth_protocol: None,
        pin_uv_auth_param: None,
    }
}

/// Two accounts at `a`, one at `b`, one at `c` that is not discoverable.
fn populated(version: Version) -> (World, Vec<Registered>, Token) {
    let mut world = world(1);
    let mut made: Vec<_> =
        [("a", 1), ("a", 2), ("b", 1)].map(|(rp, id)| make(&mut world, &register(rp, id)).unwrap()).into();
    let options = options(None, None, Some(true));
    made.push(make(&mut world, &make_credential::Request { options, ..register("c", 1) }).unwrap());
    set_pin(&mut world, version, b"1234").unwrap();
    let token = Token::by_pin(&mut world, version, "1234", CM, None).unwrap();
    world.user.take_questions();
    (world, made, token)
}

// proves: credential-management
#[test]
fn metadata_sites_and_accounts_are_told() {
    for version in BOTH {
        let (mut world, made, token) = populated(version);
        let metadata = manage(&mut world, token.manage(0x01, None)).unwrap();
        assert_eq!(metadata.existing_resident_credentials_count, Some(3));
        assert_eq!(metadata.max_possible_remaining_resident_credentials_count, Some(997));

        let first = manage(&mut world, token.manage(0x02, None)).unwrap();
        assert_eq!((first.total_rps, first.rp_id_hash), (Some(2), Some(hash("a"))));
        let second = manage(&mut world, next(0x03)).unwrap();
        assert_eq!((second.total_rps, second.rp.unwrap().id.as_str()), (None, "b"));
        assert_eq!(manage(&mut world, next(0x03)).err(), Some(Status::NOT_ALLOWED));

        let newest = manage(&mut world, token.manage(0x04, Some(of_rp("a")))).unwrap();
        assert_eq!(newest.total_credentials, Some(2));
        assert_eq!(newest.user, Some(user(2)));
        assert_eq!(newest.public_key.as_ref().and_then(AnyKey::known), Some(&made[1].key));
        let older = manage(&mut world, next(0x05)).unwrap();
        assert_eq!(older.credential_id.unwrap().id, made[0].id);
        assert_eq!((older.total_credentials, older.cred_protect), (None, Some(1)));
        assert_eq!(manage(&mut world, next(0x05)).err(), Some(Status::NOT_ALLOWED));
        assert_eq!(
            manage(&mut world, token.manage(0x04, Some(of_rp("c")))).err(),
            Some(Status::NO_CREDENTIALS)
        );
        assert_eq!(world.user.take_questions(), []);
    }
}

// proves: credential-management
#[test]
fn a_credential_is_deleted_once() {
    let (mut world, made, token) = populated(Version::Two);
    assert_eq!(
        manage(&mut world, token.manage(0x06, Some(of_credential(&made[0])))),
        Ok(Response::default())
    );
    assert_eq!(world.store.find("a").unwrap().len(), 1);
    for gone in [&made[0], &made[3]] {
        let again = manage(&mut world, token.manage(0x06, Some(of_credential(gone))));
        assert_eq!(again.err(), Some(Status::NO_CREDENTIALS), "deleted, or not discoverable");
    }
}

// proves: credential-management-update
#[test]
fn names_change_and_the_user_handle_does_not() {
    let (mut world, made, token) = populated(Version::Two);
    let params = |user: User| Some(Params { user: Some(user), ..of_credential(&made[0]) });
    let renamed = User { name: Some("new".to_owned()), display_name: None, ..user(1) };
    manage(&mut world, token.manage(0x07, params(renamed.clone()))).unwrap();
    assert_eq!(world.store.all().unwrap()[0].user, renamed);
    let other = manage(&mut world, token.manage(0x07, params(user(2))));
    assert_eq!(other.err(), Some(Status::INVALID_PARAMETER));
    let unknown = Params { credential_id: Some(Descriptor { id: vec![1] }), ..params(user(1)).unwrap() };
    let unknown = manage(&mut world, token.manage(0x07, Some(unknown)));
    assert_eq!(unknown.err(), Some(Status::NO_CREDENTIALS));
}

// proves: credential-management, client-pin-permissions
#[test]
fn a_token_for_one_site_reaches_only_there() {
    let (mut world, made, _) = populated(Version::Two);
    let token = Token::by_pin(&mut world, Version::Two, "1234", CM, Some("a")).unwrap();
    let mut status = |sub_command, params| manage(&mut world, token.manage(sub_command, params)).err();
    assert_eq!(status(0x01, None), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(status(0x02, None), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(status(0x04, Some(of_rp("b"))), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(status(0x06, Some(of_credential(&made[2]))), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(status(0x04, Some(of_rp("a"))), None);
    assert_eq!(status(0x06, Some(of_credential(&made[0]))), None);
}

// proves: credential-management, credential-management-update
#[test]
fn proofs_and_parameters_are_checked() {
    let (mut world, made, token) = populated(Version::One);
    let good = || token.manage(0x06, Some(of_credential(&made[0])));
    for (request, status) in [
        (Request { pin_uv_auth_param: None, ..good() }, Status::PUAT_REQUIRED),
        (Request { pin_uv_auth_protocol: None, ..good() }, Status::MISSING_PARAMETER),
        (Request { pin_uv_auth_protocol: Some(3), ..good() }, Status::INVALID_PARAMETER),
        (Request { pin_uv_auth_protocol: Some(2), ..good() }, Status::PIN_AUTH_INVALID),
        (Request { pin_uv_auth_param: Some(vec![0; 16]), ..good() }, Status::PIN_AUTH_INVALID),
        (Request { params: Some(of_credential(&made[1])), ..good() }, Status::PIN_AUTH_INVALID),
        (token.manage(0x06, None), Status::MISSING_PARAMETER),
        (token.manage(0x06, Some(Params::default())), Status::MISSING_PARAMETER),
        (token.manage(0x04, Some(Params::default())), Status::MISSING_PARAMETER),
        (token.manage(0x07, Some(of_credential(&made[0]))), Status::MISSING_PARAMETER),
        (token.manage(0x08, None), Status::INVALID_SUBCOMMAND),
        (next(0x03), Status::NOT_ALLOWED),
        (next(0x05), Status::NOT_ALLOWED),
    ] {
        assert_eq!(manage(&mut world, request.clone()).err(), Some(status), "{request:?}");
    }
    let token = Token::default(&mut world, Version::One, "1234").unwrap();
    let refused = manage(&mut world, token.manage(0x01, None));
    assert_eq!(refused.err(), Some(Status::PIN_AUTH_INVALID), "no cm permission");
    assert_eq!(world.store.all().unwrap().len(), 4);
}

// proves: credential-management
#[test]
fn an_empty_key_has_no_sites_and_another_command_ends_an_enumeration() {
    let mut world = world(1);
    let token = Token::by_uv(&mut world, Version::Two, CM, None).unwrap();
    assert_eq!(manage(&mut world, token.manage(0x02, None)).err(), Some(Status::NO_CREDENTIALS));
    let (mut world, _, token) = populated(Version::Two);
    manage(&mut world, token.manage(0x02, None)).unwrap();
    world.request(&ctap::Request::GetInfo).unwrap();
    assert_eq!(manage(&mut world, next(0x03)).err(), Some(Status::NOT_ALLOWED));
}

// proves: credential-management
#[test]
fn members_of_extensions_are_told_of_where_the_key_has_them() {
    let (mut world, made, token) = populated(Version::Two);
    let keep = |credential: &mut authenticator::Credential| {
        credential.large_blob_key = Some([7; 32].into());
        credential.third_party_payment = true;
    };
    world.store.update(&made[2].id, &mut { keep }).unwrap();
    let told = manage(&mut world, token.manage(0x04, Some(of_rp("b")))).unwrap();
    assert_eq!((told.large_blob_key, told.third_party_payment), (Some([7; 32]), Some(true)));
    let told = manage(&mut world, token.manage(0x04, Some(of_rp("a")))).unwrap();
    assert_eq!((told.large_blob_key, told.third_party_payment), (None, Some(false)));

    let mut profile = Profile::device_bound();
    profile.extensions.retain(|extension| extension != "thirdPartyPayment");
    let mut world = World::with_profile(1, profile);
    make(&mut world, &register("a", 1)).unwrap();
    let token = Token::by_uv(&mut world, Version::Two, CM, None).unwrap();
    let told = manage(&mut world, token.manage(0x04, Some(of_rp("a")))).unwrap();
    assert_eq!(told.third_party_payment, None);
}

// proves: credential-management
#[test]
fn the_command_and_its_preview_are_answered_where_the_profile_has_them() {
    let metadata = [0xA1, 0x01, 0x01];
    let status = |profile: Profile, command: u8| {
        World::with_profile(1, profile).send(&[&[command], &metadata[..]].concat())[0]
    };
    let mut profile = Profile::device_bound();
    assert_eq!(status(profile.clone(), 0x0A), Status::PUAT_REQUIRED.0);
    profile.versions.retain(|version| version != "FIDO_2_1_PRE");
    assert_eq!(status(profile.clone(), 0x41), Status::INVALID_COMMAND.0);
    profile.versions.push("FIDO_2_1_PRE".to_owned());
    assert_eq!(status(profile.clone(), 0x41), Status::PUAT_REQUIRED.0);
    profile.features.credential_management = false;
    assert_eq!(status(profile.clone(), 0x0A), Status::INVALID_COMMAND.0);
    assert_eq!(status(profile, 0x41), Status::INVALID_COMMAND.0);
}
