//! What the profile's limits, features and versions change in makeCredential and getAssertion.

use authenticator::{
    Profile,
    profile::{Enterprise, Verification},
    testing::{World, world},
};
use ctap::{Status, entity::Descriptor, get_assertion, make_credential, pin_protocol::Version};

use crate::platform_side::*;

fn others(count: usize, length: usize) -> Vec<Descriptor> {
    vec![Descriptor { id: vec![9; length] }; count]
}

// proves: make-credential, get-assertion
#[test]
fn lists_beyond_what_getinfo_states_are_refused() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    for (list, fits) in [(others(16, 64), true), (others(17, 64), false), (others(1, 65), false)] {
        let excluding = make_credential::Request { exclude_list: list.clone(), ..register("a", 1) };
        let status = make(&mut world, &excluding).err();
        assert_eq!(status, (!fits).then_some(Status::LIMIT_EXCEEDED));
        let allowing = get_assertion::Request { allow_list: Some(list), ..sign_in("a") };
        let status = assert(&mut world, &allowing).err();
        assert_eq!(status, Some(if fits { Status::NO_CREDENTIALS } else { Status::LIMIT_EXCEEDED }));
    }
}

// proves: make-credential, get-assertion, profile-ctap20-only
#[test]
fn a_key_that_states_no_limits_takes_any_list() {
    let mut world =
        World::with_profile(1, Profile { versions: vec!["FIDO_2_0".to_owned()], ..Profile::device_bound() });
    make(&mut world, &register("a", 1)).unwrap();
    for list in [others(17, 64), others(1, 65)] {
        let excluding = make_credential::Request { exclude_list: list.clone(), ..register("a", 1) };
        make(&mut world, &excluding).unwrap();
        let allowing = get_assertion::Request { allow_list: Some(list), ..sign_in("a") };
        assert_eq!(assert(&mut world, &allowing).err(), Some(Status::NO_CREDENTIALS));
    }
}

// proves: make-credential
#[test]
fn a_key_without_discoverable_credentials_makes_second_factors_only() {
    let mut profile = Profile::device_bound();
    profile.features.discoverable_credentials = false;
    let mut world = World::with_profile(1, profile);
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::UNSUPPORTED_OPTION));
    let second_factor =
        make_credential::Request { options: options(Some(false), None, None), ..register("a", 1) };
    make(&mut world, &second_factor).unwrap();
}

// proves: make-credential
#[test]
fn a_profile_may_demand_verification_for_every_credential() {
    let mut profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let second_factor = make_credential::Request { options: options(None, None, None), ..register("a", 1) };
    profile.features.make_cred_uv_not_rqd = false;
    let mut world = World::with_profile(1, profile.clone());
    make(&mut world, &second_factor).unwrap();
    set_pin(&mut world, Version::Two, b"123456").unwrap();
    assert_eq!(make(&mut world, &second_factor).err(), Some(Status::PUAT_REQUIRED));
    profile.features.no_mc_ga_permissions_with_client_pin = true;
    let mut world = World::with_profile(1, profile);
    set_pin(&mut world, Version::Two, b"123456").unwrap();
    assert_eq!(make(&mut world, &second_factor).err(), Some(Status::OPERATION_DENIED));
}

// proves: make-credential, get-assertion
#[test]
fn a_ctap20_key_knows_protocol_one_alone_and_no_later_parameter() {
    let mut profile = Profile::shipped().find(|of| of.name == "ctap20-only").unwrap().clone();
    profile.attestation.enterprise = Some(Enterprise::default());
    let mut world = World::with_profile(1, profile);
    let plain = make_credential::Request { options: options(Some(true), None, None), ..register("a", 1) };
    make(&mut world, &plain).unwrap();
    let enterprise = make_credential::Request { enterprise_attestation: Some(1), ..plain.clone() };
    assert_eq!(make(&mut world, &enterprise).unwrap().response.ep_att, None);

    set_pin(&mut world, Version::One, b"123456").unwrap();
    assert_eq!(make(&mut world, &plain).err(), Some(Status::PUAT_REQUIRED));
    let token = Token::default(&mut world, Version::One, "123456").unwrap();
    let by_token = token.register(plain);
    for protocol in [None, Some(2)] {
        let other = make_credential::Request { pin_uv_auth_protocol: protocol, ..by_token.clone() };
        assert_eq!(make(&mut world, &other).err(), Some(Status::PIN_AUTH_INVALID));
    }
    make(&mut world, &by_token).unwrap();
    let unverified = get_assertion::Request { options: options(None, None, None), ..sign_in("a") };
    assert(&mut world, &unverified).unwrap();
}
