//! Messages as the specification draws them, and each way to get one wrong.

use proptest::prelude::*;

use super::*;
use crate::apdu::Command;

fn decode(apdu: &[u8]) -> Result<Request, StatusWord> {
    Request::decode(&Command::decode(apdu)?)
}

fn authenticate(control: Control, key_handle: &[u8]) -> Request {
    Request::Authenticate {
        control,
        challenge: [1; 32],
        application: [2; 32],
        key_handle: key_handle.to_vec(),
    }
}

// proves: u2f-version
#[test]
fn the_version_is_asked_for_without_data() {
    // Without Le, short, extended, and extended with an Lc of zero.
    for apdu in [&b"\0\x03\0\0"[..], b"\0\x03\0\0\0", b"\0\x03\0\0\0\0\0", b"\0\x03\0\0\0\0\0\0\0"] {
        assert_eq!(decode(apdu), Ok(Request::Version));
    }
    assert_eq!(decode(b"\0\x03\0\0\x01x"), Err(StatusWord::WRONG_LENGTH));
}

#[test]
fn a_message_stands_in_its_apdu_as_the_specification_draws_it() {
    let register = Request::Register { challenge: [1; 32], application: [2; 32] };
    let expected = [&[0, 1, 0, 0, 0, 0, 64][..], &[1; 32], &[2; 32], &[0, 0]].concat();
    assert_eq!(register.encode(), expected);
    let sign = authenticate(Control::EnforceUserPresenceAndSign, b"handle");
    let expected = [&[0, 2, 3, 0, 0, 0, 71][..], &[1; 32], &[2; 32], b"\x06handle", &[0, 0]].concat();
    assert_eq!(sign.encode(), expected);
}

#[test]
fn what_is_not_u2f_has_its_status_word() {
    let data = [1; 64];
    let short = |cla, ins, p1, data: &[u8]| {
        decode(&[&[cla, ins, p1, 0, u8::try_from(data.len()).unwrap()][..], data].concat())
    };
    assert!(short(0, 1, 0, &data).is_ok());
    // Chromium sets bits of P1 for registrations; the specification gives them no meaning.
    assert!(short(0, 1, 3, &data).is_ok());
    assert_eq!(short(1, 1, 0, &data), Err(StatusWord::CLA_NOT_SUPPORTED));
    assert_eq!(short(0, 4, 0, &data), Err(StatusWord::INS_NOT_SUPPORTED));
    assert_eq!(short(0, 1, 0, &data[1..]), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(short(0, 1, 0, &[1; 65]), Err(StatusWord::WRONG_LENGTH));
    let sign = [&data[..], b"\x02ab"].concat();
    assert!(short(0, 2, 3, &sign).is_ok());
    assert_eq!(short(0, 2, 4, &sign), Err(StatusWord::INCORRECT_PARAMETERS));
    assert_eq!(short(0, 2, 3, &data), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(short(0, 2, 3, &sign[..66]), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(short(0, 2, 3, &[&sign[..], b"c"].concat()), Err(StatusWord::WRONG_LENGTH));
}

#[test]
fn responses_stand_as_the_specification_draws_them() {
    let registration = Registration {
        public_key: [4; 65],
        key_handle: b"handle".to_vec(),
        certificate: b"certificate".to_vec(),
        signature: b"signature".to_vec(),
    };
    let expected = [&[5][..], &[4; 65], b"\x06handle", b"certificate", b"signature"].concat();
    assert_eq!(registration.encode(), expected);
    let signed = Registration::signed(&[2; 32], &[1; 32], b"handle", &[4; 65]);
    assert_eq!(signed, [&[0][..], &[2; 32], &[1; 32], b"handle", &[4; 65]].concat());

    let authentication = Authentication { user_present: true, counter: 0x0102, signature: b"s".to_vec() };
    assert_eq!(authentication.encode(), [1, 0, 0, 1, 2, b's']);
    let signed = Authentication::signed(&[2; 32], false, 7, &[1; 32]);
    assert_eq!(signed, [&[2; 32][..], &[0, 0, 0, 0, 7], &[1; 32]].concat());
}

proptest! {
    #[test]
    fn a_request_comes_back_from_its_bytes(
        control in prop::sample::select(vec![7, 3, 8]),
        challenge: [u8; 32],
        application: [u8; 32],
        key_handle in prop::collection::vec(any::<u8>(), 0..=MAX_KEY_HANDLE),
    ) {
        let control = Control::from_byte(control).unwrap();
        let register = Request::Register { challenge, application };
        let sign = Request::Authenticate { control, challenge, application, key_handle };
        for request in [register, sign, Request::Version] {
            prop_assert_eq!(decode(&request.encode()), Ok(request));
        }
    }

    #[test]
    fn no_bytes_panic(apdu in prop::collection::vec(any::<u8>(), 0..300), ins in 0..5_u8) {
        drop(decode(&apdu));
        let likely = [&[0, ins][..], apdu.get(2..).unwrap_or_default()].concat();
        drop(decode(&likely));
    }
}

#[test]
fn what_a_key_answers_is_taken_apart_again() {
    for content in [0, 0x7F, 0x80, 0x1234] {
        let head: Vec<u8> = match content {
            0..=0x7F => vec![0x30, u8::try_from(content).unwrap()],
            0x80 => vec![0x30, 0x81, 0x80],
            _ => vec![0x30, 0x82, 0x12, 0x34],
        };
        let registration = Registration {
            public_key: [4; 65],
            key_handle: vec![5; 64],
            certificate: [head, vec![6; content]].concat(),
            signature: vec![7; 70],
        };
        let bytes = registration.encode();
        assert_eq!(Registration::decode(&bytes), Some(registration.clone()));
        for cut in 0..bytes.len() - 70 {
            assert_eq!(Registration::decode(&bytes[..cut]), None, "{cut}");
        }
    }
    let authentication = Authentication { user_present: true, counter: 258, signature: vec![7; 70] };
    assert_eq!(Authentication::decode(&authentication.encode()), Some(authentication));
    assert_eq!(Authentication::decode(&[1, 0, 0, 1]), None);
}

proptest! {
    #[test]
    fn no_answer_panics(bytes: Vec<u8>) {
        let _ = Registration::decode(&[&[0x05], &bytes[..]].concat());
        let _ = Authentication::decode(&bytes);
    }
}
