use std::time::Duration;

use authenticator::{platform::Answer, testing::now};

use super::*;
use crate::bench::{Bench, pin, right};

const CM: Permissions = Permissions::CREDENTIAL_MANAGEMENT;

/// Subcommands of clientPIN that were heard, and other commands as 0x100 and their number.
fn heard(bench: &Bench) -> Vec<u64> {
    let one = |message: Vec<u8>| match ctap::Request::decode(&message) {
        Ok(Request::ClientPin(request)) => request.sub_command,
        _ => 0x100 + u64::from(message[0]),
    };
    bench.take_heard().into_iter().map(one).collect()
}

fn metadata(bench: &mut Bench, proof: &Proof) -> Result<(), Error> {
    let info = bench.info();
    bench.take_heard();
    now(bench.session.credential_metadata(&info, proof)).map(drop)
}

#[test]
fn one_token_serves_until_it_expires_and_is_then_asked_for_once_more() {
    for profile in ["yubikey-5.7-like", "tiny", "synced"] {
        let mut bench = Bench::with_pin(profile);
        metadata(&mut bench, &right()).unwrap();
        assert_eq!(heard(&bench), [2, 9, 0x10A], "{profile}");
        for _ in 0..3 {
            bench.world().clock.advance(Duration::from_secs(29));
            // Nothing is at hand any more, and nothing is needed.
            metadata(&mut bench, &Proof::BuiltIn).unwrap();
            assert_eq!(heard(&bench), [0x10A], "{profile}");
        }
        bench.world().clock.advance(Duration::from_secs(601));
        metadata(&mut bench, &right()).unwrap();
        assert_eq!(heard(&bench), [0x10A, 2, 9, 0x10A], "{profile}");
    }
}

#[test]
fn a_token_that_expired_with_nothing_at_hand_is_a_question_for_the_pin() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    metadata(&mut bench, &right()).unwrap();
    bench.world().clock.advance(Duration::from_secs(601));
    let needed = Error::PinNeeded { retries: Some(8), power_cycle: false };
    assert_eq!(metadata(&mut bench, &Proof::BuiltIn), Err(needed));
    assert_eq!(metadata(&mut bench, &right()), Ok(()));
}

#[test]
fn a_wrong_pin_is_tried_once() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    let wrong = Proof::Pin(pin("wrong"));
    assert_eq!(metadata(&mut bench, &wrong), Err(Error::Status(Status::PIN_INVALID)));
    assert_eq!(heard(&bench), [2, 9]);
    assert_eq!(now(bench.session.pin_retries()).unwrap().left, 7);
}

#[test]
fn another_permission_needs_another_token_unless_both_were_asked_for() {
    let mut bench = Bench::with_pin("device-bound");
    let info = bench.info();
    let both = CM | Permissions::LARGE_BLOB_WRITE;
    now(bench.session.authorize(&info, &right(), both)).unwrap();
    bench.take_heard();
    now(bench.session.authorize(&info, &Proof::BuiltIn, CM)).unwrap();
    now(bench.session.authorize(&info, &Proof::BuiltIn, Permissions::LARGE_BLOB_WRITE)).unwrap();
    assert_eq!(heard(&bench), []);
    now(bench.session.authorize(&info, &right(), Permissions::AUTHENTICATOR_CONFIGURATION)).unwrap();
    assert_eq!(heard(&bench), [2, 9]);
    assert_eq!(metadata(&mut bench, &right()), Ok(()));
    assert_eq!(heard(&bench), [2, 9, 0x10A], "a key has one token in use");
}

#[test]
fn a_token_for_one_site_serves_that_site() {
    let token = || Token::kept(ctap::pin_protocol::Version::Two, &[1; 32]);
    let bound = Held { permissions: CM, rp_id: Some("a.example".to_owned()), token: token() };
    assert!(bound.serves(Wanted { permissions: CM, rp_id: Some("a.example") }));
    assert!(!bound.serves(Wanted { permissions: CM, rp_id: Some("b.example") }));
    assert!(!bound.serves(Wanted::everywhere(CM)));
    let free = Held { permissions: CM, rp_id: None, token: token() };
    assert!(free.serves(Wanted { permissions: CM, rp_id: Some("a.example") }));
    assert!(!free.serves(Wanted::everywhere(Permissions::BIO_ENROLLMENT)));
}

#[test]
fn the_key_s_own_verification_goes_first_and_gives_way_to_the_pin_when_it_is_blocked() {
    let mut bench = Bench::with_pin("device-bound");
    metadata(&mut bench, &Proof::BuiltIn).unwrap();
    assert_eq!(heard(&bench), [2, 6, 0x10A]);
    bench.session.forget_tokens();
    for _ in 0..4 {
        bench.world().user.will(Answer::NotVerified);
        let wrong = metadata(&mut bench, &Proof::BuiltIn);
        assert_eq!(wrong, Err(Error::Status(Status::UV_INVALID)), "never asked twice");
    }
    bench.world().user.will(Answer::NotVerified);
    let needed = Error::PinNeeded { retries: Some(8), power_cycle: false };
    assert_eq!(metadata(&mut bench, &Proof::BuiltIn), Err(needed.clone()));
    assert_eq!(metadata(&mut bench, &Proof::BuiltIn), Err(needed));
    assert_eq!(metadata(&mut bench, &right()), Ok(()));
    assert_eq!(now(bench.session.uv_retries()), Ok(5), "the PIN unblocks it");
}

#[test]
fn a_person_s_no_stays_a_no() {
    let mut bench = Bench::of("device-bound");
    bench.world().user.will(Answer::Declined);
    let declined = metadata(&mut bench, &Proof::BuiltIn);
    assert_eq!(declined, Err(Error::Status(Status::OPERATION_DENIED)));
}

#[test]
fn a_key_that_nothing_protects_has_no_owner() {
    for profile in ["yubikey-5.7-like", "fingerprint-key"] {
        let mut bench = Bench::of(profile);
        assert_eq!(metadata(&mut bench, &right()), Err(Error::Unprotected), "{profile}");
        assert_eq!(heard(&bench), []);
    }
}

#[test]
fn a_key_that_cannot_be_managed_says_so_before_anybody_is_asked() {
    let mut bench = Bench::with_pin("ctap20-only");
    assert!(matches!(metadata(&mut bench, &right()), Err(Error::Unsupported(_))));
    assert_eq!(heard(&bench), []);
}
