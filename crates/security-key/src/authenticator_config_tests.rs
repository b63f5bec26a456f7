use authenticator::{profile::Enterprise, testing::now};
use ctap::Status;

use super::*;
use crate::{
    PinRules,
    bench::{Bench, PIN, pin, right, shipped},
};

/// A key that knows every setting.
fn everything() -> Bench {
    let mut profile = shipped("device-bound");
    profile.attestation.enterprise = Some(Enterprise::default());
    let mut bench = Bench::new(profile);
    let info = bench.info();
    now(bench.session.set_pin(&info, &pin(PIN))).unwrap();
    bench
}

fn option(bench: &mut Bench, option: &str) -> bool {
    states(&bench.info(), option)
}

#[test]
fn support_is_what_the_key_states() {
    let info = everything().info();
    for setting in Setting::ALL {
        assert_eq!(setting.support(&info), Some(true), "{setting:?}");
    }
    let yubikey = Bench::of("yubikey-5.7-like").info();
    let supported: Vec<_> =
        Setting::ALL.into_iter().filter(|setting| setting.support(&yubikey) == Some(true)).collect();
    let expected = [
        Setting::AlwaysUv,
        Setting::MinPinLength,
        Setting::MinPinLengthRpIds,
        Setting::ForcePinChange,
        Setting::PinComplexityPolicy,
    ];
    assert_eq!(supported, expected);
    let old = Bench::of("ctap20-only").info();
    assert!(Setting::ALL.iter().all(|setting| setting.support(&old) == Some(false)));
    // One that lists no subcommands leaves open what has no option.
    let silent = get_info::Response {
        authenticator_config_commands: None,
        long_touch_for_reset: None,
        ..everything().info()
    };
    assert_eq!(Setting::LongTouchForReset.support(&silent), None);
    assert_eq!(Setting::AlwaysUv.support(&silent), Some(true));
}

#[test]
fn settings_hold_and_those_that_only_a_reset_undoes_are_named() {
    let mut bench = everything();
    let info = bench.info();
    assert!(!option(&mut bench, "ep") && !option(&mut bench, "alwaysUv"));
    now(bench.session.enable_enterprise_attestation(&info, &right())).unwrap();
    assert!(option(&mut bench, "ep"));
    now(bench.session.toggle_always_uv(&info, &right())).unwrap();
    assert!(option(&mut bench, "alwaysUv"));
    now(bench.session.toggle_always_uv(&info, &right())).unwrap();
    assert!(!option(&mut bench, "alwaysUv"));
    now(bench.session.enable_long_touch_for_reset(&info, &right())).unwrap();
    assert_eq!(bench.info().long_touch_for_reset, Some(true));
    let undone: Vec<_> = Setting::ALL.into_iter().filter(|of| !of.undone_only_by_reset()).collect();
    assert_eq!(undone, [Setting::AlwaysUv, Setting::MinPinLengthRpIds, Setting::ForcePinChange]);
}

#[test]
fn a_pin_policy_rises_and_forces_a_change() {
    let mut bench = everything();
    let info = bench.info();
    let longer = PinPolicy { min_length: Some(8), ..PinPolicy::default() };
    now(bench.session.set_pin_policy(&info, &right(), longer)).unwrap();
    let info = bench.info();
    let rules = PinRules::of(&info);
    assert_eq!((rules.min_length, rules.change_forced), (8, true));
    let shorter = PinPolicy { min_length: Some(7), ..PinPolicy::default() };
    bench.take_heard();
    let refused = now(bench.session.set_pin_policy(&info, &right(), shorter));
    assert_eq!(refused, Err(Error::MinimumFalls(8)));
    assert!(bench.take_heard().is_empty());
    let new = crate::Pin::new(&"longer than it was".into(), &rules).unwrap();
    now(bench.session.change_pin(&info, &pin(PIN), &new)).unwrap();
    let proof = Proof::Pin(new);
    let info = bench.info();
    assert!(!PinRules::of(&info).change_forced);

    let sites = |count: usize| (0..count).map(|site| format!("{site}.example")).collect();
    let policy = PinPolicy { rp_ids: Some(sites(8)), complexity: true, ..PinPolicy::default() };
    now(bench.session.set_pin_policy(&info, &proof, policy)).unwrap();
    let info = bench.info();
    assert!(PinRules::of(&info).complexity && PinRules::of(&info).change_forced);
    let more = PinPolicy { rp_ids: Some(sites(9)), ..PinPolicy::default() };
    let full = now(bench.session.set_pin_policy(&info, &Proof::BuiltIn, more));
    assert_eq!(full, Err(Error::Status(Status::KEY_STORE_FULL)));
}

#[test]
fn a_forced_change_is_a_policy_of_its_own() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    let info = bench.info();
    let force = PinPolicy { force_change: true, ..PinPolicy::default() };
    now(bench.session.set_pin_policy(&info, &right(), force)).unwrap();
    let info = bench.info();
    bench.session.forget_tokens();
    let forced = now(bench.session.credential_metadata(&info, &right()));
    assert_eq!(forced, Err(Error::PinChangeForced));
}

#[test]
fn a_key_without_a_pin_takes_what_nobody_can_prove() {
    let mut bench = Bench::of("yubikey-5.7-like");
    let info = bench.info();
    now(bench.session.toggle_always_uv(&info, &Proof::BuiltIn)).unwrap();
    assert!(option(&mut bench, "alwaysUv"));
    let info = bench.info();
    let policy = PinPolicy { min_length: Some(6), ..PinPolicy::default() };
    let refused = now(bench.session.set_pin_policy(&info, &Proof::BuiltIn, policy));
    assert_eq!(refused, Err(Error::Unprotected));
}

#[test]
fn keys_without_the_command_or_the_setting_say_so() {
    let mut old = Bench::with_pin("ctap20-only");
    let info = old.info();
    let unsupported = now(old.session.toggle_always_uv(&info, &right()));
    assert!(matches!(unsupported, Err(Error::Unsupported(_))));
    let mut yubikey = Bench::with_pin("yubikey-5.7-like");
    let info = yubikey.info();
    let unknown = now(yubikey.session.enable_long_touch_for_reset(&info, &right()));
    assert_eq!(unknown, Err(Error::Status(Status::INVALID_SUBCOMMAND)));
}
