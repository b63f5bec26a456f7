//! U2F messages as events tell them (FIDO U2F raw message formats 1.2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ctap::{
    apdu::{Command, Response, StatusWord},
    u2f::{Control, Request},
};
use serde_json::{Value, json};

/// `u2fRegister` and the like, also where the rest cannot be read; the instruction byte in hexadecimal where it is
/// none of U2F's.
pub(super) fn command_name(apdu: &[u8]) -> String {
    match apdu.get(1) {
        Some(0x01) => "u2fRegister".to_owned(),
        Some(0x02) => "u2fAuthenticate".to_owned(),
        Some(0x03) => "u2fVersion".to_owned(),
        Some(instruction) => format!("u2f0x{instruction:02X}"),
        None => "u2f".to_owned(),
    }
}

/// The members of a request by their names, bytes as base64url; null where it cannot be read.
pub(super) fn request(apdu: &[u8]) -> Value {
    match Command::decode(apdu).and_then(|command| Request::decode(&command)) {
        Ok(Request::Register { challenge, application }) => {
            json!({ "challenge": text(&challenge), "application": text(&application) })
        }
        Ok(Request::Authenticate { control, challenge, application, key_handle }) => json!({
            "control": control_name(control),
            "challenge": text(&challenge),
            "application": text(&application),
            "keyHandle": text(&key_handle),
        }),
        Ok(Request::Version) => json!({}),
        Err(_) => Value::Null,
    }
}

/// The status word, and the data that came with it; null where there is none.
pub(super) fn response(apdu: &[u8]) -> (StatusWord, Value) {
    let Response { data, status } = Response::decode(apdu).unwrap_or(StatusWord::UNKNOWN.into());
    (status, if data.is_empty() { Value::Null } else { json!({ "data": text(&data) }) })
}

/// §5.1
fn control_name(control: Control) -> &'static str {
    match control {
        Control::CheckOnly => "check-only",
        Control::EnforceUserPresenceAndSign => "enforce-user-presence-and-sign",
        Control::DontEnforceUserPresenceAndSign => "dont-enforce-user-presence-and-sign",
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_keeps_its_name() {
        // U2F_REGISTER with two bytes of data, an instruction that is not U2F's, an APDU that is too short.
        for (apdu, name) in
            [(&b"\0\x01\0\0\x02ab"[..], "u2fRegister"), (b"\0\x09\0\0", "u2f0x09"), (b"", "u2f")]
        {
            assert_eq!((&*command_name(apdu), request(apdu)), (name, Value::Null));
        }
        assert_eq!(request(b"\0\x03\0\0"), json!({}));
        assert_eq!(response(b"\x6D\x00"), (StatusWord::INS_NOT_SUPPORTED, Value::Null));
    }
}
