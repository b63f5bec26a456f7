use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value;
use serde::Serialize;
use std::sync::Arc;

use super::{Listener, u2f};
use crate::{auto_lock::LockReason, passkeys::Passkey, prompts::Prompt};

/// What a running key tells, one JSON object each (`emulate --json`).
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// Programs may connect now.
    Ready {
        /// The key's profile.
        key: String,
        /// Where programs reach it.
        addresses: Vec<String>,
    },
    /// The vault was locked, and the key has left: its device and its sockets are gone. `ready` comes again when it is
    /// back.
    Locked {
        /// The key's profile.
        key: String,
        /// Why: `owner`, `idle`, `screen` or `sleep`.
        reason: LockReason,
    },
    /// A CTAP command or a U2F message came. Clients of U2F over HID ask again and again until the person has touched
    /// the key: each time is an event.
    Request {
        /// The key's profile.
        key: String,
        /// `makeCredential` and the like; the command byte in hexadecimal where it is not known. `u2fRegister`,
        /// `u2fAuthenticate`, `u2fVersion`; `u2f` and the instruction byte where that is not known.
        command: String,
        /// The request map: CTAP's integer keys as strings, bytes as base64url. Of U2F `challenge`, `application`,
        /// and to authenticate `keyHandle` and `control`, which is named as in U2F raw message formats §5.1.
        request: serde_json::Value,
    },
    /// It was answered.
    Response {
        /// The key's profile.
        key: String,
        /// The status byte (CTAP 2.3 §8.2); of U2F the status word, 0x9000 for success.
        status: u16,
        /// Its name.
        status_name: Option<&'static str>,
        /// The response map, as for a request; of U2F `data`, the message as base64url.
        response: serde_json::Value,
    },
    /// A program asks the key to show which one it is (CTAPHID_WINK).
    Wink {
        /// The key's profile.
        key: String,
    },
    /// It was unplugged and plugged in again.
    PowerCycle {
        /// The key's profile.
        key: String,
    },
    /// A fault struck (docs/faults.md).
    Fault {
        /// The key's profile.
        key: String,
        /// The fault's name.
        fault: &'static str,
        /// The command that it struck, `unknown` where it has no name.
        command: &'static str,
    },
    /// The person is asked.
    Prompt(Prompt),
    /// A passkey was made, and is stored.
    CredentialAdded {
        /// The key's profile.
        key: String,
        /// The passkey.
        passkey: Passkey,
    },
    /// A passkey's names were changed.
    CredentialUpdated {
        /// The key's profile.
        key: String,
        /// The passkey.
        passkey: Passkey,
    },
    /// A passkey was deleted or replaced.
    CredentialDeleted {
        /// The key's profile.
        key: String,
        /// The credential id, base64url.
        id: String,
    },
    /// A passkey signed in somewhere.
    CredentialAsserted {
        /// The key's profile.
        key: String,
        /// The passkey, counted on.
        passkey: Passkey,
    },
}

impl Event {
    pub(super) fn credential_deleted(key: &str, id: &[u8]) -> Self {
        Self::CredentialDeleted { key: key.to_owned(), id: URL_SAFE_NO_PAD.encode(id) }
    }
}

/// Turns what passes through the key named `key` into events.
pub(super) fn observer(key: String, listener: Listener) -> virtual_key::Observer {
    Arc::new(move |exchange| {
        let event = match exchange {
            virtual_key::Event::Request { command, bytes } => Event::Request {
                key: key.clone(),
                command: command.map_or_else(
                    || bytes.first().map_or_else(String::new, |byte| format!("0x{byte:02X}")),
                    command_name,
                ),
                request: decoded(bytes.get(1..).unwrap_or_default()),
            },
            virtual_key::Event::Response { status, bytes } => Event::Response {
                key: key.clone(),
                status: status.0.into(),
                status_name: status.name(),
                response: decoded(bytes.get(1..).unwrap_or_default()),
            },
            virtual_key::Event::U2fRequest { apdu } => Event::Request {
                key: key.clone(),
                command: u2f::command_name(apdu),
                request: u2f::request(apdu),
            },
            virtual_key::Event::U2fResponse { apdu } => {
                let (status, response) = u2f::response(apdu);
                Event::Response { key: key.clone(), status: status.0, status_name: status.name(), response }
            }
            virtual_key::Event::Wink => Event::Wink { key: key.clone() },
            virtual_key::Event::PowerCycle { .. } => Event::PowerCycle { key: key.clone() },
            virtual_key::Event::Fault(fired) => {
                Event::Fault { key: key.clone(), fault: fired.name, command: fired.command }
            }
            virtual_key::Event::CardReset { .. } | virtual_key::Event::Closed { .. } => return,
        };
        listener(event);
    })
}

fn command_name(command: ctap::Command) -> String {
    let name = format!("{command:?}");
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    format!("{}{rest}", first.to_lowercase())
}

/// A CBOR map as JSON, also one that is not canonical; null where there is none or it cannot be read.
fn decoded(mut cbor: &[u8]) -> serde_json::Value {
    match ciborium::from_reader(&mut cbor) {
        Ok(value) if cbor.is_empty() => json(&value),
        _ => serde_json::Value::Null,
    }
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Integer(number) => i64::try_from(*number).map_or(serde_json::Value::Null, Into::into),
        Value::Bytes(bytes) => URL_SAFE_NO_PAD.encode(bytes).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Array(items) => items.iter().map(json).collect(),
        Value::Map(members) => members.iter().map(|(key, value)| (member_name(key), json(value))).collect(),
        _ => serde_json::Value::Null,
    }
}

fn member_name(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone(),
        other => json(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_their_documented_names_and_a_map_its_keys() {
        let deleted = Event::credential_deleted("synced", &[0xFF, 0xFE]);
        assert_eq!(
            serde_json::to_value(deleted).unwrap(),
            serde_json::json!({"event": "credentialDeleted", "key": "synced", "id": "__4"})
        );
        assert_eq!(command_name(ctap::Command::MakeCredential), "makeCredential");
        // {1: h'FF', "rk": true}
        assert_eq!(decoded(b"\xA2\x01\x41\xFF\x62rk\xF5"), serde_json::json!({"1": "_w", "rk": true}));
        // {"uv": true, "up": true}
        let unsorted = decoded(b"\xA2\x62uv\xF5\x62up\xF5");
        assert_eq!(unsorted, serde_json::json!({"uv": true, "up": true}));
        assert_eq!(decoded(b"\xA2\x01"), serde_json::Value::Null);
        assert_eq!(decoded(b"\xA0\x01"), serde_json::Value::Null);
    }
}
