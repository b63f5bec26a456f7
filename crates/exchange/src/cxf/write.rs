use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{EXTENSIONS, ITEM, PASSKEY, SCOPE, extensions};
use crate::{
    base64::url,
    error::Error,
    json::{Object, Tree},
    passkey::Passkey,
    write::Heading,
};

/// Why a passkey has no place in the format.
pub(crate) fn refusal(passkey: &Passkey) -> Option<String> {
    if passkey.sign_count.unwrap_or(0) != 0 {
        // CXF 1.0, Passkey: "MUST be excluded from the export".
        let reason = "It counts its signatures, and CXF forbids to export such a passkey: two copies would count \
                      apart, and the site would lock one out. Write a KeePass database or a Bitwarden export instead.";
        return Some(reason.into());
    }
    passkey.user_handle.is_empty().then(|| {
        "It has no user handle, as a passkey that is found by its id alone; CXF takes no such passkeys."
            .into()
    })
}

pub(crate) fn write(passkeys: &[&Passkey], heading: &Heading<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let items: Vec<Value> = passkeys.iter().map(|passkey| item(passkey)).collect();
    let header = json!({
        "version": { "major": 1, "minor": 0 },
        "exporterRpId": heading.exporter_rp_id,
        "exporterDisplayName": heading.exporter_name,
        "timestamp": heading.written_at,
        "accounts": [{
            "id": id(b"account", heading.exporter_rp_id.as_bytes()),
            "username": "",
            "email": "",
            "collections": [],
            "items": items,
        }],
    });
    Tree::from(header).to_bytes()
}

fn item(passkey: &Passkey) -> Value {
    let mut members = Object::new();
    members.insert("id".into(), id(b"item", &passkey.credential_id).into());
    if let Some(created_at) = passkey.created_at {
        members.insert("creationAt".into(), created_at.into());
    }
    members.insert("title".into(), passkey.title.as_deref().unwrap_or(&passkey.rp_id).into());
    if let Some(scope) = scope(passkey) {
        members.insert("scope".into(), scope);
    }
    let note = passkey
        .notes
        .as_ref()
        .map(|text| json!({ "type": "note", "content": { "fieldType": "string", "value": text } }));
    members.insert("credentials".into(), [Some(credential(passkey)), note].into_iter().flatten().collect());
    if !passkey.tags.is_empty() {
        members.insert("tags".into(), passkey.tags.clone().into());
    }
    restore(passkey, ITEM, &mut members);
    members.into()
}

fn credential(passkey: &Passkey) -> Value {
    let mut members = Object::new();
    members.insert("type".into(), "passkey".into());
    members.insert("credentialId".into(), url(&passkey.credential_id).into());
    members.insert("rpId".into(), passkey.rp_id.clone().into());
    members.insert("username".into(), passkey.user_name.clone().unwrap_or_default().into());
    members.insert("userDisplayName".into(), passkey.user_display_name.clone().unwrap_or_default().into());
    members.insert("userHandle".into(), url(&passkey.user_handle).into());
    members.insert("key".into(), url(&passkey.key).into());
    let mut extensions = extensions::write(passkey);
    restore(passkey, EXTENSIONS, &mut extensions);
    if !extensions.is_empty() {
        members.insert("fido2Extensions".into(), extensions.into());
    }
    restore(passkey, PASSKEY, &mut members);
    members.into()
}

/// Where an item is offered: addresses, and what a file said beside them.
fn scope(passkey: &Passkey) -> Option<Value> {
    let mut members = Object::new();
    members.insert("urls".into(), passkey.urls.clone().into());
    restore(passkey, SCOPE, &mut members);
    if members.len() == 1 && passkey.urls.is_empty() {
        return None;
    }
    members.entry("androidApps").or_insert_with(|| Value::Array(Vec::new()));
    Some(members.into())
}

/// Puts back what a file of this format had under `path`. What is known by now stands already, and stays.
fn restore(passkey: &Passkey, path: &str, members: &mut Object) {
    for (name, value) in passkey.unknown.iter() {
        if let Some(name) = name.strip_prefix(path) {
            members.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// "Machine generated and an opaque byte sequence with a maximum size of 64 bytes": the same each time.
fn id(kind: &[u8], of: &[u8]) -> String {
    let hash = Sha256::new().chain_update(kind).chain_update(of).finalize();
    url(hash.get(..16).unwrap_or_default())
}
