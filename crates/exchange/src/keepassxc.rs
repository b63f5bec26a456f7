//! KeePassXC's `.passkey` file: six members, all of them demanded, and one passkey.

use ctap::cose;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{
    base64::url,
    document::{Document, Row},
    error::Error,
    format::Format,
    json::{self, Object, Tree},
    passkey::Passkey,
    pem,
};

const MEMBERS: &[&str] = &["relyingParty", "url", "username", "credentialId", "userHandle", "privateKey"];

/// Names of members in [`Unknown`](crate::Unknown).
const UNKNOWN: &str = "keepassxc:";

pub(crate) const LOSES: &[&str] = &[
    "The file holds one passkey.",
    "It has six members and no place for BE and BS, hmac-secret seeds, blobs, payments, counters and times.",
    "KeePassXC signs by ES256, EdDSA and RS256; passkeys of other algorithms stay out.",
];

pub(crate) fn is_passkey(tree: &Value) -> bool {
    tree.get("relyingParty").is_some() && tree.get("privateKey").is_some()
}

pub(crate) fn read(bytes: &[u8]) -> Result<Document, Error> {
    let tree = Tree::parse(bytes)?;
    let members = tree
        .as_object()
        .ok_or_else(|| Error::shape(Format::KeePassXc, "it is no object with six members"))?;
    if !MEMBERS.iter().any(|name| members.contains_key(*name)) {
        return Err(Error::shape(Format::KeePassXc, "it has none of the six members of a passkey"));
    }
    let row = Row::read("the passkey".into(), |_| passkey(members));
    Ok(Document { rows: vec![row], left_out: Vec::new() })
}

fn passkey(members: &Object) -> Result<Passkey, String> {
    let mut passkey = Passkey::from_pkcs8(
        pem::decode(json::required(members, "privateKey")?)?,
        json::required_bytes(members, "credentialId")?,
        json::required(members, "relyingParty")?,
        json::required_bytes(members, "userHandle")?,
    )?;
    passkey.user_name = json::said(Some(json::required(members, "username")?));
    passkey.discoverable = Some(true);
    passkey.sign_count = Some(0);
    let address = json::text(members, "url")?.filter(|address| *address != default_url(&passkey));
    passkey.urls = json::said(address).into_iter().collect();
    for (name, value) in members.iter().filter(|(name, _)| !MEMBERS.contains(&name.as_str())) {
        passkey.unknown.insert(format!("{UNKNOWN}{name}"), value.clone());
    }
    Ok(passkey)
}

/// Why KeePassXC could not use a passkey.
pub(crate) fn refusal(passkey: &Passkey) -> Option<String> {
    if ![cose::ES256, cose::EDDSA, cose::RS256].contains(&passkey.algorithm) {
        let reason = "It signs by an algorithm that KeePassXC does not know: ES256, EdDSA and RS256 are what it knows.";
        return Some(reason.into());
    }
    passkey.user_handle.is_empty().then(|| {
        "It has no user handle, as a passkey that is found by its id alone, and KeePassXC demands one.".into()
    })
}

pub(crate) fn write(passkeys: &[&Passkey]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Some(passkey) = passkeys.first() else { return Err(Error::Empty) };
    let address = passkey.urls.first().cloned().unwrap_or_else(|| default_url(passkey));
    let values: [Value; 6] = [
        passkey.rp_id.clone().into(),
        address.into(),
        passkey.user_name.clone().unwrap_or_default().into(),
        url(&passkey.credential_id).into(),
        url(&passkey.user_handle).into(),
        pem::encode(&passkey.key).to_string().into(),
    ];
    let mut members: Map<_, _> = MEMBERS.iter().map(|name| (*name).to_owned()).zip(values).collect();
    for (name, value) in passkey.unknown.iter() {
        if let Some(name) = name.strip_prefix(UNKNOWN) {
            members.entry(name).or_insert_with(|| value.clone());
        }
    }
    Tree::from(Value::Object(members)).to_bytes()
}

/// Where a passkey is used of which nothing else is known.
pub(crate) fn default_url(passkey: &Passkey) -> String {
    format!("https://{}", passkey.rp_id)
}
