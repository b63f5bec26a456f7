//! `fido2Extensions`, both ways.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{EXTENSIONS, HMAC_SHA_256};
use crate::{
    base64::url,
    inflate::inflate_blob,
    json::{self, Object},
    passkey::{HmacSecret, LargeBlob, Passkey},
};

pub(super) const MEMBERS: &[&str] = &["hmacCredentials", "hmacSecret", "credBlob", "largeBlob", "payments"];

/// Takes over what can be, and says what not: a passkey signs in without its extensions too.
pub(super) fn read(found: &Object, passkey: &mut Passkey, notes: &mut Vec<String>) {
    match hmac_secret(found) {
        Ok(seeds) => passkey.hmac_secret = seeds,
        Err(reason) => {
            notes.push(format!("{reason} Sites that encrypt with this passkey cannot decrypt with it here."));
            // As it is, for a program that knows what it means.
            for name in ["hmacCredentials", "hmacSecret"] {
                if let Some(value) = found.get(name) {
                    passkey.unknown.insert(format!("{EXTENSIONS}{name}"), value.clone());
                }
            }
        }
    }
    if passkey.hmac_secret.as_ref().is_some_and(|seeds| seeds.without_uv.is_none()) {
        notes.push("It has one hmac-secret seed of two: the one for verified users.".into());
    }
    match json::bytes(found, "credBlob") {
        Ok(blob) => passkey.cred_blob = blob,
        Err(reason) => notes.push(format!("{reason} What the site stored by credBlob was left out.")),
    }
    match found.get("largeBlob") {
        None | Some(Value::Null) => {}
        Some(blob) => match large_blob(blob) {
            Some(blob) => {
                if inflate_blob(&blob).is_none() {
                    notes.push(
                        "Its largeBlob does not unpack to the size it states; it is kept as it is.".into(),
                    );
                }
                passkey.large_blob = Some(blob);
            }
            None => notes.push("Its largeBlob lacks a size or is not base64; it was left out.".into()),
        },
    }
    match json::boolean(found, "payments") {
        Ok(payments) => passkey.third_party_payment = payments.unwrap_or_default(),
        Err(reason) => notes.push(format!("{reason} It may not be used for payments.")),
    }
}

/// `hmacSecret` is the shape of an example in the appendix of early drafts, which programs follow.
fn hmac_secret(found: &Object) -> Result<Option<HmacSecret>, String> {
    let members = match (found.get("hmacCredentials"), found.get("hmacSecret")) {
        (None | Some(Value::Null), None | Some(Value::Null)) => return Ok(None),
        (Some(Value::Object(members)), _) | (_, Some(Value::Object(members))) => members,
        _ => return Err("Its hmacCredentials is no object.".into()),
    };
    let algorithm = json::text(members, "algorithm")?.unwrap_or(HMAC_SHA_256);
    if ![HMAC_SHA_256, "HS256", "hmac-secret"].iter().any(|known| algorithm.eq_ignore_ascii_case(known)) {
        return Err(format!("Its hmac-secret seeds are for {algorithm:?}, which is not known."));
    }
    let with_uv = seed(members, "credWithUV")?.or(seed(members, "secret")?);
    let with_uv = with_uv.ok_or("Its hmac-secret seed for verified users is missing.")?;
    Ok(Some(HmacSecret { with_uv, without_uv: seed(members, "credWithoutUV")? }))
}

fn seed(members: &Object, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>, String> {
    let Some(bytes) = json::bytes(members, name)?.map(Zeroizing::new) else { return Ok(None) };
    let seed: Result<[u8; 32], _> = bytes.as_slice().try_into();
    seed.map(|seed| Some(Zeroizing::new(seed)))
        .map_err(|_| format!("Its {name} has {} bytes, not 32.", bytes.len()))
}

fn large_blob(blob: &Value) -> Option<LargeBlob> {
    let original_size = blob.get("uncompressedSize")?.as_u64()?;
    Some(LargeBlob { compressed: json::bytes_of(blob.get("data")?)?, original_size })
}

/// The members that `passkey` gives reason for.
pub(super) fn write(passkey: &Passkey) -> Object {
    let mut members = Object::new();
    if let Some(seeds) = &passkey.hmac_secret {
        let hmac_credentials = json!({
            "algorithm": HMAC_SHA_256,
            "credWithUV": url(&*seeds.with_uv),
            "credWithoutUV": url(&*without_uv(seeds)),
        });
        members.insert("hmacCredentials".into(), hmac_credentials);
    }
    if let Some(blob) = &passkey.cred_blob {
        members.insert("credBlob".into(), url(blob).into());
    }
    if let Some(blob) = &passkey.large_blob {
        let blob = json!({ "uncompressedSize": blob.original_size, "data": url(&blob.compressed) });
        members.insert("largeBlob".into(), blob);
    }
    if passkey.third_party_payment {
        members.insert("payments".into(), true.into());
    }
    members
}

/// The format demands both seeds. Where a passkey has one, no site has ever seen the other in use, so that any
/// secret may stand for it: this one follows from the first, and stays the same each time.
fn without_uv(seeds: &HmacSecret) -> Zeroizing<[u8; 32]> {
    seeds.without_uv.clone().unwrap_or_else(|| {
        let hash = Sha256::new().chain_update(b"credWithoutUV").chain_update(*seeds.with_uv);
        Zeroizing::new(hash.finalize().into())
    })
}
