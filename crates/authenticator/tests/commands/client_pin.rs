use std::time::Duration;

use authenticator::{
    Profile, permission,
    platform::{Answer, Store},
    profile::Verification,
    testing::{World, world},
};
use ctap::{
    Status,
    client_pin::{Request, sub_command as sub},
    pin_protocol::Version,
};

use crate::platform_side::*;

fn retries(world: &mut World) -> (u64, bool) {
    let request = Request { sub_command: sub::GET_PIN_RETRIES, ..Default::default() };
    let response = pin_request(world, request).unwrap();
    (response.pin_retries.unwrap(), response.power_cycle_state.unwrap())
}

fn uv_retries(world: &mut World) -> Result<u64, Status> {
    let request = Request { sub_command: sub::GET_UV_RETRIES, ..Default::default() };
    pin_request(world, request).map(|response| response.uv_retries.unwrap())
}

// proves: client-pin-protocol-one, client-pin-protocol-two, client-pin-set-change, client-pin-token
#[test]
fn a_pin_is_set_once_changed_and_used_with_both_protocols() {
    for version in BOTH {
        let mut world = world(1);
        let tries = Request { sub_command: sub::GET_PIN_RETRIES, ..Default::default() };
        assert_eq!(pin_request(&mut world, tries), Err(Status::PIN_NOT_SET));
        assert_eq!(Token::default(&mut world, version, "1234").err(), Some(Status::PIN_NOT_SET));
        assert_eq!(change_pin(&mut world, version, "1234", "5678"), Err(Status::PIN_NOT_SET));
        set_pin(&mut world, version, "pässwörd".as_bytes()).unwrap();
        assert_eq!(world.store.state().unwrap().pin.as_ref().unwrap().length, 8);
        assert_eq!(set_pin(&mut world, version, b"5678"), Err(Status::PIN_AUTH_INVALID));
        Token::default(&mut world, version, "pässwörd").unwrap();
        change_pin(&mut world, version, "pässwörd", "5678").unwrap();
        assert_eq!(Token::default(&mut world, version, "pässwörd").err(), Some(Status::PIN_INVALID));
        Token::default(&mut world, version, "5678").unwrap();
        assert_eq!(retries(&mut world), (8, false));
    }
}

// proves: client-pin-min-length
#[test]
fn pins_of_a_wrong_length_break_the_policy() {
    for version in BOTH {
        let mut world = world(1);
        let long = [b'x'; 64];
        for pin in [&b""[..], b"123", "äöü".as_bytes(), &[0xFF; 8], &long] {
            assert_eq!(set_pin(&mut world, version, pin), Err(Status::PIN_POLICY_VIOLATION), "{pin:?}");
        }
        set_pin(&mut world, version, &long[..63]).unwrap();
    }
}

// proves: client-pin-protocol-one, client-pin-protocol-two, client-pin-set-change
#[test]
fn new_pins_that_are_not_padded_or_not_proven_are_refused() {
    for version in BOTH {
        let mut world = world(1);
        let session = Session::open(&mut world, version);
        for (length, status) in [(48, Status::INVALID_PARAMETER), (80, Status::INVALID_PARAMETER)] {
            let new_pin_enc = session.shared.encrypt(&[0; 16], &vec![b'1'; length]).unwrap();
            let request = Request {
                pin_uv_auth_param: Some(session.shared.authenticate(&new_pin_enc)),
                new_pin_enc: Some(new_pin_enc),
                ..session.request(sub::SET_PIN)
            };
            assert_eq!(pin_request(&mut world, request).err(), Some(status));
        }
        let request = Request {
            pin_uv_auth_param: Some(vec![0; 32]),
            new_pin_enc: Some(session.new_pin_enc(b"1234")),
            ..session.request(sub::SET_PIN)
        };
        assert_eq!(pin_request(&mut world, request).err(), Some(Status::PIN_AUTH_INVALID));
        assert!(world.store.state().unwrap().pin.is_none());
    }
}

// proves: client-pin-retries
#[test]
fn wrong_pins_count_down_block_until_power_and_then_for_good() {
    for version in BOTH {
        let mut world = world(1);
        set_pin(&mut world, version, b"1234").unwrap();
        let wrong = |world: &mut World| Token::default(world, version, "0000").err().unwrap();
        assert_eq!(wrong(&mut world), Status::PIN_INVALID);
        assert_eq!(wrong(&mut world), Status::PIN_INVALID);
        assert_eq!(wrong(&mut world), Status::PIN_AUTH_BLOCKED);
        assert_eq!(retries(&mut world), (5, true));
        assert_eq!(Token::default(&mut world, version, "1234").err(), Some(Status::PIN_AUTH_BLOCKED));
        assert_eq!(retries(&mut world), (5, true), "a blocked try costs nothing");
        world.key.power_cycle();
        for status in [Status::PIN_INVALID, Status::PIN_INVALID, Status::PIN_AUTH_BLOCKED] {
            assert_eq!(wrong(&mut world), status);
        }
        world.key.power_cycle();
        assert_eq!(wrong(&mut world), Status::PIN_INVALID);
        assert_eq!(wrong(&mut world), Status::PIN_BLOCKED);
        world.key.power_cycle();
        assert_eq!(Token::default(&mut world, version, "1234").err(), Some(Status::PIN_BLOCKED));
        assert_eq!(change_pin(&mut world, version, "1234", "5678"), Err(Status::PIN_BLOCKED));
    }
}

// proves: client-pin-retries
#[test]
fn a_right_pin_forgets_the_wrong_ones() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    for _ in 0..4 {
        assert_eq!(change_pin(&mut world, Version::Two, "0000", "5678"), Err(Status::PIN_INVALID));
        assert_eq!(Token::default(&mut world, Version::Two, "0000").err(), Some(Status::PIN_INVALID));
        Token::default(&mut world, Version::Two, "1234").unwrap();
    }
    assert_eq!(retries(&mut world), (8, false));
}

// proves: client-pin-protocol-one, client-pin-protocol-two
#[test]
fn a_wrong_pin_regenerates_the_key_agreement_and_a_right_one_does_not() {
    let mut world = world(1);
    set_pin(&mut world, Version::One, b"1234").unwrap();
    let key = |world: &mut World| {
        let request = Request {
            sub_command: sub::GET_KEY_AGREEMENT,
            pin_uv_auth_protocol: Some(1),
            ..Default::default()
        };
        pin_request(world, request).unwrap().key_agreement
    };
    let before = key(&mut world);
    Token::default(&mut world, Version::One, "1234").unwrap();
    assert_eq!(key(&mut world), before);
    Token::default(&mut world, Version::One, "0000").unwrap_err();
    let after = key(&mut world);
    assert_ne!(after, before);
    world.key.power_cycle();
    assert_ne!(key(&mut world), after);
}

// proves: client-pin-token
#[test]
fn changing_the_pin_ends_tokens_and_so_does_a_new_token_and_a_power_cycle() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    let events: [fn(&mut World); 3] = [
        |world| change_pin(world, Version::Two, "1234", "1234").unwrap(),
        |world| assert!(Token::default(world, Version::One, "1234").is_ok()),
        |world| world.key.power_cycle(),
    ];
    for event in events {
        let token = Token::default(&mut world, Version::Two, "1234").unwrap();
        event(&mut world);
        let refused = make(&mut world, &token.register(register("a", 1)));
        assert_eq!(refused.err(), Some(Status::PIN_AUTH_INVALID));
    }
}

// proves: client-pin-token
#[test]
fn a_used_token_works_for_ten_minutes() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    make(&mut world, &register("a", 1)).unwrap();
    let token = Token::default(&mut world, Version::Two, "1234").unwrap();
    let silent = || {
        let request =
            ctap::get_assertion::Request { options: options(None, Some(false), None), ..sign_in("a") };
        token.sign_in(request)
    };
    for _ in 0..20 {
        assert(&mut world, &silent()).unwrap();
        world.clock.advance(Duration::from_secs(30));
    }
    assert(&mut world, &silent()).unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(assert(&mut world, &silent()).err(), Some(Status::PIN_AUTH_INVALID));
}

// proves: client-pin-uv-token, client-pin-uv-retries
#[test]
fn built_in_verification_gives_a_token_or_says_why_not() {
    for version in BOTH {
        let mut world = world(1);
        let fetch = |world: &mut World| Token::by_uv(world, version, permission::MAKE_CREDENTIAL, None);
        for (answer, status) in [
            (Answer::Declined, Status::OPERATION_DENIED),
            (Answer::TimedOut, Status::USER_ACTION_TIMEOUT),
            (Answer::Cancelled, Status::KEEPALIVE_CANCEL),
        ] {
            world.user.will(answer);
            assert_eq!(fetch(&mut world).err(), Some(status));
            assert_eq!(uv_retries(&mut world), Ok(5));
        }
        for left in (0..5).rev() {
            world.user.will(Answer::NotVerified);
            let status = if left == 0 { Status::UV_BLOCKED } else { Status::UV_INVALID };
            assert_eq!(fetch(&mut world).err(), Some(status));
            assert_eq!(uv_retries(&mut world), Ok(left));
        }
        assert_eq!(fetch(&mut world).err(), Some(Status::UV_BLOCKED));
        set_pin(&mut world, version, b"1234").unwrap();
        assert_eq!(uv_retries(&mut world), Ok(5));
        fetch(&mut world).unwrap();
    }
}

// proves: client-pin-uv-token, client-pin-uv-retries
#[test]
fn a_key_without_built_in_verification_knows_neither_of_its_subcommands() {
    let profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let mut world = World::with_profile(1, profile);
    assert_eq!(uv_retries(&mut world), Err(Status::INVALID_SUBCOMMAND));
    let token = Token::by_uv(&mut world, Version::Two, permission::MAKE_CREDENTIAL, None);
    assert_eq!(token.err(), Some(Status::INVALID_SUBCOMMAND));
}

// proves: client-pin-permissions, client-pin-uv-token
#[test]
fn permissions_are_checked_and_unknown_ones_ignored() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    for (permissions, status) in [
        (0, Some(Status::INVALID_PARAMETER)),
        (permission::BIO_ENROLLMENT, Some(Status::UNAUTHORIZED_PERMISSION)),
        (permission::LARGE_BLOB_WRITE, None),
        (permission::AUTHENTICATOR_CONFIGURATION, None),
        (0x40, None),
        (0x41, Some(Status::UNAUTHORIZED_PERMISSION)),
        (0x80 | permission::CREDENTIAL_MANAGEMENT, None),
    ] {
        let by_pin = Token::by_pin(&mut world, Version::Two, "1234", permissions, None);
        assert_eq!(by_pin.err(), status, "{permissions:#x}");
        let by_uv = Token::by_uv(&mut world, Version::Two, permissions, None);
        assert_eq!(by_uv.err(), status, "{permissions:#x}");
    }
}

// proves: client-pin-set-change, client-pin-token, client-pin-permissions, status-bytes
#[test]
fn missing_and_misplaced_members_have_their_statuses() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    let session = Session::open(&mut world, Version::Two);
    let full = |sub_command| Request {
        pin_uv_auth_param: Some(vec![0; 32]),
        new_pin_enc: Some(vec![0; 80]),
        pin_hash_enc: Some(vec![0; 32]),
        ..session.request(sub_command)
    };
    let missing = Status::MISSING_PARAMETER;
    let invalid = Status::INVALID_PARAMETER;
    let using_pin = sub::GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS;
    let using_uv = sub::GET_PIN_UV_AUTH_TOKEN_USING_UV_WITH_PERMISSIONS;
    for (request, status) in [
        (Request { pin_uv_auth_protocol: None, ..full(sub::GET_KEY_AGREEMENT) }, missing),
        (Request { pin_uv_auth_protocol: Some(3), ..full(sub::GET_KEY_AGREEMENT) }, invalid),
        (Request { key_agreement: None, ..full(sub::SET_PIN) }, missing),
        (Request { new_pin_enc: None, ..full(sub::SET_PIN) }, missing),
        (Request { pin_uv_auth_param: None, ..full(sub::SET_PIN) }, missing),
        (Request { pin_hash_enc: None, ..full(sub::CHANGE_PIN) }, missing),
        (full(sub::CHANGE_PIN), Status::PIN_AUTH_INVALID),
        (Request { pin_hash_enc: None, ..full(sub::GET_PIN_TOKEN) }, missing),
        (Request { permissions: Some(1), ..full(sub::GET_PIN_TOKEN) }, invalid),
        (Request { rp_id: Some("a".to_owned()), ..full(sub::GET_PIN_TOKEN) }, invalid),
        (full(using_pin), missing),
        (full(using_uv), missing),
        (full(0x08), Status::INVALID_SUBCOMMAND),
        (full(0xFF), Status::INVALID_SUBCOMMAND),
    ] {
        assert_eq!(pin_request(&mut world, request.clone()).err(), Some(status), "{request:?}");
    }
    assert_eq!(retries(&mut world), (8, false));
}

/// A key of CTAP 2.0 gives tokens by getPinToken alone, over protocol one.
// proves: client-pin-token, client-pin-permissions
#[test]
fn a_key_of_the_first_generation_knows_no_permissions() {
    let profile = Profile::shipped().find(|profile| profile.name == "ctap20-only").unwrap();
    let mut world = World::with_profile(1, profile.clone());
    set_pin(&mut world, Version::One, b"1234").unwrap();
    let token = Token::default(&mut world, Version::One, "1234").unwrap();
    make(&mut world, &token.register(register("a", 1))).unwrap();
    let session = Session::open(&mut world, Version::One);
    for sub_command in [0x06, 0x07, 0x09, 0x08, 0x0A] {
        let refused = pin_request(&mut world, session.request(sub_command));
        assert_eq!(refused.err(), Some(Status::INVALID_SUBCOMMAND), "{sub_command}");
    }
    let newer = Request { pin_uv_auth_protocol: Some(2), ..session.request(sub::GET_KEY_AGREEMENT) };
    assert_eq!(pin_request(&mut world, newer).err(), Some(Status::INVALID_PARAMETER));
}

// proves: client-pin-permissions
#[test]
fn a_pin_gives_no_ceremony_where_the_key_wants_built_in_verification_for_it() {
    let mut profile = Profile::device_bound();
    profile.features.no_mc_ga_permissions_with_client_pin = true;
    let mut world = World::with_profile(1, profile);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    for permissions in [permission::MAKE_CREDENTIAL, permission::GET_ASSERTION] {
        let by_pin = Token::by_pin(&mut world, Version::Two, "1234", permissions, Some("a"));
        assert_eq!(by_pin.err(), Some(Status::UNAUTHORIZED_PERMISSION));
        Token::by_uv(&mut world, Version::Two, permissions, Some("a")).unwrap();
    }
    let plain = Token::default(&mut world, Version::Two, "1234");
    assert_eq!(plain.err(), Some(Status::UNAUTHORIZED_PERMISSION));
    Token::by_pin(&mut world, Version::Two, "1234", permission::CREDENTIAL_MANAGEMENT, None).unwrap();
}

// proves: client-pin-permissions
#[test]
fn a_permission_is_given_only_where_the_key_has_the_feature() {
    let mut profile = Profile::device_bound();
    profile.features.credential_management = false;
    profile.features.large_blobs = false;
    profile.features.authenticator_config = false;
    let mut world = World::with_profile(1, profile);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    for permissions in [
        permission::CREDENTIAL_MANAGEMENT,
        permission::LARGE_BLOB_WRITE,
        permission::AUTHENTICATOR_CONFIGURATION,
    ] {
        let by_pin = Token::by_pin(&mut world, Version::Two, "1234", permissions, None);
        assert_eq!(by_pin.err(), Some(Status::UNAUTHORIZED_PERMISSION), "{permissions}");
    }
}

// proves: client-pin-set-change
#[test]
fn a_key_without_a_pin_of_its_own_answers_no_client_pin() {
    let mut profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    profile.features.client_pin = false;
    let agreement =
        Request { sub_command: sub::GET_KEY_AGREEMENT, pin_uv_auth_protocol: Some(2), ..Default::default() };
    let mut world = World::with_profile(1, profile.clone());
    pin_request(&mut world, agreement.clone()).expect("hmac-secret needs it");
    let retries = Request { sub_command: sub::GET_PIN_RETRIES, ..Default::default() };
    assert_eq!(pin_request(&mut world, retries).err(), Some(Status::INVALID_SUBCOMMAND));
    profile.extensions.clear();
    let mut world = World::with_profile(1, profile);
    assert_eq!(pin_request(&mut world, agreement).err(), Some(Status::INVALID_COMMAND));
}

// proves: client-pin-retries
#[test]
fn a_profile_may_give_fewer_tries() {
    let mut profile = Profile::device_bound();
    profile.pin.retries = 2;
    let mut world = World::with_profile(1, profile);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    assert_eq!(retries(&mut world), (2, false));
    let wrong = |world: &mut World| Token::default(world, Version::Two, "0000").err().unwrap();
    assert_eq!(wrong(&mut world), Status::PIN_INVALID);
    Token::default(&mut world, Version::Two, "1234").unwrap();
    assert_eq!(retries(&mut world), (2, false));
    assert_eq!([wrong(&mut world), wrong(&mut world)], [Status::PIN_INVALID, Status::PIN_BLOCKED]);
    world.key.power_cycle();
    assert_eq!(Token::default(&mut world, Version::Two, "1234").err(), Some(Status::PIN_BLOCKED));
}

// proves: client-pin-min-length
#[test]
fn lengths_count_code_points_and_the_profile_sets_both_ends() {
    let mut profile = Profile::device_bound();
    (profile.pin.min_length, profile.pin.max_length) = (6, 8);
    let mut world = World::with_profile(1, profile);
    for pin in ["12345", "ääööü", "123456789"] {
        assert_eq!(
            set_pin(&mut world, Version::Two, pin.as_bytes()),
            Err(Status::PIN_POLICY_VIOLATION),
            "{pin}"
        );
    }
    set_pin(&mut world, Version::Two, "ääööüü".as_bytes()).unwrap();
}
