//! Keys of before FIDO2 that answer badly.

use authenticator::{Profile, testing::World, testing::now};
use ctap::apdu::StatusWord;
use security_key::{Error, Exchange, Medium, Session, Transport};
use std::{
    future::ready,
    sync::{Arc, Mutex},
};

use crate::sentence::said;

/// A way to a key by U2F alone.
struct Card<F>(F);

impl<F: FnMut(Vec<u8>) -> Vec<u8> + Send> Transport for Card<F> {
    fn exchange(&mut self, _: Vec<u8>) -> Exchange<'_> {
        Box::pin(ready(Err(Error::Unsupported("CTAP2"))))
    }

    fn message(&mut self, command: Vec<u8>) -> Exchange<'_> {
        Box::pin(ready(Ok((self.0)(command))))
    }

    fn wink(&mut self) -> Exchange<'_> {
        Box::pin(ready(Err(Error::Unsupported("winking"))))
    }

    fn medium(&self) -> Medium {
        Medium::InProcess
    }
}

fn answering(answer: Vec<u8>) -> Session<impl Transport> {
    Session::new(Card(move |_: Vec<u8>| answer.clone()))
}

/// What a real key answers to version, register and authenticate.
fn real() -> [Vec<u8>; 3] {
    let profile = Profile::shipped().find(|profile| profile.name == "u2f-only").unwrap().clone();
    let world = Arc::new(Mutex::new(World::with_profile(1, profile)));
    let answers = Arc::new(Mutex::new(Vec::new()));
    let heard = answers.clone();
    let mut session = Session::new(Card(move |command: Vec<u8>| {
        let answer = now(world.lock().unwrap().key.handle_u2f(&command));
        heard.lock().unwrap().push(answer.clone());
        answer
    }));
    now(session.u2f_version()).unwrap();
    let made = now(session.u2f_register([1; 32], [2; 32], || {})).unwrap();
    now(session.u2f_authenticate([1; 32], [2; 32], &made.key_handle, || {})).unwrap();
    let answers = answers.lock().unwrap().clone();
    answers.try_into().unwrap()
}

/// Everything that is asked by U2F, of a key that answers all of it with this.
fn ask(answer: &[u8]) -> Vec<Error> {
    let mut session = answering(answer.to_vec());
    let errors = [
        now(session.u2f_version()).err(),
        now(session.u2f_register([1; 32], [2; 32], || {})).err(),
        now(session.u2f_authenticate([1; 32], [2; 32], &[3; 64], || {})).err(),
        now(session.u2f_knows([2; 32], &[3; 64])).err(),
    ];
    errors.into_iter().flatten().collect()
}

#[test]
fn a_byte_that_is_wrong_or_missing_is_no_harm() {
    let waits = StatusWord::CONDITIONS_NOT_SATISFIED.0.to_be_bytes();
    for answer in real() {
        for at in 0..answer.len() {
            let mut spoilt: Vec<_> = (0..8).map(|bit| flipped(&answer, at, 1 << bit)).collect();
            spoilt.push(answer[..at].to_vec());
            // Such a key is asked again until its person touches it.
            for answer in spoilt.iter().filter(|answer| !answer.ends_with(&waits)) {
                for error in ask(answer) {
                    said(&error);
                }
            }
        }
    }
}

#[test]
fn every_status_word_is_told() {
    let waits = StatusWord::CONDITIONS_NOT_SATISFIED;
    for word in
        (0..=u16::MAX).filter(|word| StatusWord(*word) != StatusWord::SUCCESS && StatusWord(*word) != waits)
    {
        let error = now(answering(word.to_be_bytes().to_vec()).u2f_version()).unwrap_err();
        let told = said(&error);
        let named =
            told.contains(&format!("{word:04X}")) || told.contains("U2F") || told.contains("not do it");
        assert!(named, "{told}");
    }
}

#[test]
fn an_answer_without_a_status_word_is_told() {
    for answer in [vec![], vec![0x90]] {
        let error = now(answering(answer).u2f_version()).unwrap_err();
        assert_eq!(said(&error), "The key's answer is not as U2F says.");
        assert!(error.hint().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_never_touched_is_given_up() {
    let answer = StatusWord::CONDITIONS_NOT_SATISFIED.0.to_be_bytes().to_vec();
    let mut waited = 0;
    let error = answering(answer).u2f_register([1; 32], [2; 32], || waited += 1).await.unwrap_err();
    assert!(error.hint().unwrap_or_default().contains("touch"), "{error:?}");
    assert!((50..1000).contains(&waited), "{waited}");
}

fn flipped(answer: &[u8], at: usize, bits: u8) -> Vec<u8> {
    let mut answer = answer.to_vec();
    answer[at] ^= bits;
    answer
}
