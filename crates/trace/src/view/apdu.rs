//! APDUs: of a smart card reader (CTAP 2.3 §11.3), and of U2F in CTAPHID_MSG.

use super::{View, ctap_message, text};
use crate::Direction;

const NFCCTAP_MSG: u8 = 0x10;

/// An APDU of a reader.
pub(super) fn view(direction: Direction, bytes: &[u8], secrets: bool) -> View {
    match direction {
        Direction::ToKey => command(bytes, secrets),
        Direction::FromKey => response(bytes),
    }
}

/// A raw U2F message (U2F raw message formats §3).
pub(super) fn message(direction: Direction, bytes: &[u8], secrets: bool) -> View {
    view(direction, bytes, secrets)
}

fn command(bytes: &[u8], secrets: bool) -> View {
    let [class, instruction, p1, p2, ..] = *bytes else {
        return View { title: "APDU".to_owned(), summary: hex::encode(bytes), details: Vec::new() };
    };
    let data = data(bytes);
    if instruction == NFCCTAP_MSG
        && class & 0x10 == 0
        && let Some(command) = data.first()
    {
        return ctap_message::view(*command, Direction::ToKey, data, secrets);
    }
    let title = match instruction {
        0x01 => "U2F_REGISTER",
        0x02 => "U2F_AUTHENTICATE",
        0x03 => "U2F_VERSION",
        NFCCTAP_MSG => "NFCCTAP_MSG, a part",
        0x11 => "NFCCTAP_GETRESPONSE",
        0x12 => "NFCCTAP_CONTROL",
        0xA4 => "SELECT",
        0xC0 => "GET RESPONSE",
        _ => "APDU",
    };
    let header = format!("{class:02x} {instruction:02x} {p1:02x} {p2:02x}");
    View { title: title.to_owned(), summary: header, details: vec![text("data", hex::encode(data))] }
}

/// The data of a short or an extended command (ISO 7816-4 §5.1).
fn data(bytes: &[u8]) -> &[u8] {
    let body = bytes.get(4..).unwrap_or_default();
    let (length, rest) = match *body {
        [0, high, low, ..] => (usize::from(high) << 8 | usize::from(low), body.get(3..)),
        [length, ..] => (usize::from(length), body.get(1..)),
        [] => (0, None),
    };
    rest.and_then(|rest| rest.get(..length)).unwrap_or_default()
}

fn response(bytes: &[u8]) -> View {
    let (data, status) = bytes.split_last_chunk::<2>().unwrap_or((bytes, &[0, 0]));
    let [sw1, sw2] = *status;
    let meaning = match (sw1, sw2) {
        (0x90, 0x00) => "done",
        (0x61, _) => "more to fetch",
        (0x91, 0x00) => "still working",
        (0x69, 0x85) => "conditions of use not satisfied",
        (0x6A, 0x80) => "wrong data",
        (0x6D, 0x00) => "instruction not supported",
        (0x6E, 0x00) => "class not supported",
        _ => "",
    };
    let details = if data.is_empty() { Vec::new() } else { vec![text("data", hex::encode(data))] };
    View { title: format!("{sw1:02X}{sw2:02X}"), summary: meaning.to_owned(), details }
}
