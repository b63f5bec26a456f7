use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroizing;

use super::{EXTENSIONS, ITEM, PASSKEY, SCOPE, extensions};
use crate::{
    document::{Document, Row, TOO_MUCH, may_repeat},
    error::Error,
    format::Format,
    json::{self, Object, Tree},
    passkey::Passkey,
    unknown::Unknown,
};

/// Members that [`Passkey`] has a place for.
const ITEM_MEMBERS: &[&str] =
    &["id", "creationAt", "title", "name", "scope", "urls", "credentials", "tags", "type"];
const PASSKEY_MEMBERS: &[&str] = &[
    "type",
    "credentialId",
    "rpId",
    "rpName",
    "username",
    "userName",
    "userDisplayName",
    "userHandle",
    "key",
    "fido2Extensions",
];

/// A Header with its accounts, or one account alone, as Apple hands it over.
pub(crate) fn is_cxf(tree: &Value) -> bool {
    let of_items = |account: &Value| account.get("items").is_some_and(Value::is_array);
    let has_credentials = |account: &Value| {
        account.get("items").and_then(Value::as_array).is_some_and(|items| {
            items.iter().any(|item| item.get("credentials").is_some()) || account.get("collections").is_some()
        })
    };
    match tree.get("accounts").and_then(Value::as_array) {
        Some(accounts) => tree.get("exporterRpId").is_some() || accounts.iter().any(of_items),
        None => has_credentials(tree),
    }
}

pub(crate) fn read(bytes: &[u8]) -> Result<Document, Error> {
    let tree = Tree::parse(bytes)?;
    let shape = |reason: &str| Error::shape(Format::Cxf, reason);
    let header = tree.as_object().ok_or_else(|| shape("it is no object"))?;
    if let Some(version) = header.get("version").and_then(|version| version.get("major"))
        && version.as_u64() != Some(1)
        && version.as_u64() != Some(0)
    {
        return Err(shape("it is of a newer version than 1, which may mean its members differently"));
    }
    let mut reader = Reader::default();
    match header.get("accounts") {
        Some(Value::Array(accounts)) => {
            for (index, account) in accounts.iter().enumerate() {
                reader.account(account, &format!("accounts[{index}]"));
            }
        }
        None if header.get("items").is_some_and(Value::is_array) => reader.account(&tree, ""),
        _ => return Err(shape("it has no list of accounts, and none of items")),
    }
    Ok(reader.finish())
}

#[derive(Default)]
struct Reader {
    rows: Vec<Row>,
    /// How many of each type that is not taken.
    others: BTreeMap<String, usize>,
    collections: usize,
    damaged: Vec<String>,
}

impl Reader {
    fn account(&mut self, account: &Value, path: &str) {
        let Some(account) = account.as_object() else {
            self.damaged.push(format!("{path} is no account."));
            return;
        };
        let path = if path.is_empty() { String::new() } else { format!("{path}.") };
        self.collections += json::list(account, "collections").len();
        for (index, item) in json::list(account, "items").iter().enumerate() {
            self.item(item, &format!("{path}items[{index}]"));
        }
        if account.get("items").is_some_and(|items| !items.is_array()) {
            self.damaged.push(format!("{path}items is no list."));
        }
    }

    fn item(&mut self, item: &Value, path: &str) {
        let Some(item) = item.as_object() else {
            self.damaged.push(format!("{path} is no item."));
            return;
        };
        let credentials = json::list(item, "credentials");
        let around = Around::new(item, credentials);
        for (index, credential) in credentials.iter().enumerate() {
            let place = format!("{path}.credentials[{index}]");
            let kind = kind(credential);
            if is_passkey(kind) {
                self.rows.push(Row::read(place, |notes| passkey(&around, credential, notes)));
            } else if kind.is_empty() {
                self.damaged.push(format!("{place} has no type."));
            } else if !is_note(kind) {
                *self.others.entry(kind.to_owned()).or_default() += 1;
            }
        }
        if around.note.is_some() && !credentials.iter().any(|credential| is_passkey(kind(credential))) {
            *self.others.entry("note".into()).or_default() += 1;
        }
        if item.get("credentials").is_some_and(|credentials| !credentials.is_array()) {
            self.damaged.push(format!("{path}.credentials is no list."));
        }
    }

    fn finish(self) -> Document {
        let mut left_out = self.damaged;
        left_out.extend(self.others.into_iter().map(|(kind, count)| format!("{count} of the type {kind:?}")));
        if self.collections > 0 {
            left_out.push(format!("{} collections, which hold items together", self.collections));
        }
        Document { rows: self.rows, left_out }
    }
}

/// What an item says around its passkeys.
struct Around<'a> {
    item: &'a Object,
    note: Option<String>,
    may_repeat: bool,
}

impl<'a> Around<'a> {
    fn new(item: &'a Object, credentials: &[Value]) -> Self {
        let note = credentials.iter().find_map(note);
        let count = credentials.iter().filter(|credential| is_passkey(kind(credential))).count();
        let members = item.iter().filter(|(name, _)| *name != "credentials");
        let bytes = members.map(|(_, value)| json::weight(value)).sum::<usize>()
            + note.as_ref().map_or(0, String::len);
        Self { item, note, may_repeat: may_repeat(bytes, count) }
    }
}

fn kind(credential: &Value) -> &str {
    credential.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Drafts write types in CamelCase.
fn is_passkey(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("passkey")
}

fn is_note(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("note")
}

fn note(credential: &Value) -> Option<String> {
    let credential = credential.as_object()?;
    is_note(json::text(credential, "type").ok()??).then_some(())?;
    json::said(json::text(credential, "content").ok()?)
}

fn passkey(around: &Around<'_>, credential: &Value, notes: &mut Vec<String>) -> Result<Passkey, String> {
    let members = credential.as_object().ok_or("It is no object.")?;
    let user_name = json::text(members, "username")?.or(json::text(members, "userName")?);
    let mut passkey = Passkey::from_pkcs8(
        Zeroizing::new(json::required_bytes(members, "key")?),
        json::required_bytes(members, "credentialId")?,
        json::required(members, "rpId")?,
        json::required_bytes(members, "userHandle")?,
    )?;
    passkey.rp_name = json::said(json::text(members, "rpName")?);
    passkey.user_name = json::said(user_name);
    passkey.user_display_name = json::said(json::text(members, "userDisplayName")?);
    // "Importers MUST set a zero value", and only discoverable credentials are exchanged.
    passkey.sign_count = Some(0);
    passkey.discoverable = Some(true);
    if around.may_repeat {
        describe(around, &mut passkey);
    } else {
        notes.push(TOO_MUCH.into());
    }
    keep(members, PASSKEY_MEMBERS, PASSKEY, &mut passkey.unknown);
    match members.get("fido2Extensions") {
        None | Some(Value::Null) => {}
        Some(Value::Object(found)) => {
            extensions::read(found, &mut passkey, notes);
            keep(found, extensions::MEMBERS, EXTENSIONS, &mut passkey.unknown);
        }
        Some(_) => notes.push("Its fido2Extensions is no object and was left out.".into()),
    }
    Ok(passkey)
}

fn describe(around: &Around<'_>, passkey: &mut Passkey) {
    let item = around.item;
    let title = json::text(item, "title").ok().flatten();
    passkey.title = json::said(title.filter(|title| *title != passkey.rp_id));
    passkey.created_at = item.get("creationAt").and_then(Value::as_u64);
    passkey.urls = urls(item);
    passkey.notes.clone_from(&around.note);
    passkey.tags = texts(json::list(item, "tags"));
    keep(item, ITEM_MEMBERS, ITEM, &mut passkey.unknown);
    if let Some(Value::Object(scope)) = item.get("scope") {
        keep(scope, &["urls"], SCOPE, &mut passkey.unknown);
    }
}

/// Drafts have the addresses on the item itself.
fn urls(item: &Object) -> Vec<String> {
    let scope = item.get("scope").and_then(Value::as_object);
    let scoped = scope.map_or(&[][..], |scope| json::list(scope, "urls"));
    texts(if scoped.is_empty() { json::list(item, "urls") } else { scoped })
}

fn texts(values: &[Value]) -> Vec<String> {
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn keep(members: &Object, known: &[&str], path: &str, unknown: &mut Unknown) {
    // An empty list says nothing; `androidApps` is one where there are none.
    let says_something = |value: &Value| value.as_array().is_none_or(|values| !values.is_empty());
    for (name, value) in
        members.iter().filter(|(name, value)| !known.contains(&name.as_str()) && says_something(value))
    {
        unknown.insert(format!("{path}{name}"), value.clone());
    }
}
