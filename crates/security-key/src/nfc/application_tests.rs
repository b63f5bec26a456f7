//! Against cards with a script, and against the card's side of ctap.

use std::collections::VecDeque;

use ctap::nfc::{Applet, Event, Speaks};
use smart_card::Error as ReaderError;

use super::*;

type Answer = Result<&'static [u8], ReaderError>;

/// Answers what its script says, and keeps what it was asked.
#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    asked: Vec<Vec<u8>>,
    reconnected: usize,
}

impl Wire for Script {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, ReaderError> {
        self.asked.push(apdu.to_vec());
        self.answers.pop_front().expect("the script goes on").map(<[u8]>::to_vec)
    }

    fn reconnect(&mut self) -> Result<(), ReaderError> {
        self.reconnected += 1;
        Ok(())
    }
}

const SHORT: Lengths = Lengths { one_way: false, extended: None };
const LONG: Lengths = Lengths { one_way: false, extended: Some(2000) };
const T0: Lengths = Lengths { one_way: true, extended: None };
const GET_INFO_APDU: &[u8] = b"\x80\x10\x80\x00\x01\x04\x00";
const SELECT: &[u8] = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x06\x47\x2F\x00\x01\x00";

/// A card that was selected, with the rest of its script.
fn card(lengths: Lengths, answers: &[Answer]) -> Application<Script> {
    let mut script = Script::default();
    script.answers.push_back(Ok(b"FIDO_2_0\x90\x00"));
    script.answers.extend(answers.iter().cloned());
    let mut card = Application::select(script, lengths).unwrap();
    card.wire.asked.clear();
    card
}

fn ask(card: &mut Application<Script>, message: &[u8]) -> Result<Vec<u8>, Error> {
    let answer = card.ctap(message, |_| {}, || false);
    assert!(card.wire.answers.is_empty(), "the script is played to its end");
    answer
}

#[test]
fn a_card_without_the_application_is_no_key() {
    for refusal in [&b"\x6A\x82"[..], b"\x6D\x00", b"\x69\x99"] {
        let script = Script { answers: [Ok(refusal)].into(), ..Script::default() };
        assert_eq!(Application::select(script, SHORT).err(), Some(Error::NotAKey));
    }
}

#[test]
fn a_short_message_is_one_apdu() {
    let mut card = card(SHORT, &[Ok(b"\x00\xA0\x90\x00")]);
    assert_eq!(ask(&mut card, &[4]).unwrap(), [0x00, 0xA0]);
    assert_eq!(card.wire.asked, [GET_INFO_APDU]);
}

#[test]
fn a_long_message_is_a_chain() {
    let message: Vec<u8> = (0..=255).cycle().take(600).collect();
    let mut card = card(SHORT, &[Ok(b"\x90\x00"), Ok(b"\x90\x00"), Ok(b"\x00\x90\x00")]);
    assert_eq!(ask(&mut card, &message).unwrap(), [0x00]);
    let [first, second, last] = &card.wire.asked[..] else { panic!() };
    assert_eq!((&first[..5], &first[5..]), (&b"\x90\x10\x80\x00\xFF"[..], &message[..255]));
    assert_eq!((&second[..5], &second[5..]), (&b"\x90\x10\x80\x00\xFF"[..], &message[255..510]));
    assert_eq!(
        (&last[..5], &last[5..]),
        (&b"\x80\x10\x80\x00\x5A"[..], &[&message[510..], &[0]].concat()[..])
    );
}

#[test]
fn a_chain_ends_where_a_link_is_refused() {
    let mut card = card(SHORT, &[Ok(b"\x67\x00")]);
    assert_eq!(ask(&mut card, &[1; 600]), Err(Error::StatusWord(StatusWord::WRONG_LENGTH)));
}

#[test]
fn an_answer_in_parts_is_joined() {
    let mut card = card(SHORT, &[Ok(b"\x00\x01\x61\x00"), Ok(b"\x02\x03\x61\x01"), Ok(b"\x04\x90\x00")]);
    assert_eq!(ask(&mut card, &[4]).unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(card.wire.asked, [GET_INFO_APDU, b"\x00\xC0\x00\x00\x00", b"\x00\xC0\x00\x00\x01"]);
}

#[test]
fn a_card_with_contacts_by_t0_names_lengths_of_its_own() {
    let answers: &[Answer] = &[Ok(b"\x61\x05"), Ok(b"\x6C\x02"), Ok(b"\x00\xA0\x90\x00")];
    let mut card = card(T0, answers);
    assert_eq!(ask(&mut card, &[4]).unwrap(), [0x00, 0xA0]);
    let asked = [&b"\x80\x10\x80\x00\x01\x04"[..], b"\x00\xC0\x00\x00\x05", b"\x00\xC0\x00\x00\x02"];
    assert_eq!(card.wire.asked, asked);
}

#[test]
fn parts_without_end_are_given_up() {
    let mut endless = card(SHORT, &[Ok(b"\x61\x00"), Ok(b"\x61\x00")]);
    assert!(matches!(ask(&mut endless, &[4]), Err(Error::StatusWord(_))));
    let part: &'static [u8] = Box::leak([vec![7; 256], b"\x61\x00".to_vec()].concat().into_boxed_slice());
    let mut long = card(SHORT, &vec![Ok(part); 257]);
    assert!(matches!(ask(&mut long, &[4]), Err(Error::StatusWord(_))));
}

#[test]
fn status_updates_are_heard_until_the_answer_comes() {
    let answers: &[Answer] = &[Ok(b"\x01\x91\x00"), Ok(b"\x02\x91\x00"), Ok(b"\x00\x90\x00")];
    let mut card = card(SHORT, answers);
    let mut heard = Vec::new();
    assert_eq!(card.ctap(&[0x0B], |status| heard.push(status), || false).unwrap(), [0x00]);
    assert_eq!(heard, [KeepaliveStatus::Processing, KeepaliveStatus::UpNeeded]);
    assert_eq!(card.wire.asked[1..], [b"\x80\x11\x00\x00\x00"; 2]);
}

#[test]
fn a_request_is_taken_back_and_one_that_goes_on_is_left() {
    let mut willing = card(SHORT, &[Ok(b"\x02\x91\x00"), Ok(b"\x2D\x90\x00")]);
    assert_eq!(willing.ctap(&[0x0B], |_| {}, || true).unwrap(), [0x2D]);
    assert_eq!(willing.wire.asked[1], b"\x80\x11\x11\x00\x00");

    let mut deaf = card(SHORT, &vec![Ok(&b"\x02\x91\x00"[..]); POLLS_AFTER_CANCEL + 1]);
    let given_up = deaf.ctap(&[0x0B], |_| {}, || true);
    assert_eq!(given_up, Err(Error::Reader(ReaderError::Timeout)));
}

#[test]
fn a_card_that_does_not_know_polls_is_asked_without() {
    for refusal in [&b"\x6A\x86"[..], b"\x6B\x00"] {
        let mut card = card(SHORT, &[Ok(refusal), Ok(b"\x00\x90\x00")]);
        assert_eq!(ask(&mut card, &[4]).unwrap(), [0x00]);
        assert_eq!(card.wire.asked, [GET_INFO_APDU, b"\x80\x10\x00\x00\x01\x04\x00"]);
        card.wire.answers.push_back(Ok(b"\x00\x90\x00"));
        ask(&mut card, &[4]).unwrap();
        assert_eq!(card.wire.asked[2], b"\x80\x10\x00\x00\x01\x04\x00", "nor again");
    }
}

#[test]
fn extended_lengths_are_used_once_they_came_back() {
    let mut card = card(LONG, &[Ok(b"\x00\x90\x00"), Ok(b"\x00\x90\x00"), Ok(b"\x00\x90\x00")]);
    card.ctap(&[0x0B], |_| {}, || false).unwrap();
    assert_eq!(card.wire.asked[0], b"\x80\x10\x80\x00\x01\x0B\x00", "not before");
    card.ctap(&[4], |_| {}, || false).unwrap();
    assert_eq!(card.wire.asked[1], b"\x80\x10\x80\x00\x00\x00\x01\x04\x00\x00");
    ask(&mut card, &[1; 600]).unwrap();
    assert_eq!(card.wire.asked[2].len(), 7 + 600 + 2);
    // Longer than the reader takes.
    card.wire.answers.extend(vec![Ok(&b"\x90\x00"[..]); 8]);
    card.wire.answers.push_back(Ok(b"\x00\x90\x00"));
    assert_eq!(ask(&mut card, &[1; 2100]).unwrap(), [0x00]);
}

#[test]
fn a_reader_that_takes_no_extended_lengths_gets_short_ones() {
    let mut refusing = card(LONG, &[Ok(b"\x67\x00"), Ok(b"\x00\x90\x00")]);
    assert_eq!(ask(&mut refusing, &[4]).unwrap(), [0x00]);
    assert_eq!(refusing.wire.asked[1], GET_INFO_APDU);

    let answers: &[Answer] = &[Err(ReaderError::Broken), Ok(b"FIDO_2_0\x90\x00"), Ok(b"\x00\x90\x00")];
    let mut breaking = card(LONG, answers);
    assert_eq!(ask(&mut breaking, &[4]).unwrap(), [0x00]);
    assert_eq!(breaking.wire.asked[1..], [SELECT, GET_INFO_APDU]);
    assert_eq!(breaking.wire.reconnected, 1);
}

#[test]
fn what_another_program_selected_is_noticed() {
    let mut messages = card(SHORT, &[Ok(b"\x6D\x00"), Ok(b"FIDO_2_0\x90\x00"), Ok(b"\x00\x90\x00")]);
    messages.doubt();
    assert_eq!(ask(&mut messages, &[4]).unwrap(), [0x00]);
    assert_eq!(messages.wire.asked, [GET_INFO_APDU, SELECT, GET_INFO_APDU]);
    // Once is enough.
    messages.wire.answers.push_back(Ok(b"\x6D\x00"));
    assert_eq!(ask(&mut messages, &[4]), Err(Error::Refused(HidError::INVALID_CMD)));

    let mut u2f = card(SHORT, &[Ok(b"U2F_V2\x90\x00"), Ok(b"\x69\x85")]);
    u2f.doubt();
    let version = b"\x00\x03\x00\x00\x00\x00\x00";
    assert_eq!(u2f.u2f(version).unwrap(), b"\x69\x85");
    assert_eq!(u2f.wire.asked, [SELECT, b"\x00\x03\x00\x00\x00"]);
}

#[test]
fn what_breaks_off_is_told() {
    let mut gone = card(SHORT, &[Ok(b"\x02\x91\x00"), Err(ReaderError::Removed)]);
    assert_eq!(ask(&mut gone, &[0x0B]), Err(Error::Reader(ReaderError::Removed)));
    for cut in [&b""[..], b"\x90"] {
        assert_eq!(ask(&mut card(SHORT, &[Ok(cut)]), &[4]), Err(Error::Reader(ReaderError::Broken)));
    }
    let mut refused = card(SHORT, &[Ok(b"\x69\x82")]);
    assert_eq!(ask(&mut refused, &[4]), Err(Error::StatusWord(StatusWord(0x6982))));
}

/// The card's side, as the emulated key has it: every message is answered by itself, behind a status of success.
struct Echo(Applet);

impl Wire for Echo {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, ReaderError> {
        Ok(match self.0.push(apdu) {
            Event::Reply(reply) | Event::Afresh(reply) => reply,
            Event::Ctap { message, .. } | Event::U2f(message) => self.0.respond(Response::success(message)),
            Event::Poll | Event::Cancel => Applet::status_update(KeepaliveStatus::Processing),
        })
    }

    fn reconnect(&mut self) -> Result<(), ReaderError> {
        Ok(())
    }
}

#[test]
fn messages_of_every_length_go_there_and_come_back() {
    for lengths in [SHORT, LONG, T0, Lengths { one_way: false, extended: Some(UNLIMITED) }] {
        let echo = Echo(Applet::new(Speaks { u2f: true, ctap2: true }));
        let mut key = Application::select(echo, lengths).unwrap();
        assert_eq!(key.ctap(&[4], |_| {}, || false).unwrap(), [4]);
        for length in [1, 254, 255, 256, 257, 510, 511, 1024, 7609] {
            let message: Vec<u8> = (1..=251).cycle().take(length).collect();
            assert_eq!(key.ctap(&message, |_| {}, || false).unwrap(), message, "{lengths:?} {length}");
            let u2f = Command { encoding: Encoding::Extended, ..command(0, 2, 3, message) };
            let u2f = Command { ne: Some(EXTENDED_RESPONSE), ..u2f }.encode();
            assert_eq!(key.u2f(&u2f).unwrap(), [&u2f[..], b"\x90\x00"].concat());
        }
    }
}

const UNLIMITED: usize = 65_544;
