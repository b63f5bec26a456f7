//! Lengths by their forms, and bytes of any kind.

use proptest::prelude::*;

use super::*;

fn decoded(apdu: &[u8]) -> (Vec<u8>, Encoding, Option<usize>) {
    let command = Command::decode(apdu).unwrap();
    assert_eq!([command.cla, command.ins, command.p1, command.p2], [0x00, 0x03, 0x01, 0x02]);
    (command.data, command.encoding, command.ne)
}

// proves: nfc-extended
#[test]
fn each_form_of_lengths_is_read() {
    use Encoding::{Extended, Short};

    let long = vec![7; 300];
    let with = |parts: &[&[u8]]| [&[0x00, 0x03, 0x01, 0x02][..], &parts.concat()].concat();
    for (apdu, data, encoding, ne) in [
        (with(&[]), &b""[..], Short, None),
        (with(&[&[0]]), b"", Short, Some(256)),
        (with(&[&[9]]), b"", Short, Some(9)),
        (with(&[&[2], b"ab"]), b"ab", Short, None),
        (with(&[&[2], b"ab", &[0]]), b"ab", Short, Some(256)),
        (with(&[&[0, 0, 0]]), b"", Extended, Some(65_536)),
        (with(&[&[0, 1, 2]]), b"", Extended, Some(258)),
        (with(&[&[0, 0, 2], b"ab"]), b"ab", Extended, None),
        (with(&[&[0, 1, 44], &long]), &long, Extended, None),
        (with(&[&[0, 1, 44], &long, &[0, 0]]), &long, Extended, Some(65_536)),
        // python-fido2 and libfido2 where there is no data.
        (with(&[&[0, 0, 0, 0, 0]]), b"", Extended, Some(65_536)),
    ] {
        assert_eq!(decoded(&apdu), (data.to_vec(), encoding, ne), "{apdu:02X?}");
    }
}

#[test]
fn lengths_that_do_not_fit_are_wrong() {
    for body in
        [&[2, 1][..], &[2, 1, 2, 3, 4], &[0, 0], &[0, 0, 3, 1, 2], &[0, 0, 1, 1, 2], &[0, 0xFF, 0xFF, 1]]
    {
        let apdu = [&[0, 1, 0, 0][..], body].concat();
        assert_eq!(Command::decode(&apdu), Err(StatusWord::WRONG_LENGTH), "{body:02X?}");
    }
    for short in [&[][..], &[0], &[0, 1, 0]] {
        assert_eq!(Command::decode(short), Err(StatusWord::WRONG_LENGTH));
    }
}

#[test]
fn a_response_is_data_and_status_word() {
    let response = Response::success(b"U2F_V2".to_vec());
    assert_eq!(response.encode(), b"U2F_V2\x90\x00");
    assert_eq!(Response::decode(&response.encode()), Some(response));
    assert_eq!(Response::decode(b"\x69\x85"), Some(StatusWord::CONDITIONS_NOT_SATISFIED.into()));
    assert_eq!(Response::decode(b"\x69"), None);
    assert_eq!(StatusWord::more(5), StatusWord(0x6105));
    assert_eq!(StatusWord::more(255), StatusWord(0x61FF));
    assert_eq!(StatusWord::more(256), StatusWord(0x6100));
    assert_eq!(StatusWord::more(70_000), StatusWord(0x6100));
}

fn commands() -> impl Strategy<Value = Command> {
    let short = (prop::collection::vec(any::<u8>(), 0..=SHORT_DATA), prop::option::of(1..=SHORT_RESPONSE))
        .prop_map(|(data, ne)| (data, Encoding::Short, ne));
    // Without data and Le nothing tells an extended command from a short one.
    let extended = (prop::collection::vec(any::<u8>(), 0..2000), prop::option::of(1..=EXTENDED_RESPONSE))
        .prop_filter("tells its encoding", |(data, ne)| !data.is_empty() || ne.is_some())
        .prop_map(|(data, ne)| (data, Encoding::Extended, ne));
    (any::<[u8; 4]>(), prop_oneof![short, extended]).prop_map(|([cla, ins, p1, p2], (data, encoding, ne))| {
        Command { cla, ins, p1, p2, data, encoding, ne }
    })
}

proptest! {
    #[test]
    fn a_command_comes_back_from_its_bytes(command in commands()) {
        prop_assert_eq!(Command::decode(&command.encode()), Ok(command));
    }

    #[test]
    fn no_bytes_panic_and_no_data_is_invented(apdu in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(command) = Command::decode(&apdu) {
            prop_assert!(command.data.len() + 4 <= apdu.len());
            prop_assert!((1..=EXTENDED_RESPONSE).contains(&command.room()));
        }
    }
}
