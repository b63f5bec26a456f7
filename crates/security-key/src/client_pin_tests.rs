use authenticator::testing::now;
use ctap::Status;

use super::*;
use crate::{
    Permissions, PinRules, Proof,
    bench::{Bench, PIN, pin, right, shipped},
};

/// The profiles whose keys have a PIN.
const WITH_PIN: [&str; 7] =
    ["device-bound", "synced", "yubikey-5.7-like", "ctap20-only", "fingerprint-key", "tiny", "post-quantum"];

fn left(left: u64) -> PinRetries {
    PinRetries { left, power_cycle: false }
}

fn try_pin(bench: &mut Bench, typed: &str) -> Result<(), Error> {
    let info = bench.info();
    let permissions = Permissions::GET_ASSERTION;
    now(bench.session.token_by_pin(&info, &pin(typed), permissions, Some("site.example"))).map(drop)
}

#[test]
fn in_every_profile_a_pin_is_set_and_changed() {
    for profile in WITH_PIN {
        let mut bench = Bench::with_pin(profile);
        let info = bench.info();
        assert_eq!(try_pin(&mut bench, PIN), Ok(()), "{profile}");
        let again = now(bench.session.set_pin(&info, &pin("another")));
        assert_eq!(again, Err(Error::Status(Status::PIN_AUTH_INVALID)), "{profile}");
        now(bench.session.change_pin(&info, &pin(PIN), &pin("another"))).unwrap();
        assert_eq!(try_pin(&mut bench, "another"), Ok(()), "{profile}");
        assert_eq!(try_pin(&mut bench, PIN), Err(Error::Status(Status::PIN_INVALID)), "{profile}");
    }
}

#[test]
fn wrong_pins_count_down_block_until_the_next_power_and_then_for_good() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    let invalid = Err(Error::Status(Status::PIN_INVALID));
    let soft = Err(Error::Status(Status::PIN_AUTH_BLOCKED));
    for round in 0..2 {
        let before = 8 - 3 * round;
        for wrong in 1..3 {
            assert_eq!(try_pin(&mut bench, "wrong"), invalid);
            assert_eq!(now(bench.session.pin_retries()), Ok(left(before - wrong)));
        }
        assert_eq!(try_pin(&mut bench, "wrong"), soft);
        let blocked = PinRetries { left: before - 3, power_cycle: true };
        assert_eq!(now(bench.session.pin_retries()), Ok(blocked));
        // Not even the right one, and no try is lost.
        assert_eq!(try_pin(&mut bench, PIN), soft);
        assert_eq!(now(bench.session.pin_retries()), Ok(blocked));
        let info = bench.info();
        let changed = now(bench.session.change_pin(&info, &pin(PIN), &pin("another")));
        assert_eq!(changed, soft);
        bench.replug();
    }
    assert_eq!(try_pin(&mut bench, "wrong"), invalid);
    assert_eq!(try_pin(&mut bench, "wrong"), Err(Error::Status(Status::PIN_BLOCKED)));
    bench.replug();
    assert_eq!(try_pin(&mut bench, PIN), Err(Error::Status(Status::PIN_BLOCKED)));
    assert_eq!(now(bench.session.pin_retries()), Ok(left(0)));
    let info = bench.info();
    let listed = now(bench.session.credential_metadata(&info, &Proof::BuiltIn));
    assert_eq!(listed, Err(Error::PinNeeded { retries: Some(0), power_cycle: false }));
}

#[test]
fn the_right_pin_gives_every_try_back() {
    let mut bench = Bench::with_pin("device-bound");
    for _ in 0..2 {
        assert!(try_pin(&mut bench, "wrong").is_err());
    }
    assert_eq!(now(bench.session.pin_retries()), Ok(left(6)));
    assert_eq!(try_pin(&mut bench, PIN), Ok(()));
    assert_eq!(now(bench.session.pin_retries()), Ok(left(8)));
}

#[test]
fn rules_are_told_before_and_a_key_that_has_more_of_them_says_so() {
    let mut profile = shipped("device-bound");
    (profile.pin.min_length, profile.pin.max_length, profile.pin.complexity) = (6, 8, true);
    let mut bench = Bench::new(profile);
    let info = bench.info();
    let rules = PinRules::of(&info);
    assert_eq!((rules.min_length, rules.max_length, rules.complexity), (6, 8, true));
    assert!(Pin::new(&"12345".into(), &rules).is_err());
    let guessable = Pin::new(&"123456".into(), &rules).unwrap();
    let refused = now(bench.session.set_pin(&info, &guessable));
    assert_eq!(refused, Err(Error::Status(Status::PIN_POLICY_VIOLATION)));
    assert!(refused.unwrap_err().hint().unwrap().contains("harder to guess"));
    assert_eq!(now(bench.session.pin_retries()), Err(Error::Status(Status::PIN_NOT_SET)));
    let better = Pin::new(&"149162".into(), &rules).unwrap();
    assert_eq!(now(bench.session.set_pin(&info, &better)), Ok(()));
}

#[test]
fn a_pin_that_has_to_be_changed_costs_no_try_and_is_not_set_again() {
    let mut bench = Bench::with_pin("device-bound");
    let before = bench.info();
    bench.change_state(|state| state.force_pin_change = true);
    // A session that has not looked again hears it from the key.
    let token = now(bench.session.token_by_pin(&before, &pin(PIN), Permissions::CREDENTIAL_MANAGEMENT, None));
    assert_eq!(token.err(), Some(Error::PinChangeForced));
    bench.take_heard();
    let info = bench.info();
    assert!(PinRules::of(&info).change_forced);
    let token = now(bench.session.token(&info, &right(), Permissions::CREDENTIAL_MANAGEMENT, None));
    assert_eq!(token.err(), Some(Error::PinChangeForced));
    assert_eq!(bench.take_heard(), [[0x04]], "nobody was asked");
    let same = now(bench.session.change_pin(&info, &pin(PIN), &pin(PIN)));
    assert_eq!(same, Err(Error::Status(Status::PIN_POLICY_VIOLATION)));
    now(bench.session.change_pin(&info, &pin(PIN), &pin("another"))).unwrap();
    assert!(!PinRules::of(&bench.info()).change_forced);
    assert_eq!(try_pin(&mut bench, "another"), Ok(()));
}

#[test]
fn tries_of_built_in_verification_are_told() {
    assert_eq!(now(Bench::of("fingerprint-key").session.uv_retries()), Ok(5));
    let none = now(Bench::of("yubikey-5.7-like").session.uv_retries());
    assert_eq!(none, Err(Error::Status(Status::INVALID_SUBCOMMAND)));
}
