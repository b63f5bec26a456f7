use std::time::Duration;

use authenticator::{
    platform::{Answer, Question},
    testing::now,
};

use super::*;
use crate::{
    Error, Found, Medium, PersistentToken,
    bench::{Bench, right, shipped},
};

const PROFILES: [&str; 7] =
    ["device-bound", "synced", "yubikey-5.7-like", "ctap20-only", "fingerprint-key", "tiny", "post-quantum"];

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn plugged_in() -> Found {
    Found {
        vendor_id: Some(0x1209),
        product_id: Some(1),
        serial: Some("1".to_owned()),
        medium: Medium::Usb,
        ..Found::at("tcp:127.0.0.1:1")
    }
}

#[test]
fn in_every_profile_a_reset_erases_all_of_it_soon_after_power_and_not_later() {
    for profile in PROFILES {
        let mut bench = Bench::with_pin(profile);
        let before = Bench::of(profile).info();
        bench.register("a.example", "ann");
        let full = bench.info();
        assert!(!Freshness::of(&before, &full).holds(), "{profile}");

        bench.world().clock.advance(seconds(11));
        let late = now(bench.session.reset());
        assert_eq!(late, Err(Error::ResetNotAllowed), "{profile}");
        assert!(late.unwrap_err().hint().unwrap().starts_with("Unplug"));

        bench.replug();
        bench.world().user.will(Answer::TimedOut);
        let untouched = now(bench.session.reset());
        assert_eq!(untouched, Err(Error::Status(Status::USER_ACTION_TIMEOUT)), "{profile}");
        assert!(states(&bench.info(), "clientPin"), "{profile}");
        assert_eq!(now(bench.session.reset()), Ok(()), "{profile}");
        assert!(Freshness::of(&full, &bench.info()).holds(), "{profile}");
        assert_eq!(now(bench.session.pin_retries()), Err(Error::Status(Status::PIN_NOT_SET)));
    }
}

#[test]
fn tokens_are_gone_with_a_reset_and_the_device_identifier_too() {
    let mut bench = Bench::with_pin("device-bound");
    let info = bench.info();
    let token = now(bench.session.persistent_token(&info, &right())).unwrap();
    let identifier = |token: &PersistentToken, bench: &mut Bench| token.device_identifier(&bench.info());
    let before = identifier(&token, &mut bench).unwrap();
    now(bench.session.reset()).unwrap();
    assert_eq!(identifier(&token, &mut bench), None);
    let info = bench.info();
    let token = now(bench.session.persistent_token(&info, &right())).unwrap();
    assert_ne!(identifier(&token, &mut bench), Some(before));
}

#[test]
fn a_long_touch_is_asked_for_where_it_is_set() {
    let mut bench = Bench::with_pin("device-bound");
    let info = bench.info();
    now(bench.session.enable_long_touch_for_reset(&info, &right())).unwrap();
    let info = bench.info();
    let mut guided = GuidedReset::of(&plugged_in(), &info).unwrap();
    guided.removed();
    bench.replug();
    guided.inserted(&plugged_in(), &bench.info(), seconds(5)).unwrap();
    assert_eq!(guided.step(seconds(5)), Step::Touch { left: WINDOW, long: true });
    bench.world().user.take_questions();
    now(bench.session.reset()).unwrap();
    assert_eq!(bench.world().user.take_questions(), [Question::Reset { long_touch: true }]);
}

#[test]
fn four_steps_lead_to_the_end_and_time_runs_while_the_key_is_in() {
    let info = Bench::with_pin("yubikey-5.7-like").info();
    let mut guided = GuidedReset::of(&plugged_in(), &info).unwrap();
    assert_eq!(guided.step(seconds(0)), Step::Remove);
    assert_eq!(guided.step(seconds(1000)), Step::Remove);
    guided.removed();
    assert_eq!(guided.step(seconds(1001)), Step::Insert);
    guided.inserted(&plugged_in(), &info, seconds(1010)).unwrap();
    assert_eq!(guided.step(seconds(1013)), Step::Touch { left: seconds(7), long: false });
    assert_eq!(guided.step(seconds(1020)), Step::Remove, "too late: once more");
    guided.removed();
    guided.inserted(&plugged_in(), &info, seconds(1030)).unwrap();
    assert_eq!(guided.step(seconds(1030)), Step::Touch { left: WINDOW, long: false });
    guided.done();
    assert_eq!(guided.step(seconds(2000)), Step::Done);
}

#[test]
fn another_key_is_told_and_the_right_one_is_still_waited_for() {
    let mut bench = Bench::with_pin("device-bound");
    let info = bench.info();
    now(bench.session.persistent_token(&info, &right())).unwrap();
    let info = bench.info();
    assert!(info.enc_identifier.is_some());
    let mut guided = GuidedReset::of(&plugged_in(), &info).unwrap();
    guided.removed();
    let serial = Found { serial: Some("2".to_owned()), ..plugged_in() };
    let product = Found { product_id: Some(2), ..plugged_in() };
    let other_info = Bench::of("device-bound").info();
    for (found, info) in [(&serial, &info), (&product, &info), (&plugged_in(), &other_info)] {
        assert_eq!(guided.inserted(found, info, seconds(1)), Err(Error::AnotherKey));
        assert_eq!(guided.step(seconds(1)), Step::Insert);
    }
    bench.replug();
    let again = bench.info();
    assert_ne!(again.enc_identifier, info.enc_identifier, "sealed anew each time");
    let elsewhere = Found { port: Some("2-1".to_owned()), ..plugged_in() };
    assert_eq!(guided.inserted(&elsewhere, &again, seconds(2)), Ok(()));
}

#[test]
fn a_key_that_is_reset_elsewhere_says_where() {
    let mut profile = shipped("yubikey-5.7-like");
    profile.versions.push("FIDO_2_3".to_owned());
    profile.reset.transports = vec!["nfc".to_owned()];
    let info = Bench::new(profile).info();
    let by_usb = GuidedReset::of(&plugged_in(), &info);
    assert_eq!(by_usb.err(), Some(Error::ResetElsewhere("nfc".to_owned())));
    let on_a_reader = Found { medium: Medium::Nfc, ..plugged_in() };
    assert!(GuidedReset::of(&on_a_reader, &info).is_ok());
}
