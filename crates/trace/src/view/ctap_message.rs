//! CTAP messages: the command or status byte, then members by their names (CTAP 2.3 §8).

use ciborium::Value;
use ctap::Status;

use super::{
    Detail, View, auth_data,
    names::{self, Kind, Members},
    text,
};
use crate::Direction;

/// A request, or the response to `command`.
pub(super) fn view(command: u8, direction: Direction, message: &[u8], secrets: bool) -> View {
    let name = names::command(command).map_or_else(|| format!("command 0x{command:02X}"), str::to_owned);
    let Some((first, members)) = message.split_first() else {
        return View { title: name, summary: "empty".to_owned(), details: Vec::new() };
    };
    let context = Context { command, secrets };
    match direction {
        Direction::ToKey => {
            let details = context.members(members, names::request(command));
            View { title: name, summary: request_summary(command, &details), details }
        }
        Direction::FromKey => {
            let status = Status(*first);
            let details = context.members(members, names::response(command));
            let status = status.name().map_or_else(|| format!("status 0x{first:02X}"), str::to_owned);
            View { title: format!("{name} {status}"), summary: response_summary(members), details }
        }
    }
}

/// A CBOR item under a name of its own.
pub(super) fn detail(name: &str, bytes: &[u8], kind: Kind, secrets: bool) -> Detail {
    let context = Context { command: 0, secrets };
    match read(bytes) {
        Some((value, _)) => context.detail(name, &value, kind),
        None => text(name, format!("no CBOR: {}", hex::encode(bytes))),
    }
}

struct Context {
    command: u8,
    secrets: bool,
}

impl Context {
    fn members(&self, bytes: &[u8], names: Members) -> Vec<Detail> {
        if bytes.is_empty() {
            return Vec::new();
        }
        let Some((value, canonical)) = read(bytes) else {
            return vec![text("no CBOR", hex::encode(bytes))];
        };
        let mut details = self.detail("", &value, Kind::Map(names)).details;
        if !canonical {
            details.push(text("note", "not canonical CBOR, or bytes behind it".to_owned()));
        }
        details
    }

    fn detail(&self, name: &str, value: &Value, kind: Kind) -> Detail {
        match (kind, value) {
            (Kind::Secret, Value::Bytes(bytes)) if !self.secrets => {
                text(name, format!("{} bytes, not recorded", bytes.len()))
            }
            (Kind::AuthData, Value::Bytes(bytes)) => auth_data::details(name, bytes, self.secrets),
            (Kind::SubCommand, Value::Integer(number)) => {
                let number = i64::try_from(*number).unwrap_or_default();
                let known = names::sub_command(self.command, number);
                text(name, known.map_or_else(|| number.to_string(), |known| format!("{known} ({number})")))
            }
            (kind, Value::Map(members)) => {
                let details = members.iter().map(|(key, value)| self.member(key, value, kind)).collect();
                Detail { name: name.to_owned(), value: String::new(), details }
            }
            (_, Value::Array(items)) if items.iter().any(|item| item.is_map() || item.is_array()) => {
                let numbered = items.iter().enumerate();
                let details =
                    numbered.map(|(at, item)| self.detail(&format!("[{at}]"), item, Kind::Plain)).collect();
                Detail { name: name.to_owned(), value: String::new(), details }
            }
            (_, value) => text(name, scalar(value)),
        }
    }

    fn member(&self, key: &Value, value: &Value, kind: Kind) -> Detail {
        let number = key.as_integer().and_then(|number| i64::try_from(number).ok());
        let (name, kind) = match (kind, key) {
            (Kind::Map(names), Value::Integer(_)) => {
                let known = names.iter().find(|(of, ..)| Some(*of) == number);
                known
                    .map_or_else(|| (scalar(key), Kind::Plain), |(_, name, kind)| ((*name).to_owned(), *kind))
            }
            (Kind::Extensions, Value::Text(name)) => {
                let secret =
                    matches!(name.as_str(), "credBlob" | "hmac-secret" | "hmac-secret-mc" | "largeBlob");
                (name.clone(), if secret { Kind::Secret } else { Kind::Plain })
            }
            // The encrypted salts of hmac-secret (§12.7).
            (Kind::Secret, Value::Integer(_)) if number == Some(2) => (scalar(key), Kind::Secret),
            (Kind::Secret, Value::Text(name)) => (name.clone(), Kind::Secret),
            (_, Value::Text(name)) => (name.clone(), Kind::Plain),
            _ => (scalar(key), Kind::Plain),
        };
        self.detail(&name, value, kind)
    }
}

/// The item, and whether it is the only and the canonical form of itself.
fn read(bytes: &[u8]) -> Option<(Value, bool)> {
    if let Ok(value) = ctap::cbor::decode(bytes) {
        return Some((value, true));
    }
    let mut rest = bytes;
    let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, 16).ok()?;
    let canonical = rest.is_empty() && ctap::cbor::encode(&value) == bytes;
    Some((value, canonical))
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Integer(number) => i128::from(*number).to_string(),
        Value::Bytes(bytes) if bytes.is_empty() => "(no bytes)".to_owned(),
        Value::Bytes(bytes) => hex::encode(bytes),
        Value::Text(text) => format!("{text:?}"),
        Value::Bool(truth) => truth.to_string(),
        Value::Null => "null".to_owned(),
        Value::Array(items) => items.iter().map(scalar).collect::<Vec<_>>().join(", "),
        other => format!("{other:?}"),
    }
}

/// Which site, and which subcommand.
fn request_summary(command: u8, details: &[Detail]) -> String {
    let find = |details: &[Detail], name: &str| {
        details.iter().find(|detail| detail.name == name).map(|detail| detail.value.clone())
    };
    let inner = |name: &str, member: &str| {
        details.iter().find(|detail| detail.name == name).and_then(|detail| find(&detail.details, member))
    };
    let parts = match command {
        0x01 => [inner("rp", "id"), inner("user", "name")],
        _ => [find(details, "subCommand"), find(details, "rpId")],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The flags and the counter, where authenticator data is in it.
fn response_summary(members: &[u8]) -> String {
    let Some((Value::Map(members), _)) = read(members) else { return String::new() };
    let data = members.iter().find(|(key, _)| *key == Value::from(2)).and_then(|(_, value)| value.as_bytes());
    data.and_then(|data| auth_data::summary(data)).unwrap_or_default()
}
