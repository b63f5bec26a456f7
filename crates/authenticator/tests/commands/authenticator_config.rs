use authenticator::{
    Profile, permission,
    platform::{Question, Store},
    profile::{Enterprise, Verification},
    testing::{World, world},
};
use ctap::{
    Request, Response, Status,
    authenticator_config::{Params, Request as Config, sub_command as sub},
    get_info,
    pin_protocol::Version,
};

use crate::platform_side::*;

const ACFG: u8 = permission::AUTHENTICATOR_CONFIGURATION;

fn configure(world: &mut World, request: Config) -> Result<Response, Status> {
    world.request(&Request::AuthenticatorConfig(request))
}

fn config(token: &Token, sub_command: u8, params: Option<Params>) -> Config {
    let raw_params = params.as_ref().map(Params::encode).unwrap_or_default();
    let message = [&[0xFF; 32][..], &[0x0D, sub_command], &raw_params].concat();
    Config {
        sub_command: sub_command.into(),
        params,
        raw_params,
        pin_uv_auth_protocol: Some(token.0 as u64),
        pin_uv_auth_param: Some(token.prove(&message)),
    }
}

/// A key with a PIN, and a token for its settings.
fn owned(profile: Profile, version: Version) -> (World, Token) {
    let mut world = World::with_profile(1, profile);
    set_pin(&mut world, version, b"12345").unwrap();
    let token = Token::by_pin(&mut world, version, "12345", ACFG, None).unwrap();
    (world, token)
}

fn set_min(world: &mut World, token: &Token, params: Params) -> Result<Response, Status> {
    configure(world, config(token, 0x03, Some(params)))
}

fn info(world: &mut World) -> get_info::Response {
    match world.request(&Request::GetInfo).unwrap() {
        Response::GetInfo(info) => info,
        other => panic!("{other:?}"),
    }
}

fn option(world: &mut World, id: &str) -> Option<bool> {
    info(world).options.into_iter().find(|(name, _)| name == id).map(|(_, value)| value)
}

/// No verification of its own: PIN only.
fn pin_only() -> Profile {
    Profile { verification: Verification::None, ..Profile::device_bound() }
}

// proves: config-enterprise
#[test]
fn enterprise_attestation_is_enabled_once_and_goes_with_a_reset() {
    for version in BOTH {
        let mut profile = pin_only();
        profile.attestation.enterprise = Some(Enterprise::default());
        let (mut world, token) = owned(profile, version);
        assert_eq!(option(&mut world, "ep"), Some(false));
        for _ in 0..2 {
            assert_eq!(configure(&mut world, config(&token, 0x01, None)), Ok(Response::Empty));
            assert_eq!(option(&mut world, "ep"), Some(true));
        }
        world.key.power_cycle();
        assert_eq!(option(&mut world, "ep"), Some(true));
        world.request(&Request::Reset).unwrap();
        assert_eq!(option(&mut world, "ep"), Some(false));
    }
}

// proves: config-always-uv
#[test]
fn always_uv_asks_for_verification_where_nobody_did() {
    let (mut world, token) = owned(pin_only(), Version::Two);
    let plain = options(None, None, None);
    let mut second_factor = register("a", 1);
    second_factor.options = plain;
    make(&mut world, &second_factor).unwrap();
    assert_eq!(option(&mut world, "makeCredUvNotRqd"), Some(true));

    configure(&mut world, config(&token, 0x02, None)).unwrap();
    assert_eq!(option(&mut world, "alwaysUv"), Some(true));
    assert_eq!(option(&mut world, "makeCredUvNotRqd"), Some(false));
    assert_eq!(make(&mut world, &second_factor).err(), Some(Status::PUAT_REQUIRED));
    let mut silent_owner = sign_in("a");
    silent_owner.options = plain;
    assert_eq!(assert(&mut world, &silent_owner).err(), Some(Status::PUAT_REQUIRED));
    let by_token = Token::default(&mut world, Version::Two, "12345").unwrap();
    make(&mut world, &by_token.register(register("b", 1))).unwrap();

    let token = Token::by_pin(&mut world, Version::Two, "12345", ACFG, None).unwrap();
    configure(&mut world, config(&token, 0x02, None)).unwrap();
    assert_eq!(option(&mut world, "alwaysUv"), Some(false));
    make(&mut world, &second_factor).unwrap();
}

// proves: config-always-uv
#[test]
fn a_key_that_verifies_itself_does_so_by_itself() {
    let mut profile = Profile::device_bound();
    profile.features.always_uv = Some(true);
    profile.versions.push("U2F_V2".to_owned());
    let mut world = World::with_profile(1, profile);
    let mut request = register("a", 1);
    request.options = options(None, None, None);
    let made = make(&mut world, &request).unwrap();
    assert!(made.auth_data.flags.has(ctap::auth_data::Flags::UV));
    let asked = world.user.take_questions();
    assert!(matches!(asked[..], [Question::Register { verify: true, .. }]), "{asked:?}");
    let mut request = sign_in("a");
    request.allow_list = Some(ids(&[&made]));
    request.options = options(None, None, None);
    let asserted = assert(&mut world, &request).unwrap();
    assert!(verified(&asserted, &made.key).flags.has(ctap::auth_data::Flags::UV));
    assert!(!info(&mut world).versions.contains(&"U2F_V2".to_owned()), "U2F verifies nobody");
}

// proves: config-always-uv
#[test]
fn a_key_that_nothing_protects_yet_may_be_told_to_and_not_to_verify_always() {
    let mut world = World::with_profile(1, pin_only());
    let toggle = Config { sub_command: sub::TOGGLE_ALWAYS_UV, ..Config::default() };
    configure(&mut world, toggle.clone()).unwrap();
    assert_eq!(option(&mut world, "alwaysUv"), Some(true));
    let mut plain = register("a", 1);
    plain.options = options(None, None, None);
    assert_eq!(make(&mut world, &plain).err(), Some(Status::PUAT_REQUIRED));
    let other = Config { sub_command: sub::SET_MIN_PIN_LENGTH, ..Config::default() };
    assert_eq!(configure(&mut world, other).err(), Some(Status::PUAT_REQUIRED));
    configure(&mut world, toggle).unwrap();
    assert_eq!(option(&mut world, "alwaysUv"), Some(false));
}

// proves: config-min-pin, client-pin-min-length
#[test]
fn the_shortest_pin_only_grows_and_a_pin_that_is_too_short_has_to_be_changed() {
    for version in BOTH {
        let (mut world, token) = owned(pin_only(), version);
        let length = |new| Params { new_min_pin_length: Some(new), ..Params::default() };
        assert_eq!(set_min(&mut world, &token, length(3)), Err(Status::PIN_POLICY_VIOLATION));
        assert_eq!(set_min(&mut world, &token, length(64)), Err(Status::PIN_POLICY_VIOLATION));
        assert_eq!(set_min(&mut world, &token, length(1 << 32)), Err(Status::PIN_POLICY_VIOLATION));
        set_min(&mut world, &token, length(5)).unwrap();
        let told = info(&mut world);
        assert_eq!((told.min_pin_length, told.force_pin_change), (Some(5), Some(false)));
        assert_eq!(set_min(&mut world, &token, length(4)), Err(Status::PIN_POLICY_VIOLATION));
        assert_eq!(change_pin(&mut world, version, "12345", "1234"), Err(Status::PIN_POLICY_VIOLATION));

        set_min(&mut world, &token, length(6)).unwrap();
        let told = info(&mut world);
        assert_eq!((told.min_pin_length, told.force_pin_change), (Some(6), Some(true)));
        world.key.power_cycle();
        let old = Token::default(&mut world, version, "12345");
        assert_eq!(old.err(), Some(Status::PIN_INVALID), "older platforms ask again");
        let with_permissions = Token::by_pin(&mut world, version, "12345", ACFG, None);
        assert_eq!(with_permissions.err(), Some(Status::PIN_POLICY_VIOLATION));
        change_pin(&mut world, version, "12345", "678901").unwrap();
        assert_eq!(info(&mut world).force_pin_change, Some(false));
        Token::by_pin(&mut world, version, "678901", ACFG, None).unwrap();
    }
}

// proves: config-min-pin, client-pin-min-length
#[test]
fn a_forced_change_asks_for_another_pin() {
    let (mut world, token) = owned(pin_only(), Version::Two);
    let force = Params { force_change_pin: Some(true), ..Params::default() };
    set_min(&mut world, &token, force.clone()).unwrap();
    let same = change_pin(&mut world, Version::Two, "12345", "12345");
    assert_eq!(same, Err(Status::PIN_POLICY_VIOLATION));
    assert!(world.store.state().unwrap().force_pin_change);
    change_pin(&mut world, Version::Two, "12345", "54321").unwrap();
    Token::default(&mut world, Version::Two, "54321").unwrap();

    let mut bare = World::with_profile(1, pin_only());
    let params = Some(force.clone());
    let request = Config { sub_command: 3, raw_params: force.encode(), params, ..Config::default() };
    assert_eq!(configure(&mut bare, request), Err(Status::PIN_NOT_SET));
}

// proves: config-min-pin
#[test]
fn rp_ids_are_replaced_as_far_as_there_is_room() {
    let (mut world, token) = owned(pin_only(), Version::Two);
    let list = |count: usize| {
        let rp_ids = (0..count).map(|number| format!("{number}.example")).collect();
        Params { min_pin_length_rp_ids: Some(rp_ids), ..Params::default() }
    };
    set_min(&mut world, &token, list(8)).unwrap();
    assert_eq!(set_min(&mut world, &token, list(9)), Err(Status::KEY_STORE_FULL));
    assert_eq!(world.store.state().unwrap().min_pin_length_rp_ids.as_ref().unwrap().len(), 8);
    set_min(&mut world, &token, list(1)).unwrap();
    assert_eq!(world.store.state().unwrap().min_pin_length_rp_ids.as_ref().unwrap(), &["0.example"]);
    assert_eq!(info(&mut world).max_rp_ids_for_set_min_pin_length, Some(8));
}

// proves: client-pin-min-length
#[test]
fn a_complexity_policy_refuses_what_repeats_or_counts() {
    let (mut world, token) = owned(pin_only(), Version::Two);
    assert_eq!(info(&mut world).pin_complexity_policy, Some(false));
    let policy = Params { pin_complexity_policy: Some(true), ..Params::default() };
    set_min(&mut world, &token, policy).unwrap();
    let told = info(&mut world);
    assert_eq!((told.pin_complexity_policy, told.force_pin_change), (Some(true), Some(true)));
    for simple in ["1111", "12345678", "87654321", "aaaaaa", "abcd"] {
        let refused = change_pin(&mut world, Version::Two, "12345", simple);
        assert_eq!(refused, Err(Status::PIN_POLICY_VIOLATION), "{simple}");
    }
    change_pin(&mut world, Version::Two, "12345", "1357").unwrap();

    let mut profile = pin_only();
    profile.pin.complexity = true;
    let mut world = World::with_profile(1, profile);
    assert_eq!(set_pin(&mut world, Version::Two, b"0000"), Err(Status::PIN_POLICY_VIOLATION));
    set_pin(&mut world, Version::Two, b"1122").unwrap();
}

// proves: config-long-touch, reset-long-touch
#[test]
fn a_long_touch_for_reset_is_enabled_and_asked_for() {
    let (mut world, token) = owned(pin_only(), Version::Two);
    assert_eq!(info(&mut world).long_touch_for_reset, Some(false));
    configure(&mut world, config(&token, 0x04, None)).unwrap();
    assert_eq!(info(&mut world).long_touch_for_reset, Some(true));
    world.key.power_cycle();
    world.request(&Request::Reset).unwrap();
    assert_eq!(world.user.take_questions(), [Question::Reset { long_touch: true }]);
    assert_eq!(info(&mut world).long_touch_for_reset, Some(false), "as it left the factory");
}

// proves: config-enterprise, config-always-uv, config-min-pin, config-long-touch
#[test]
fn settings_are_changed_only_with_the_acfg_permission_and_where_the_key_has_them() {
    let (mut world, token) = owned(pin_only(), Version::Two);
    let good = config(&token, 0x02, None);
    for (request, status) in [
        (Config { pin_uv_auth_param: None, ..good.clone() }, Status::PUAT_REQUIRED),
        (Config { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Config { pin_uv_auth_protocol: Some(9), ..good.clone() }, Status::INVALID_PARAMETER),
        (Config { pin_uv_auth_param: Some(vec![0; 32]), ..good.clone() }, Status::PIN_AUTH_INVALID),
        (Config { sub_command: 3, ..good.clone() }, Status::PIN_AUTH_INVALID),
        (config(&token, 0x01, None), Status::INVALID_SUBCOMMAND),
        (config(&token, 0x05, None), Status::INVALID_SUBCOMMAND),
        (config(&token, 0xFF, None), Status::INVALID_SUBCOMMAND),
    ] {
        assert_eq!(configure(&mut world, request.clone()).err(), Some(status), "{request:?}");
    }
    let other = Token::by_pin(&mut world, Version::Two, "12345", permission::LARGE_BLOB_WRITE, None).unwrap();
    let refused = configure(&mut world, config(&other, 0x02, None));
    assert_eq!(refused.err(), Some(Status::PIN_AUTH_INVALID));
    assert_eq!(info(&mut world).authenticator_config_commands, Some(vec![2, 3, 4]));

    let mut profile = Profile::device_bound();
    profile.features.authenticator_config = false;
    let mut world = World::with_profile(1, profile);
    assert_eq!(configure(&mut world, good).err(), Some(Status::INVALID_COMMAND));
    assert_eq!(info(&mut world).authenticator_config_commands, None);
}

// proves: config-always-uv
#[test]
fn a_key_that_verifies_itself_gives_the_acfg_permission_by_it() {
    let mut world = world(1);
    let token = Token::by_uv(&mut world, Version::Two, ACFG, None).unwrap();
    configure(&mut world, config(&token, 0x02, None)).unwrap();
    assert_eq!(option(&mut world, "alwaysUv"), Some(true));
}
