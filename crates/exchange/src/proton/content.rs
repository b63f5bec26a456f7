//! The content of a passkey: MessagePack `{c: bytes, v: 1}`, in `c` a named map of the COSE key (RFC 9052 §7) and
//! what belongs to it. Three generations share version 1: `ext` came second, `udn` and `un` third.

use ctap::{cose, pkcs8};
use rmp_serde::Deserializer;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    document::plain,
    json::{self, Object, Tree},
    passkey::{HmacSecret, Passkey},
};

/// Deeper than any content nests.
const DEPTH: usize = 32;

/// Labels of key parameters (RFC 9053 §7): the curve, x, y, and the private key.
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const D: i64 = -4;

/// COSE curves by number with their algorithms.
const CURVES: &[(i128, i64)] =
    &[(1, cose::ES256), (2, cose::ES384), (3, cose::ES512), (6, cose::EDDSA), (8, cose::ES256K)];

pub(super) fn read(bytes: &[u8], notes: &mut Vec<String>) -> Result<Passkey, String> {
    let outer = parse(bytes)?;
    let outer = outer.as_object().ok_or("Its content is no map.")?;
    if outer.get("v").and_then(Value::as_u64) != Some(1) {
        return Err("Its content is of a newer version than 1.".into());
    }
    let inner = Zeroizing::new(json::required_bytes(outer, "c")?);
    let inner = parse(&inner)?;
    let members = inner.as_object().ok_or("Its content has no map inside.")?;
    let key = members.get("key").and_then(Value::as_object).ok_or_else(|| json::missing("key"))?;
    let mut passkey = Passkey::from_pkcs8(
        package(key)?,
        json::required_bytes(members, "cid")?,
        json::required(members, "rid")?,
        json::bytes(members, "uhd")?.unwrap_or_default(),
    )?;
    passkey.sign_count = Some(json::counter(members, "cnt")?.unwrap_or(0));
    passkey.user_name = json::said(json::text(members, "un")?);
    passkey.user_display_name = json::said(json::text(members, "udn")?);
    let seeds = members.get("ext").and_then(|extensions| extensions.get("hmac_secret"));
    if let Some(seeds) = seeds.and_then(Value::as_object) {
        passkey.hmac_secret = hmac_secret(seeds)?;
        if passkey.hmac_secret.is_none() {
            notes.push("Its hmac-secret seeds have not 32 bytes and were left out.".into());
        }
    }
    Ok(passkey)
}

fn parse(bytes: &[u8]) -> Result<Tree, String> {
    let mut rest = bytes;
    let mut deserializer = Deserializer::new(&mut rest);
    deserializer.set_max_depth(DEPTH);
    let tree = Tree::deserialize(&mut deserializer)
        .map_err(|error| format!("Its content is no MessagePack: {}.", plain(&error.to_string())))?;
    if rest.is_empty() { Ok(tree) } else { Err("Its content has bytes behind its end.".into()) }
}

/// The PKCS#8 package of a COSE key.
fn package(key: &Object) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut curve = None;
    let [mut x, mut y, mut d] = [const { None }; 3];
    for parameter in json::list(key, "par") {
        let Some([label, value]) = parameter.as_array().map(Vec::as_slice) else { continue };
        match tagged(label).and_then(|(_, label)| label.as_i64()) {
            Some(CRV) => curve = number(value),
            Some(X) => x = bytes(value),
            Some(Y) => y = bytes(value),
            Some(D) => d = bytes(value),
            _ => {}
        }
    }
    let curve = curve.ok_or("Its key names no curve.")?;
    let algorithm = CURVES.iter().find(|(number, _)| *number == curve).map(|(_, algorithm)| *algorithm);
    let algorithm =
        algorithm.ok_or_else(|| format!("Its key is of COSE curve {curve}, which is not known."))?;
    let secret = d.map(Zeroizing::new).ok_or("Its key has no private part.")?;
    let point = match (x, y) {
        (Some(x), Some(y)) if algorithm != cose::EDDSA => Some([&[4], &x[..], &y[..]].concat()),
        _ => None,
    };
    pkcs8::encode(algorithm, &secret, point.as_deref()).ok_or_else(|| "Its key cannot be packed.".into())
}

/// `{t: what it is, c: it}`.
fn tagged(value: &Value) -> Option<(&str, &Value)> {
    Some((value.get("t")?.as_str()?, value.get("c")?))
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    let (_, content) = tagged(value).filter(|(kind, _)| *kind == "bytes")?;
    json::bytes_of(content)
}

/// Sixteen bytes, little-endian.
fn number(value: &Value) -> Option<i128> {
    let (_, content) = tagged(value).filter(|(kind, _)| *kind == "int")?;
    let bytes = json::bytes_of(content.get("inner")?)?;
    bytes.try_into().ok().map(i128::from_le_bytes)
}

fn hmac_secret(seeds: &Object) -> Result<Option<HmacSecret>, String> {
    let seed = |name| -> Result<Option<Zeroizing<[u8; 32]>>, String> {
        let bytes = json::bytes(seeds, name)?.map(Zeroizing::new);
        Ok(bytes.and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new)))
    };
    let without_uv = seed("cred_without_uv")?;
    Ok(seed("cred_with_uv")?.map(|with_uv| HmacSecret { with_uv, without_uv }))
}
