//! A card's side of every command, and APDUs of any kind.

use proptest::prelude::*;

use super::*;

const BOTH: Speaks = Speaks { u2f: true, ctap2: true };
const SELECT: &[u8] = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x06\x47\x2F\x00\x01\x00";
const GET_INFO: &[u8] = b"\x80\x10\x00\x00\x01\x04\x00";
const POLL: &[u8] = b"\x80\x11\x00\x00\x00";

fn selected(speaks: Speaks) -> Applet {
    let mut applet = Applet::new(speaks);
    assert!(matches!(applet.push(SELECT), Event::Afresh(_)));
    applet
}

fn status(status: u16) -> Event {
    Event::Reply(status.to_be_bytes().to_vec())
}

/// What GET RESPONSE gives until nothing is left.
fn collect(applet: &mut Applet, mut response: Vec<u8>, le: u8) -> Vec<u8> {
    let mut collected = Vec::new();
    loop {
        let status = response.split_off(response.len() - 2);
        collected.append(&mut response);
        if status == [0x90, 0x00] {
            return collected;
        }
        assert_eq!(status[0], 0x61);
        let Event::Reply(next) = applet.push(&[0x00, 0xC0, 0x00, 0x00, le]) else { panic!() };
        response = next;
    }
}

// proves: nfc-select
#[test]
fn select_says_the_oldest_protocol_that_the_card_speaks() {
    let ctap2 = Speaks { u2f: false, ctap2: true };
    let u2f = Speaks { u2f: true, ctap2: false };
    for (speaks, version) in [(BOTH, "U2F_V2"), (u2f, "U2F_V2"), (ctap2, "FIDO_2_0")] {
        let expected = Event::Afresh([version.as_bytes(), &[0x90, 0]].concat());
        assert_eq!(Applet::new(speaks).push(SELECT), expected);
        // Without Le.
        assert_eq!(Applet::new(speaks).push(&SELECT[..13]), expected);
    }
    let mut applet = selected(BOTH);
    applet.speak(ctap2);
    assert_eq!(applet.push(SELECT), Event::Afresh(b"FIDO_2_0\x90\x00".to_vec()));
}

// proves: nfc-select
#[test]
fn nothing_is_answered_before_select_and_after_another_was_selected() {
    let mut applet = Applet::new(BOTH);
    assert_eq!(applet.push(GET_INFO), status(0x6985));
    applet.push(SELECT);
    assert!(matches!(applet.push(GET_INFO), Event::Ctap { .. }));
    let other = b"\x00\xA4\x04\x00\x07\xA0\x00\x00\x05\x27\x21\x01";
    assert_eq!(applet.push(other), Event::Afresh(vec![0x6A, 0x82]));
    assert_eq!(applet.push(GET_INFO), status(0x6985));
    applet.push(SELECT);
    applet.reset();
    assert_eq!(applet.push(GET_INFO), status(0x6985));
}

// proves: nfc-ctap2
#[test]
fn both_protocols_reach_the_authenticator() {
    let mut applet = selected(BOTH);
    assert_eq!(applet.push(GET_INFO), Event::Ctap { message: vec![4], polls: false });
    let polls = b"\x80\x10\x80\x00\x01\x04\x00";
    assert_eq!(applet.push(polls), Event::Ctap { message: vec![4], polls: true });
    assert_eq!(applet.push(b"\x00\x03\x00\x00\x00"), Event::U2f(b"\x00\x03\x00\x00\x00\x00\x00".to_vec()));
}

#[test]
fn what_a_card_does_not_speak_it_refuses() {
    let mut applet = selected(Speaks { u2f: false, ctap2: true });
    assert_eq!(applet.push(b"\x00\x03\x00\x00\x00"), status(0x6D00));
    let mut applet = selected(Speaks { u2f: true, ctap2: false });
    assert_eq!(applet.push(GET_INFO), status(0x6D00));
    assert_eq!(applet.push(POLL), status(0x6D00));
    let mut applet = selected(BOTH);
    for (apdu, expected) in [
        (&b"\x80\x10\x40\x00\x01\x04"[..], 0x6A86),
        (b"\x80\x10\x00\x01\x01\x04", 0x6A86),
        (b"\x80\x11\x01\x00", 0x6A86),
        (b"\x80\x12\x02\x00", 0x6A86),
        (b"\x80\x20\x00\x00", 0x6D00),
        (b"\x00\x10\x00\x00\x01\x04", 0x6E00),
        (b"\x40\x10\x00\x00\x01\x04", 0x6E00),
        (b"\x80\x10\x00\x00\x02\x04", 0x6700),
        (b"\x80\x10", 0x6700),
        (b"\x00\xC0\x00\x00\x00", 0x6985),
    ] {
        assert_eq!(applet.push(apdu), status(expected), "{apdu:02X?}");
    }
}

// proves: nfc-get-response-ctap
#[test]
fn a_poll_a_cancel_and_the_end_are_told_apart() {
    let mut applet = selected(BOTH);
    assert_eq!(applet.push(POLL), Event::Poll);
    assert_eq!(applet.push(b"\x80\x11\x11\x00\x00"), Event::Cancel);
    assert_eq!(Applet::status_update(KeepaliveStatus::UpNeeded), [0x02, 0x91, 0x00]);
    assert_eq!(Applet::status_update(KeepaliveStatus::Processing), [0x01, 0x91, 0x00]);
    assert_eq!(applet.push(b"\x80\x12\x01\x00"), Event::Afresh(vec![0x90, 0x00]));
    assert_eq!(applet.push(GET_INFO), status(0x6985));
}

// proves: nfc-chaining
#[test]
fn a_chain_of_commands_is_one_message() {
    let mut applet = selected(BOTH);
    let more = |byte| [&[0x90, 0x10, 0x80, 0x00, 200][..], &[byte; 200]].concat();
    assert_eq!(applet.push(&more(1)), status(0x9000));
    assert_eq!(applet.push(&more(2)), status(0x9000));
    let message = [&[1; 200][..], &[2; 200], &[3]].concat();
    assert_eq!(applet.push(b"\x80\x10\x80\x00\x01\x03\x00"), Event::Ctap { message, polls: true });

    // Another command is no part of it, and the chain is over.
    applet.push(&more(1));
    assert_eq!(applet.push(POLL), Event::Poll);
    assert_eq!(applet.push(GET_INFO), Event::Ctap { message: vec![4], polls: false });

    // U2F in parts, as clients without extended lengths send it.
    applet.push(&[&[0x10, 0x01, 0x00, 0x00, 60][..], &[1; 60]].concat());
    let expected = [&[0, 1, 0, 0, 0, 0, 64][..], &[1; 64], &[0, 0]].concat();
    assert_eq!(applet.push(b"\x00\x01\x00\x00\x04\x01\x01\x01\x01\x00"), Event::U2f(expected));
}

// proves: nfc-chaining, memory-bounded
#[test]
fn a_chain_without_end_is_given_up() {
    let mut applet = selected(BOTH);
    let more = [&[0x90, 0x10, 0x00, 0x00, 250][..], &[1; 250]].concat();
    for _ in 0..MAX_PAYLOAD / 250 {
        assert_eq!(applet.push(&more), status(0x9000));
    }
    assert_eq!(applet.push(&more), status(0x6700));
    assert_eq!(applet.push(GET_INFO), Event::Ctap { message: vec![4], polls: false });
}

// proves: nfc-chaining
#[test]
fn a_long_response_to_a_short_command_comes_in_parts() {
    let mut applet = selected(BOTH);
    let data: Vec<u8> = (0..=255).cycle().take(600).collect();
    applet.push(GET_INFO);
    let first = applet.respond(Response::success(data.clone()));
    assert_eq!((first.len(), &first[256..]), (258, &[0x61, 0x00][..]));
    assert_eq!(collect(&mut applet, first, 0), data);
    assert_eq!(applet.push(b"\x00\xC0\x00\x00\x00"), status(0x6985), "nothing is left");

    applet.push(GET_INFO);
    let first = applet.respond(Response::success(data.clone()));
    assert_eq!(collect(&mut applet, first, 100), data);

    applet.push(GET_INFO);
    let first = applet.respond(Response::success(data[..260].to_vec()));
    assert_eq!(first[256..], [0x61, 4]);
    // Another command in between: the rest is gone.
    applet.push(POLL);
    assert_eq!(applet.push(b"\x00\xC0\x00\x00\x04"), status(0x6985));
}

// proves: nfc-extended
#[test]
fn a_long_response_to_an_extended_command_comes_whole() {
    let mut applet = selected(BOTH);
    let data = vec![7; 7609];
    assert_eq!(
        applet.push(b"\x80\x10\x00\x00\x00\x00\x01\x04\x00\x00"),
        Event::Ctap { message: vec![4], polls: false }
    );
    let response = applet.respond(Response::success(data.clone()));
    assert_eq!(response, [&data[..], &[0x90, 0x00]].concat());
    // An Le that is too small.
    applet.push(b"\x80\x10\x00\x00\x00\x00\x01\x04\x01\x00");
    let first = applet.respond(Response::success(data.clone()));
    assert_eq!(first.len(), 258);
    assert_eq!(collect(&mut applet, first, 0), data);
}

fn apdus() -> impl Strategy<Value = Vec<u8>> {
    let any_bytes = prop::collection::vec(any::<u8>(), 0..300);
    let likely = (
        prop::sample::select(vec![0x00, 0x80, 0x90, 0x10]),
        prop::sample::select(vec![0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0xC0, 0xA4]),
        prop::sample::select(vec![0x00, 0x04, 0x80, 0x11, 0x01]),
        prop::collection::vec(any::<u8>(), 0..=255),
    )
        .prop_map(|(cla, ins, p1, data)| {
            [&[cla, ins, p1, 0, u8::try_from(data.len()).unwrap()][..], &data].concat()
        });
    prop_oneof![1 => any_bytes, 6 => likely, 1 => Just(SELECT.to_vec())]
}

proptest! {
    // proves: memory-bounded
    #[test]
    fn no_apdu_panics_and_what_is_kept_is_bounded(
        apdus in prop::collection::vec((apdus(), 0..3000_usize), 0..100),
    ) {
        let mut applet = Applet::new(BOTH);
        for (apdu, answer) in apdus {
            match applet.push(&apdu) {
                Event::Reply(reply) | Event::Afresh(reply) => prop_assert!(reply.len() >= 2),
                Event::Ctap { message, .. } => {
                    prop_assert!(message.len() <= MAX_PAYLOAD + 65_535);
                    applet.respond(Response::success(vec![0; answer]));
                }
                Event::U2f(_) => drop(applet.respond(Response::success(vec![0; answer]))),
                Event::Poll | Event::Cancel => {}
            }
            prop_assert!(applet.rest.len() < 3000);
            prop_assert!(applet.chain.as_ref().is_none_or(|chain| chain.data.len() <= MAX_PAYLOAD));
        }
        applet.push(SELECT);
        prop_assert_eq!(applet.push(GET_INFO), Event::Ctap { message: vec![4], polls: false });
    }
}
