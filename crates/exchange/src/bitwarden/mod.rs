//! Bitwarden's export as JSON: `items[].login.fido2Credentials[]`, ES256 alone.

mod credential_id;

use std::collections::BTreeMap;

use ctap::cose;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    base64::url,
    document::{Document, Row, TOO_MUCH, may_repeat},
    error::Error,
    format::Format,
    json::{self, Object, Tree},
    passkey::Passkey,
    write::Heading,
};

/// Names of members in [`Unknown`](crate::Unknown).
const UNKNOWN: &str = "bitwarden:";

const MEMBERS: &[&str] = &[
    "credentialId",
    "keyType",
    "keyAlgorithm",
    "keyCurve",
    "keyValue",
    "rpId",
    "userHandle",
    "userName",
    "counter",
    "rpName",
    "userDisplayName",
    "discoverable",
    "creationDate",
];

/// The types of an item that has no passkey, by Bitwarden's numbers.
const ITEM_TYPES: &[(u64, &str)] =
    &[(1, "logins"), (2, "notes"), (3, "cards"), (4, "identities"), (5, "SSH keys")];
const LOGIN: u64 = 1;

pub(crate) const LOSES: &[&str] = &[
    "Bitwarden signs by ES256; passkeys of other algorithms stay out.",
    "It has no place for BE and BS, hmac-secret seeds, blobs, payments, the authenticator's model and tags.",
];

pub(crate) fn is_export(tree: &Value) -> bool {
    tree.get("encrypted").is_some_and(Value::is_boolean) && tree.get("vaults").is_none()
        || tree.get("items").and_then(Value::as_array).is_some_and(|items| {
            items
                .iter()
                .any(|item| item.get("login").is_some_and(|login| login.get("fido2Credentials").is_some()))
        })
}

pub(crate) fn read(bytes: &[u8]) -> Result<Document, Error> {
    let tree = Tree::parse(bytes)?;
    if tree.get("encrypted") == Some(&Value::Bool(true)) {
        return Err(encrypted(&tree));
    }
    let items = tree.get("items").and_then(Value::as_array);
    let items = items.ok_or_else(|| Error::shape(Format::Bitwarden, "it has no list of items"))?;
    let mut document = Document::default();
    let mut others: BTreeMap<u64, usize> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let credentials = item.get("login").and_then(|login| login.get("fido2Credentials"));
        match (item.as_object(), credentials) {
            (Some(item), Some(Value::Array(credentials))) if !credentials.is_empty() => {
                let own: usize = credentials.iter().map(json::weight).sum();
                let whole: usize = item.values().map(json::weight).sum();
                let item = may_repeat(whole.saturating_sub(own), credentials.len()).then_some(item);
                for (number, credential) in credentials.iter().enumerate() {
                    let place = format!("items[{index}].login.fido2Credentials[{number}]");
                    document.rows.push(Row::read(place, |notes| passkey(item, credential, notes)));
                }
            }
            (Some(_), None | Some(Value::Null | Value::Array(_))) => {
                *others.entry(item.get("type").and_then(Value::as_u64).unwrap_or(0)).or_default() += 1;
            }
            _ => document.left_out.push(format!("items[{index}] is not as an item of Bitwarden is.")),
        }
    }
    document.left_out.extend(others.into_iter().map(|(kind, count)| {
        let name = ITEM_TYPES.iter().find(|(number, _)| *number == kind).map_or("items", |(_, name)| name);
        format!("{count} {name} without passkeys")
    }));
    Ok(document)
}

/// Which of the two kinds it is, and what to choose instead.
fn encrypted(tree: &Value) -> Error {
    let what = if tree.get("passwordProtected") == Some(&Value::Bool(true)) {
        "it is a Bitwarden export that is sealed with a password of its own"
    } else {
        "it is a Bitwarden export that only the Bitwarden account it comes from can open"
    };
    Error::Encrypted(
        what,
        "Export it again unencrypted: in Bitwarden choose Tools, Export vault, and the file format .json, not \
         .json (Encrypted). Delete that file afterwards.",
    )
}

/// `item` is what stands around it.
fn passkey(item: Option<&Object>, credential: &Value, notes: &mut Vec<String>) -> Result<Passkey, String> {
    let members = credential.as_object().ok_or("It is no object.")?;
    let mut passkey = Passkey::from_pkcs8(
        Zeroizing::new(json::required_bytes(members, "keyValue")?),
        credential_id::decode(json::required(members, "credentialId")?)
            .ok_or("Its credentialId is neither a GUID nor `b64.` with base64url.")?,
        json::required(members, "rpId")?,
        json::bytes(members, "userHandle")?.unwrap_or_default(),
    )?;
    passkey.rp_name = json::said(json::text(members, "rpName")?);
    passkey.user_name = json::said(json::text(members, "userName")?);
    passkey.user_display_name = json::said(json::text(members, "userDisplayName")?);
    passkey.sign_count = json::counter(members, "counter")?;
    passkey.discoverable = match members.get("discoverable") {
        Some(Value::String(text)) => Some(text.eq_ignore_ascii_case("true")),
        _ => json::boolean(members, "discoverable")?,
    };
    passkey.created_at = json::text(members, "creationDate")?.and_then(seconds);
    match item {
        Some(item) => describe(item, &mut passkey)?,
        None => notes.push(TOO_MUCH.into()),
    }
    for (name, value) in members.iter().filter(|(name, _)| !MEMBERS.contains(&name.as_str())) {
        passkey.unknown.insert(format!("{UNKNOWN}{name}"), value.clone());
    }
    Ok(passkey)
}

fn describe(item: &Object, passkey: &mut Passkey) -> Result<(), String> {
    let title = json::text(item, "name")?;
    passkey.title = json::said(title.filter(|title| *title != passkey.rp_id));
    passkey.notes = json::said(json::text(item, "notes")?);
    let login = item.get("login").and_then(Value::as_object);
    let uris = login.map_or(&[][..], |login| json::list(login, "uris"));
    passkey.urls =
        uris.iter().filter_map(|uri| uri.get("uri").and_then(Value::as_str)).map(str::to_owned).collect();
    Ok(())
}

/// Why Bitwarden could not use a passkey.
pub(crate) fn refusal(passkey: &Passkey) -> Option<String> {
    (passkey.algorithm != cose::ES256).then(|| {
        "It does not sign by ES256, the one algorithm that Bitwarden knows; write CXF or a KeePass database.".into()
    })
}

pub(crate) fn write(passkeys: &[&Passkey], heading: &Heading<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let items: Vec<Value> = passkeys.iter().map(|passkey| item(passkey, heading)).collect();
    Tree::from(json!({ "encrypted": false, "folders": [], "items": items })).to_bytes()
}

fn item(passkey: &Passkey, heading: &Heading<'_>) -> Value {
    let created = rfc_3339(passkey.created_at.unwrap_or(heading.written_at));
    let mut credential = Object::new();
    for (name, value) in [
        ("credentialId", Value::from(credential_id::encode(&passkey.credential_id))),
        ("keyType", "public-key".into()),
        ("keyAlgorithm", "ECDSA".into()),
        ("keyCurve", "P-256".into()),
        ("keyValue", url(&passkey.key).into()),
        ("rpId", passkey.rp_id.clone().into()),
        (
            "userHandle",
            if passkey.user_handle.is_empty() { Value::Null } else { url(&passkey.user_handle).into() },
        ),
        ("userName", passkey.user_name.clone().into()),
        ("counter", passkey.sign_count.unwrap_or(0).to_string().into()),
        ("rpName", passkey.rp_name.clone().into()),
        ("userDisplayName", passkey.user_display_name.clone().into()),
        ("discoverable", passkey.discoverable.unwrap_or(true).to_string().into()),
        ("creationDate", created.clone().into()),
    ] {
        credential.insert(name.into(), value);
    }
    for (name, value) in passkey.unknown.iter() {
        if let Some(name) = name.strip_prefix(UNKNOWN) {
            credential.entry(name).or_insert_with(|| value.clone());
        }
    }
    let uris: Vec<Value> = passkey.urls.iter().map(|url| json!({ "match": null, "uri": url })).collect();
    json!({
        "id": item_id(&passkey.credential_id),
        "organizationId": null,
        "folderId": null,
        "type": LOGIN,
        "reprompt": 0,
        "name": passkey.title.as_deref().unwrap_or(&passkey.rp_id),
        "notes": passkey.notes,
        "favorite": false,
        "login": {
            "uris": uris,
            "fido2Credentials": [credential],
            "username": passkey.user_name,
            "password": null,
            "totp": null,
        },
        "collectionIds": null,
        "creationDate": created,
        "revisionDate": rfc_3339(heading.written_at),
    })
}

/// A GUID for the item, the same each time.
fn item_id(credential_id: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::new().chain_update(b"item").chain_update(credential_id).finalize().into();
    hash.first_chunk().map(credential_id::guid).unwrap_or_default()
}

fn seconds(text: &str) -> Option<u64> {
    text.parse::<Timestamp>().ok().and_then(|time| time.as_second().try_into().ok())
}

/// RFC 3339 with milliseconds, as JavaScript writes it; 1970 for what no calendar holds.
fn rfc_3339(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    format!("{:.3}", time.unwrap_or_default())
}
