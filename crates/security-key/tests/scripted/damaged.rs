//! Every answer of a real key, damaged at every byte: a value or an error in words comes out, after as many messages as
//! there should be.

use authenticator::testing::now;
use ctap::{Command, Response};
use security_key::{Error, InProcess, Session};

use std::collections::BTreeSet;

use crate::{recording::recordings, sentence::said};

#[test]
fn a_byte_that_is_wrong_is_no_harm_wherever_it_stands() {
    for (name, recording) in recordings() {
        for (index, answer) in recording.own() {
            for at in 0..answer.len() {
                for bits in [0x01, 0x80, 0xFF] {
                    let mut answers = recording.answers.clone();
                    answers[index][at] ^= bits;
                    check(
                        &recording.again(answers),
                        &format!("{name}: answer {index}, byte {at} with {bits:02X}"),
                    );
                }
            }
        }
    }
}

#[test]
fn an_answer_that_ends_early_is_no_harm_wherever_it_does() {
    for (name, recording) in recordings() {
        for (index, answer) in recording.own() {
            for end in 0..answer.len() {
                let mut answers = recording.answers.clone();
                answers[index].truncate(end);
                check(&recording.again(answers), &format!("{name}: answer {index} ends at {end}"));
            }
        }
    }
}

#[test]
fn answers_that_come_in_another_order_are_no_harm() {
    for (name, recording) in recordings() {
        for first in 0..recording.answers.len() {
            for second in 0..recording.answers.len() {
                let mut answers = recording.answers.clone();
                answers.swap(first, second);
                check(&recording.again(answers), &format!("{name}: answers {first} and {second}"));
            }
            let left_out = [&recording.answers[..first], &recording.answers[first + 1..]].concat();
            check(&recording.again(left_out), &format!("{name}: without answer {first}"));
        }
    }
}

/// The same answers, unspoilt, do what they did: the rest of these tests begins where the client listens.
#[test]
fn the_answers_themselves_are_understood() {
    for (name, recording) in recordings() {
        let outcome = recording.again(recording.answers.clone());
        // A token decrypts to other bytes for another session, so what is under it comes out wrong; nothing else does.
        assert!(!matches!(outcome, Err(Error::Answer(..))), "{name}: {outcome:?}");
    }
}

/// Beyond what the client does today: everything that decodes a response takes every spoilt one.
#[test]
fn every_answer_is_read_as_that_to_every_command() {
    const COMMANDS: [Command; 11] = [
        Command::MakeCredential,
        Command::GetAssertion,
        Command::GetInfo,
        Command::ClientPin,
        Command::Reset,
        Command::GetNextAssertion,
        Command::BioEnrollment,
        Command::CredentialManagement,
        Command::Selection,
        Command::LargeBlobs,
        Command::AuthenticatorConfig,
    ];
    let answers: BTreeSet<_> =
        recordings().into_iter().flat_map(|(_, recording)| recording.answers).collect();
    for answer in answers {
        for at in 0..answer.len() {
            for bit in 0..8 {
                let mut spoilt = answer.clone();
                spoilt[at] ^= 1 << bit;
                for command in COMMANDS {
                    let _ = Response::decode(command, &spoilt);
                }
            }
        }
    }
}

#[test]
fn an_answer_that_promises_more_than_there_is_takes_no_memory() {
    for promise in [
        &[0x00, 0x9B][..],
        &[0x00, 0xBB],
        &[0x00, 0x5B],
        &[0x00, 0xA1, 0x01, 0x9B],
        &[0x00, 0xA1, 0x03, 0x7B],
    ] {
        let answer = [promise, &[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]].concat();
        let mut session = Session::new(InProcess::new(move |_| std::future::ready(answer.clone())));
        let error = now(session.info()).unwrap_err();
        assert!(matches!(error, Error::Answer(Command::GetInfo, _)), "{error:?}");
        assert!(said(&error).starts_with("The key's answer to GetInfo is not as CTAP says: "));
        assert!(error.hint().unwrap_or_default().contains("firmware"));
    }
}

fn check(outcome: &Result<(), Error>, what: &str) {
    let Err(error) = outcome else { return };
    said(error);
    let of_the_key = !matches!(error, Error::Gone(_) | Error::Busy | Error::NoPermission(_));
    assert!(of_the_key, "{what}: {error:?}");
}
