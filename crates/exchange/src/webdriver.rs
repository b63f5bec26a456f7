//! A credential as test automation has it: WebDriver's Credential Parameters (WebAuthn Level 3 §11.5), byte strings
//! in base64url, and Chrome's `WebAuthn.Credential`, the same members in standard base64.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::{
    base64::{standard, url},
    document::{Document, Row},
    error::Error,
    format::Format,
    inflate::{deflate_blob, inflate_blob},
    json::{self, Object, Tree},
    passkey::Passkey,
};

/// Names of members in [`Unknown`](crate::Unknown): either dialect reads the other's.
const UNKNOWN: &str = "webdriver:";

const MEMBERS: &[&str] = &[
    "credentialId",
    "isResidentCredential",
    "rpId",
    "privateKey",
    "userHandle",
    "signCount",
    "largeBlob",
    "backupEligibility",
    "backupState",
    "userName",
    "userDisplayName",
];

/// What a list of credentials is wrapped in: a response of WebDriver, two of Chrome's.
const WRAPPINGS: &[&str] = &["value", "credentials", "credential"];

pub(crate) const LOSES: &[&str] = &[
    "It has no place for hmac-secret seeds, credBlob, payments, the authenticator's model, times, titles, notes and tags.",
    "Browsers take P-256 keys in it; Latchkey's own WebDriver endpoint takes every algorithm.",
];

/// The dialect of a credential or a list of them. Where the letters of neither show, both read alike.
pub(crate) fn dialect(tree: &Value) -> Option<Format> {
    let found = credentials(tree);
    let first = found.first()?;
    (first.get("credentialId").is_some() && first.get("privateKey").is_some()).then_some(())?;
    let in_standard = |value: &Value| value.as_str().is_some_and(|text| text.contains(['+', '/', '=']));
    let binary = ["credentialId", "privateKey", "userHandle", "largeBlob"];
    let standard = found.iter().any(|one| binary.iter().any(|name| one.get(*name).is_some_and(in_standard)));
    Some(if standard { Format::Cdp } else { Format::WebDriver })
}

pub(crate) fn read(format: Format, bytes: &[u8]) -> Result<Document, Error> {
    let tree = Tree::parse(bytes)?;
    let found = credentials(&tree);
    if found.is_empty() {
        return Err(Error::shape(format, "it is neither a credential nor a list of them"));
    }
    let row = |(index, credential): (usize, &Value)| {
        Row::read(format!("credentials[{index}]"), |notes| passkey(credential, notes))
    };
    Ok(Document { rows: found.iter().enumerate().map(row).collect(), left_out: Vec::new() })
}

fn credentials(tree: &Value) -> &[Value] {
    match tree {
        Value::Array(credentials) => credentials,
        Value::Object(members) => match WRAPPINGS.iter().find_map(|name| members.get(*name)) {
            Some(inner @ (Value::Array(_) | Value::Object(_))) => credentials(inner),
            _ if MEMBERS.iter().any(|name| members.contains_key(*name)) => std::slice::from_ref(tree),
            _ => &[],
        },
        _ => &[],
    }
}

fn passkey(credential: &Value, notes: &mut Vec<String>) -> Result<Passkey, String> {
    let members = credential.as_object().ok_or("It is no object.")?;
    let mut passkey = Passkey::from_pkcs8(
        Zeroizing::new(json::required_bytes(members, "privateKey")?),
        json::required_bytes(members, "credentialId")?,
        json::required(members, "rpId")?,
        json::bytes(members, "userHandle")?.unwrap_or_default(),
    )?;
    passkey.discoverable = json::boolean(members, "isResidentCredential")?;
    // `null` is a key without a counter, whose signatures say 0.
    passkey.sign_count = json::counter(members, "signCount")?.or(Some(0));
    passkey.backup_eligible = json::boolean(members, "backupEligibility")?;
    passkey.backup_state = json::boolean(members, "backupState")?;
    passkey.user_name = json::said(json::text(members, "userName")?);
    passkey.user_display_name = json::said(json::text(members, "userDisplayName")?);
    match json::bytes(members, "largeBlob") {
        Ok(plain) => passkey.large_blob = plain.as_deref().map(deflate_blob),
        Err(reason) => notes.push(format!("{reason} What the site stored by largeBlob was left out.")),
    }
    for (name, value) in members.iter().filter(|(name, _)| !MEMBERS.contains(&name.as_str())) {
        passkey.unknown.insert(format!("{UNKNOWN}{name}"), value.clone());
    }
    Ok(passkey)
}

/// Why a credential would be refused by a browser, whatever its key.
pub(crate) fn refusal(passkey: &Passkey) -> Option<String> {
    let contradicts = passkey.backup_state == Some(true) && passkey.backup_eligible == Some(false);
    contradicts.then(|| "It says that it is backed up and that it cannot be; browsers refuse that.".into())
}

/// One credential as an object, several as a list.
pub(crate) fn write(format: Format, passkeys: &[&Passkey]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let encode = if format == Format::Cdp { standard } else { url };
    let mut credentials = passkeys.iter().map(|passkey| credential(passkey, encode));
    let tree = match passkeys {
        [_] => credentials.next().unwrap_or_default(),
        _ => credentials.collect(),
    };
    Tree::from(tree).to_bytes()
}

fn credential(passkey: &Passkey, encode: fn(&[u8]) -> String) -> Value {
    let discoverable = passkey.discoverable.unwrap_or(true);
    let mut members: Object = Map::new();
    members.insert("credentialId".into(), encode(&passkey.credential_id).into());
    members.insert("isResidentCredential".into(), discoverable.into());
    members.insert("rpId".into(), passkey.rp_id.clone().into());
    members.insert("privateKey".into(), encode(&passkey.key).into());
    if !passkey.user_handle.is_empty() {
        members.insert("userHandle".into(), encode(&passkey.user_handle).into());
    }
    members.insert("signCount".into(), json!(passkey.sign_count.unwrap_or(0)));
    if let Some(plain) = passkey.large_blob.as_ref().and_then(inflate_blob) {
        members.insert("largeBlob".into(), encode(&plain).into());
    }
    for (name, flag) in
        [("backupEligibility", passkey.backup_eligible), ("backupState", passkey.backup_state)]
    {
        if let Some(flag) = flag {
            members.insert(name.into(), flag.into());
        }
    }
    for (name, text) in [("userName", &passkey.user_name), ("userDisplayName", &passkey.user_display_name)] {
        if let Some(text) = text {
            members.insert(name.into(), text.clone().into());
        }
    }
    for (name, value) in passkey.unknown.iter() {
        if let Some(name) = name.strip_prefix(UNKNOWN) {
            members.entry(name).or_insert_with(|| value.clone());
        }
    }
    members.into()
}
