use std::sync::{Arc, Mutex};

use authenticator::{
    platform::Answer,
    testing::{World, now},
};

use super::*;
use crate::{InProcess, bench::shipped};

const CHALLENGE: [u8; 32] = [1; 32];
const APPLICATION: [u8; 32] = [2; 32];

/// A key that is touched when it was asked so often.
fn key(profile: &str, asked: usize) -> Session<InProcess> {
    let world = Arc::new(Mutex::new(World::with_profile(1, shipped(profile))));
    let mut questions = 0;
    let refuse = |_| std::future::ready(vec![Status::INVALID_COMMAND.0]);
    Session::new(InProcess::new(refuse).with_messages(move |apdu: Vec<u8>| {
        let mut world = world.lock().unwrap();
        let question = world.key.u2f_question(&apdu);
        questions += usize::from(question.is_some());
        let touch = Answer::Approved { account: 0, verified: false };
        let touched = (question.is_some() && questions > asked).then_some(touch);
        std::future::ready(world.key.answer_u2f(&apdu, touched))
    }))
}

#[tokio::test]
async fn a_touch_is_waited_for_and_told_of() {
    for profile in ["u2f-only", "yubikey-5.7-like"] {
        let mut key = key(profile, 2);
        let mut waited = 0;
        let made = key.u2f_register(CHALLENGE, APPLICATION, || waited += 1).await.unwrap();
        assert_eq!(waited, 2, "{profile}");
        assert_eq!(made.public_key[0], 0x04);
        assert!(made.certificate.starts_with(&[0x30, 0x82]), "{profile}");
        let signed = key.u2f_authenticate(CHALLENGE, APPLICATION, &made.key_handle, || {}).await.unwrap();
        assert!(signed.user_present);
        let again = key.u2f_authenticate(CHALLENGE, APPLICATION, &made.key_handle, || {}).await.unwrap();
        assert!(again.counter > signed.counter);
        verify(&made.public_key, &signed);
        verify(&made.public_key, &again);
    }
}

fn verify(public_key: &[u8; 65], signed: &Authentication) {
    use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
    let message = Authentication::signed(&APPLICATION, signed.user_present, signed.counter, &CHALLENGE);
    let key = VerifyingKey::from_sec1_bytes(public_key).unwrap();
    key.verify(&message, &Signature::from_der(&signed.signature).unwrap()).unwrap();
}

#[test]
fn a_key_handle_is_known_to_its_key_and_application_alone() {
    let mut one = key("u2f-only", 0);
    let made = now(one.u2f_register(CHALLENGE, APPLICATION, || {})).unwrap();
    assert_eq!(now(one.u2f_knows(APPLICATION, &made.key_handle)), Ok(true));
    assert_eq!(now(one.u2f_knows([3; 32], &made.key_handle)), Ok(false));
    let wrong = Error::StatusWord(StatusWord::WRONG_DATA);
    let refused = now(one.u2f_authenticate(CHALLENGE, [3; 32], &made.key_handle, || {}));
    assert_eq!(refused, Err(wrong.clone()));
    assert!(wrong.to_string().contains("not of this key"));
}

#[test]
fn the_version_is_told_by_keys_that_speak_it() {
    assert_eq!(now(key("u2f-only", 0).u2f_version()), Ok("U2F_V2".to_owned()));
    assert_eq!(now(key("device-bound", 0).u2f_version()), Err(Error::Unsupported("U2F")));
    let mut without = Session::new(InProcess::new(|_| std::future::ready(Vec::new())));
    assert_eq!(now(without.u2f_version()), Err(Error::Unsupported("U2F")));
}

#[test]
fn an_answer_that_is_no_u2f_is_told() {
    for answer in [&b""[..], b"\x90", b"\xff\xfe\x90\x00"] {
        let silent = |_| std::future::ready(Vec::new());
        let messages = move |_| std::future::ready(answer.to_vec());
        let mut key = Session::new(InProcess::new(silent).with_messages(messages));
        assert_eq!(now(key.u2f_version()), Err(Error::U2fAnswer));
        assert_eq!(now(key.u2f_register(CHALLENGE, APPLICATION, || {})), Err(Error::U2fAnswer));
    }
}
