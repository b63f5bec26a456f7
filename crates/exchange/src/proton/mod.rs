//! Proton Pass's export, JSON or the ZIP around it: read only. A passkey's own content is MessagePack in base64.

mod content;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    document::{Document, Row, TOO_MUCH, may_repeat, plain},
    error::Error,
    format::Format,
    json::{self, Object, Tree},
    passkey::Passkey,
};

const PGP: &[u8] = b"-----BEGIN PGP MESSAGE-----";

/// Proton Pass says that its passkeys are backed up, each time it signs, and always has.
const AAGUID: [u8; 16] = *b"ProtonPassProton";

const TRASHED: u64 = 2;

pub(crate) const LOSES: &[&str] = &["Nothing of a passkey is lost. The format is read, and not written."];

pub(crate) fn is_pgp(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(PGP)
}

pub(crate) fn is_export(tree: &Value) -> bool {
    tree.get("vaults").is_some_and(|vaults| vaults.is_object() || vaults.is_array())
}

pub(crate) fn read(bytes: &[u8]) -> Result<Document, Error> {
    if is_pgp(bytes) {
        return Err(Error::pgp());
    }
    let tree = Tree::parse(bytes)?;
    if tree.get("encrypted") == Some(&Value::Bool(true)) {
        return Err(Error::pgp());
    }
    let vaults: Vec<(String, &Value)> = match tree.get("vaults") {
        Some(Value::Object(vaults)) => vaults.iter().map(|(id, vault)| (plain(id), vault)).collect(),
        Some(Value::Array(vaults)) => {
            vaults.iter().enumerate().map(|(index, vault)| (index.to_string(), vault)).collect()
        }
        _ => return Err(Error::shape(Format::Proton, "it has no vaults")),
    };
    let mut document = Document::default();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for (id, vault) in vaults {
        let Some(items) = vault.get("items").and_then(Value::as_array) else {
            document.left_out.push(format!("vaults[{id}] has no list of items."));
            continue;
        };
        for (index, item) in items.iter().enumerate() {
            let data = item.get("data");
            let content = data.and_then(|data| data.get("content"));
            let passkeys = content.and_then(|content| content.get("passkeys"));
            match passkeys {
                Some(Value::Array(passkeys)) if !passkeys.is_empty() => {
                    let own: usize = passkeys.iter().map(json::weight).sum();
                    let repeats = may_repeat(json::weight(item).saturating_sub(own), passkeys.len());
                    for (number, found) in passkeys.iter().enumerate() {
                        let place = format!("vaults[{id}].items[{index}].data.content.passkeys[{number}]");
                        document.rows.push(Row::read(place, |notes| passkey(item, repeats, found, notes)));
                    }
                }
                None | Some(Value::Null | Value::Array(_)) => {
                    let kind = data.and_then(|data| data.get("type")).and_then(Value::as_str);
                    *others.entry(plain(kind.unwrap_or("item"))).or_default() += 1;
                }
                Some(_) => document
                    .left_out
                    .push(format!("vaults[{id}].items[{index}] has passkeys that are no list.")),
            }
        }
    }
    let of_kind = |(kind, count)| format!("{count} of the type {kind:?} without passkeys");
    document.left_out.extend(others.into_iter().map(of_kind));
    Ok(document)
}

fn passkey(item: &Value, repeats: bool, found: &Value, notes: &mut Vec<String>) -> Result<Passkey, String> {
    let members = found.as_object().ok_or("It is no object.")?;
    let mut passkey = content::read(&json::required_bytes(members, "content")?, notes)?;
    // The sanitised copies beside it are for people; the content is what signs.
    for (name, said, signs) in [
        ("rpId", json::text(members, "rpId")?.map(|text| text.as_bytes().to_vec()), passkey.rp_id.as_bytes()),
        ("credentialId", json::bytes(members, "credentialId")?, &passkey.credential_id),
    ] {
        if said.is_some_and(|said| !said.is_empty() && said != signs) {
            return Err(format!("Its {name} is not the one in its content: the file was altered."));
        }
    }
    passkey.rp_name = json::said(json::text(members, "rpName")?);
    passkey.user_name = passkey.user_name.or(json::said(json::text(members, "userName")?));
    passkey.user_display_name =
        passkey.user_display_name.or(json::said(json::text(members, "userDisplayName")?));
    if passkey.user_handle.is_empty() {
        let handle = json::bytes(members, "userHandle")?.filter(|handle| !handle.is_empty());
        passkey.user_handle = handle.or(json::bytes(members, "userId")?).unwrap_or_default();
    }
    passkey.discoverable = Some(!passkey.user_handle.is_empty());
    passkey.backup_eligible = Some(true);
    passkey.backup_state = Some(true);
    passkey.aaguid = Some(AAGUID);
    passkey.created_at = members.get("createTime").and_then(Value::as_u64);
    passkey.notes = json::said(json::text(members, "note")?);
    match item.get("data").and_then(Value::as_object) {
        Some(data) if repeats => describe(data, &mut passkey),
        _ => notes.push(TOO_MUCH.into()),
    }
    if item.get("state").and_then(Value::as_u64) == Some(TRASHED) {
        notes.push("It lies in the trash of Proton Pass.".into());
    }
    Ok(passkey)
}

/// What the item says around its passkeys.
fn describe(data: &Object, passkey: &mut Passkey) {
    let metadata = data.get("metadata").and_then(Value::as_object);
    let of_metadata = |name| metadata.and_then(|metadata| json::text(metadata, name).ok().flatten());
    passkey.title = json::said(of_metadata("name").filter(|title| *title != passkey.rp_id));
    if passkey.notes.is_none() {
        passkey.notes = json::said(of_metadata("note"));
    }
    let content = data.get("content").and_then(Value::as_object);
    let urls = content.map_or(&[][..], |content| json::list(content, "urls"));
    passkey.urls = urls.iter().filter_map(Value::as_str).map(str::to_owned).collect();
}
