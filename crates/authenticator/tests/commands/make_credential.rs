use std::time::Duration;

use authenticator::{
    Kind, Profile, permission,
    platform::{Answer, Question, Store},
    profile::Verification,
    testing::{World, world},
};
use ctap::{
    Status,
    attestation::Statement,
    auth_data::Flags,
    cose,
    extension::{CredProtect, MakeCredentialInputs, MakeCredentialOutputs},
    make_credential::Request,
    pin_protocol::Version,
};
use sha2::{Digest, Sha256};

use crate::platform_side::*;

// proves: make-credential, att-packed-self
#[test]
fn a_registration_asks_once_and_attests_itself() {
    let mut world = world(1);
    let made = make(&mut world, &register("example.com", 1)).unwrap();
    assert_eq!(
        world.user.take_questions(),
        [Question::Register {
            rp: register("example.com", 1).rp,
            user: user(1),
            kind: Kind::DeviceBound,
            verify: true
        }]
    );
    assert_eq!(made.auth_data.rp_id_hash, <[u8; 32]>::from(Sha256::digest("example.com")));
    assert_eq!(made.auth_data.flags.0, Flags::UP | Flags::UV | Flags::AT);
    assert_eq!(made.auth_data.sign_count, 0);
    assert_eq!(made.auth_data.attested.as_ref().unwrap().aaguid, Profile::device_bound().aaguid);
    match &made.response.attestation {
        Statement::Packed { algorithm: cose::ES256, signature, chain } if chain.is_empty() => {
            check_signature(&made.key, &made.response.auth_data, signature);
        }
        other => panic!("{other:?}"),
    }
    let stored = world.store.find("example.com").unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!((&stored[0].id, stored[0].discoverable), (&made.id, true));
}

// proves: alg-eddsa, att-packed-self
#[test]
fn ed25519_attests_itself_too() {
    let mut world = world(1);
    let made =
        make(&mut world, &Request { algorithms: vec![-257, cose::EDDSA], ..register("a", 1) }).unwrap();
    match &made.response.attestation {
        Statement::Packed { algorithm: cose::EDDSA, signature, .. } => {
            check_signature(&made.key, &made.response.auth_data, signature);
        }
        other => panic!("{other:?}"),
    }
}

// proves: flags-synced
#[test]
fn a_synced_key_says_backup_eligible() {
    let mut world = World::with_profile(1, Profile::synced());
    let made = make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(made.auth_data.flags.0, Flags::UP | Flags::UV | Flags::BE | Flags::AT);
    assert_ne!(Profile::synced().aaguid, Profile::device_bound().aaguid);
}

// proves: att-formats-preference, att-none
#[test]
fn the_platforms_order_decides_the_attestation_format() {
    let mut world = world(1);
    let formats = |list: &[&str]| list.iter().map(|&format| format.to_owned()).collect();
    for (preference, none) in [(&["none"][..], true), (&["tpm", "none", "packed"], true), (&["tpm"], false)] {
        let request = Request { attestation_formats_preference: formats(preference), ..register("a", 1) };
        let made = make(&mut world, &request).unwrap();
        assert_eq!(made.response.attestation == Statement::None, none, "{preference:?}");
    }
}

// proves: make-credential
#[test]
fn each_answer_has_its_status() {
    let mut world = world(1);
    for (answer, status) in [
        (Answer::Declined, Status::OPERATION_DENIED),
        (Answer::TimedOut, Status::USER_ACTION_TIMEOUT),
        (Answer::Cancelled, Status::KEEPALIVE_CANCEL),
        (Answer::NotVerified, Status::OPERATION_DENIED),
        (Answer::Approved { account: 0, verified: false }, Status::OPERATION_DENIED),
    ] {
        world.user.will(answer);
        assert_eq!(make(&mut world, &register("a", 1)).err(), Some(status), "{answer:?}");
    }
    assert!(world.store.all().unwrap().is_empty());
}

// proves: make-credential
#[test]
fn five_wrong_proofs_block_verification_until_power_comes_again() {
    let mut world = world(1);
    for left in (0..5).rev() {
        world.user.will(Answer::NotVerified);
        let status = if left == 0 { Status::PIN_BLOCKED } else { Status::OPERATION_DENIED };
        assert_eq!(make(&mut world, &register("a", 1)).err(), Some(status));
        assert_eq!(world.store.state().unwrap().uv_retries, left);
    }
    world.user.take_questions();
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::PIN_BLOCKED));
    assert_eq!(world.user.take_questions(), [], "nobody is asked in vain");
    world.key.power_cycle();
    make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(world.store.state().unwrap().uv_retries, 5);
}

#[test]
fn a_wrong_proof_sends_the_platform_to_the_pin_where_one_is_set() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    world.user.will(Answer::NotVerified);
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::PUAT_REQUIRED));
    world.user.will(Answer::Declined);
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::OPERATION_DENIED));
}

// proves: make-credential
#[test]
fn an_empty_param_asks_for_this_key() {
    let mut world = world(1);
    let request = Request { pin_uv_auth_param: Some(vec![]), ..register("a", 1) };
    assert_eq!(make(&mut world, &request).err(), Some(Status::PIN_NOT_SET));
    assert_eq!(world.user.take_questions(), [Question::Select]);
    world.user.will(Answer::Declined);
    assert_eq!(make(&mut world, &request).err(), Some(Status::OPERATION_DENIED));
    set_pin(&mut world, Version::One, b"1234").unwrap();
    assert_eq!(make(&mut world, &request).err(), Some(Status::PIN_INVALID));
}

// proves: make-credential
#[test]
fn parameters_that_do_not_fit_have_their_statuses() {
    let mut world = world(1);
    let base = || register("a", 1);
    let param = Some(vec![0; 16]);
    for (request, status) in [
        (Request { algorithms: vec![-257], ..base() }, Status::UNSUPPORTED_ALGORITHM),
        (Request { algorithms: vec![], ..base() }, Status::UNSUPPORTED_ALGORITHM),
        (Request { options: options(Some(true), Some(false), Some(true)), ..base() }, Status::INVALID_OPTION),
        (Request { options: options(Some(true), None, None), ..base() }, Status::OPERATION_DENIED),
        (Request { enterprise_attestation: Some(1), ..base() }, Status::INVALID_PARAMETER),
        (Request { pin_uv_auth_param: param.clone(), ..base() }, Status::MISSING_PARAMETER),
        (
            Request { pin_uv_auth_param: param.clone(), pin_uv_auth_protocol: Some(3), ..base() },
            Status::INVALID_PARAMETER,
        ),
        (
            Request { pin_uv_auth_param: param, pin_uv_auth_protocol: Some(1), ..base() },
            Status::PIN_AUTH_INVALID,
        ),
    ] {
        assert_eq!(make(&mut world, &request).err(), Some(status), "{request:?}");
    }
    assert_eq!(world.user.take_questions(), []);
}

// proves: make-credential
#[test]
fn a_key_without_built_in_verification_refuses_uv() {
    let profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let mut world = World::with_profile(1, profile);
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::INVALID_OPTION));
    let plain = Request { options: options(Some(true), None, None), ..register("a", 1) };
    let made = make(&mut world, &plain).unwrap();
    assert_eq!(made.auth_data.flags.0, Flags::UP | Flags::AT, "no PIN either: not protected");
    set_pin(&mut world, Version::One, b"1234").unwrap();
    assert_eq!(make(&mut world, &plain).err(), Some(Status::PUAT_REQUIRED));
}

// proves: make-credential
#[test]
fn only_a_credential_that_is_not_discoverable_comes_about_without_verification() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    let plain = |rk| Request { options: options(rk, None, None), ..register("a", 1) };
    assert_eq!(make(&mut world, &plain(Some(true))).err(), Some(Status::PUAT_REQUIRED));
    let made = make(&mut world, &plain(None)).unwrap();
    assert_eq!(made.auth_data.flags.0, Flags::UP | Flags::AT);
    assert!(matches!(world.user.take_questions()[..], [Question::Register { verify: false, .. }]));
    assert!(!world.store.all().unwrap()[0].discoverable);
}

// proves: make-credential
#[test]
fn a_token_verifies_once_and_asks_only_for_the_touch_it_lacks() {
    for version in BOTH {
        let mut world = world(1);
        set_pin(&mut world, version, b"1234").unwrap();
        let mc = permission::MAKE_CREDENTIAL;
        let token = Token::by_pin(&mut world, version, "1234", mc, Some("a")).unwrap();
        let made = make(&mut world, &token.register(register("a", 1))).unwrap();
        assert!(made.auth_data.flags.has(Flags::UP | Flags::UV));
        assert!(matches!(world.user.take_questions()[..], [Question::Register { verify: false, .. }]));
        let again = make(&mut world, &token.register(register("a", 2)));
        assert_eq!(again.err(), Some(Status::PIN_AUTH_INVALID), "one token, one ceremony");

        let token = Token::by_uv(&mut world, version, mc, Some("a")).unwrap();
        let asked = Question::Verify { rp_id: Some("a".to_owned()), permissions: mc };
        assert_eq!(world.user.take_questions(), [asked]);
        make(&mut world, &token.register(register("a", 3))).unwrap();
        assert_eq!(world.user.take_questions(), [], "presence came with the token");
    }
}

#[test]
fn a_token_without_the_permission_or_for_another_site_is_refused() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    let mut refused = |permissions, rp_id| {
        let token = Token::by_pin(&mut world, Version::Two, "1234", permissions, rp_id).unwrap();
        make(&mut world, &token.register(register("a", 1))).err()
    };
    assert_eq!(refused(permission::GET_ASSERTION, Some("a")), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(refused(permission::MAKE_CREDENTIAL, Some("b")), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(refused(permission::MAKE_CREDENTIAL, None), None);
}

#[test]
fn a_token_that_nobody_used_expires() {
    let mut world = world(1);
    let mc = permission::MAKE_CREDENTIAL;
    let token = Token::by_uv(&mut world, Version::Two, mc, None).unwrap();
    world.clock.advance(Duration::from_secs(31));
    let late = make(&mut world, &token.register(register("a", 1)));
    assert_eq!(late.err(), Some(Status::PIN_AUTH_INVALID));

    let token = Token::by_uv(&mut world, Version::Two, mc, None).unwrap();
    world.clock.advance(Duration::from_secs(30));
    make(&mut world, &token.register(register("a", 1))).unwrap();
}

// proves: make-credential
#[test]
fn an_excluded_account_is_told_of_after_a_touch() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    world.user.take_questions();
    let request = Request { exclude_list: ids(&[&made]), ..register("a", 1) };
    let notice = || Question::Notice { rp_id: "a".to_owned(), already_registered: true };
    assert_eq!(make(&mut world, &request).err(), Some(Status::CREDENTIAL_EXCLUDED));
    assert_eq!(world.user.take_questions(), [notice()]);
    for answer in [Answer::Declined, Answer::TimedOut] {
        world.user.will(answer);
        assert_eq!(make(&mut world, &request).err(), Some(Status::CREDENTIAL_EXCLUDED));
    }
    world.user.will(Answer::Cancelled);
    assert_eq!(make(&mut world, &request).err(), Some(Status::KEEPALIVE_CANCEL));
    let elsewhere = Request { exclude_list: ids(&[&made]), ..register("b", 1) };
    make(&mut world, &elsewhere).unwrap();
}

// proves: make-credential, ext-cred-protect
#[test]
fn a_protected_credential_excludes_only_a_verified_person() {
    let mut world = world(1);
    let extensions = MakeCredentialInputs {
        cred_protect: Some(CredProtect::UserVerificationRequired),
        ..Default::default()
    };
    let made = make(&mut world, &Request { extensions, ..register("a", 1) }).unwrap();
    let outputs = MakeCredentialOutputs::decode(made.auth_data.extensions.as_ref().unwrap()).unwrap();
    assert_eq!(outputs.cred_protect, Some(CredProtect::UserVerificationRequired.into()));
    assert_eq!(outputs.hmac_secret, None);
    world.user.take_questions();

    let excluding = Request { exclude_list: ids(&[&made]), ..register("a", 1) };
    let unverified = Request { options: options(None, None, None), ..excluding.clone() };
    make(&mut world, &unverified).unwrap();
    world.user.take_questions();
    assert_eq!(make(&mut world, &excluding).err(), Some(Status::CREDENTIAL_EXCLUDED));
    assert!(matches!(world.user.take_questions()[..], [Question::Verify { .. }]));
    world.user.will(Answer::NotVerified);
    assert_eq!(make(&mut world, &excluding).err(), Some(Status::OPERATION_DENIED));
}

// proves: make-credential
#[test]
fn a_discoverable_credential_takes_the_place_of_the_accounts_former_one() {
    let mut world = world(1);
    let first = make(&mut world, &register("a", 1)).unwrap();
    let second = make(&mut world, &register("a", 1)).unwrap();
    make(&mut world, &register("a", 2)).unwrap();
    make(&mut world, &register("b", 1)).unwrap();
    let stored: Vec<_> = world.store.all().unwrap().into_iter().map(|of| of.id).collect();
    assert_eq!(stored.len(), 3);
    assert!(!stored.contains(&first.id) && stored.contains(&second.id));
    make(&mut world, &Request { options: options(None, None, Some(true)), ..register("a", 1) }).unwrap();
    assert_eq!(world.store.all().unwrap().len(), 4, "one that is not discoverable replaces nothing");
}

// proves: make-credential
#[test]
fn a_full_store_says_so_and_still_replaces() {
    let mut world = World::with_profile(1, room_for_one(Profile::device_bound()));
    make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(make(&mut world, &register("a", 2)).err(), Some(Status::KEY_STORE_FULL));
    make(&mut world, &register("a", 1)).unwrap();
}

#[test]
fn chromiums_probe_is_answered_and_not_stored() {
    let mut world = world(1);
    let made = make(&mut world, &register(".dummy", 1)).unwrap();
    assert!(made.auth_data.flags.has(Flags::UP));
    assert_eq!(world.user.take_questions().len(), 1);
    assert!(world.store.all().unwrap().is_empty());
}

fn room_for_one(mut profile: Profile) -> Profile {
    profile.limits.discoverable_credentials = 1;
    profile
}
