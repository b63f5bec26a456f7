//! The AES-256-GCM formulas of the vault's records; those of its slots stand in [`slot`]. Pure: the caller hands in keys and nonces.
//!
//! The vault key never touches a record itself: it wraps a content key that is fresh for every version of
//! every record. Associated data names the vault, the record, its kind and the layer, so that a sealed
//! record opens only in its own place (docs/vault-format.md).

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, Buffer},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::Secret;

pub(crate) mod slot;

/// The first byte of every envelope.
const VERSION: u8 = 1;
/// Plaintexts are padded to a multiple of this, so that a length says little about a name.
const BLOCK: usize = 64;
/// version ‖ schema ‖ wrap nonce ‖ wrapped content key and tag ‖ content nonce.
const HEADER: usize = 1 + 2 + 12 + 48 + 12;

/// 16 random bytes that name a vault, a record or a slot.
pub(crate) type Id = [u8; 16];
/// A 96-bit nonce, drawn at random by the caller.
pub(crate) type Nonce = [u8; 12];

/// The place where something sealed belongs.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) vault: &'a Id,
    pub(crate) record: &'a Id,
    pub(crate) kind: u8,
}

/// What one sealing consumes, all of it random and never used again.
pub(crate) struct Fresh {
    pub(crate) content_key: Secret,
    pub(crate) wrap_nonce: Nonce,
    pub(crate) content_nonce: Nonce,
}

/// Does not open: another key, another place, or altered bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unopened;

/// `1 ‖ schema ‖ n₁ ‖ GCM(vault key, n₁, content key, AD("wrap")) ‖ n₂ ‖ GCM(content key, n₂, pad(plaintext), AD("content"))`
pub(crate) fn seal(
    vault_key: &Secret,
    place: Place<'_>,
    schema: u16,
    plaintext: &[u8],
    fresh: &Fresh,
) -> Result<Vec<u8>, Unopened> {
    let wrapped = encrypt(
        vault_key,
        &fresh.wrap_nonce,
        fresh.content_key.expose(),
        &associated_data("wrap", place, schema),
    )?;
    let content = encrypt(
        &fresh.content_key,
        &fresh.content_nonce,
        &pad(plaintext),
        &associated_data("content", place, schema),
    )?;
    let mut envelope = Vec::with_capacity(HEADER + content.len());
    envelope.push(VERSION);
    envelope.extend(schema.to_be_bytes());
    envelope.extend(fresh.wrap_nonce);
    envelope.extend(wrapped);
    envelope.extend(fresh.content_nonce);
    envelope.extend(content);
    Ok(envelope)
}

/// The inverse of [`seal`]: the schema and the plaintext.
pub(crate) fn open(
    vault_key: &Secret,
    place: Place<'_>,
    envelope: &[u8],
) -> Result<(u16, Zeroizing<Vec<u8>>), Unopened> {
    let (version, rest) = envelope.split_first_chunk::<1>().ok_or(Unopened)?;
    let (schema, rest) = rest.split_first_chunk::<2>().ok_or(Unopened)?;
    let (wrap_nonce, rest) = rest.split_first_chunk::<12>().ok_or(Unopened)?;
    let (wrapped, rest) = rest.split_first_chunk::<48>().ok_or(Unopened)?;
    let (content_nonce, content) = rest.split_first_chunk::<12>().ok_or(Unopened)?;
    if *version != [VERSION] {
        return Err(Unopened);
    }
    let schema = u16::from_be_bytes(*schema);
    let content_key = decrypt(vault_key, wrap_nonce, wrapped, &associated_data("wrap", place, schema))?;
    let content_key = to_secret(&content_key)?;
    let padded = decrypt(&content_key, content_nonce, content, &associated_data("content", place, schema))?;
    Ok((schema, unpad(padded)?))
}

/// The same record under another vault key: `1 ‖ schema ‖ n ‖ GCM(new vault key, n, content key, AD("wrap")) ‖ n₂ ‖ …`.
/// Its content stays sealed as it is.
pub(crate) fn rewrap(
    old_vault_key: &Secret,
    new_vault_key: &Secret,
    place: Place<'_>,
    envelope: &[u8],
    nonce: &Nonce,
) -> Result<Vec<u8>, Unopened> {
    let (head, rest) = envelope.split_first_chunk::<3>().ok_or(Unopened)?;
    let (old_nonce, rest) = rest.split_first_chunk::<12>().ok_or(Unopened)?;
    let (wrapped, content) = rest.split_first_chunk::<48>().ok_or(Unopened)?;
    let [VERSION, schema @ ..] = *head else { return Err(Unopened) };
    let data = associated_data("wrap", place, u16::from_be_bytes(schema));
    let content_key = to_secret(&decrypt(old_vault_key, old_nonce, wrapped, &data)?)?;
    let wrapped = encrypt(new_vault_key, nonce, content_key.expose(), &data)?;
    Ok([&head[..], nonce, &wrapped, content].concat())
}

/// `HKDF-SHA-256(ikm = index seed, salt = vault id, info = "latchkey vault 1 index")`
pub(crate) fn index_key(index_seed: &Secret, vault: &Id) -> Result<Secret, Unopened> {
    let mut key = Secret::new([0; 32]);
    Hkdf::<Sha256>::new(Some(vault), index_seed.expose())
        .expand(b"latchkey vault 1 index", key.expose_mut())
        .map_err(|_| Unopened)?;
    Ok(key)
}

/// `HMAC-SHA-256(index key, purpose ‖ 0 ‖ value)`
pub(crate) fn lookup(index_key: &Secret, purpose: &str, value: &[u8]) -> Result<[u8; 32], Unopened> {
    let mut mac = Hmac::<Sha256>::new_from_slice(index_key.expose()).map_err(|_| Unopened)?;
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(value);
    Ok(mac.finalize().into_bytes().into())
}

/// `"latchkey vault 1 " ‖ layer ‖ 0 ‖ vault id ‖ record id ‖ kind ‖ schema`
fn associated_data(layer: &str, place: Place<'_>, schema: u16) -> Vec<u8> {
    [
        b"latchkey vault 1 ",
        layer.as_bytes(),
        &[0],
        place.vault,
        place.record,
        &[place.kind],
        &schema.to_be_bytes(),
    ]
    .concat()
}

fn encrypt(key: &Secret, nonce: &Nonce, plaintext: &[u8], data: &[u8]) -> Result<Vec<u8>, Unopened> {
    let mut buffer = Vec::with_capacity(plaintext.len() + 16);
    buffer.extend_from_slice(plaintext);
    Aes256Gcm::new(key.expose().into())
        .encrypt_in_place(nonce.into(), data, &mut buffer)
        .map_err(|_| Unopened)?;
    Ok(buffer)
}

fn decrypt(
    key: &Secret,
    nonce: &Nonce,
    ciphertext: &[u8],
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let opened: &mut dyn Buffer = &mut *buffer;
    Aes256Gcm::new(key.expose().into()).decrypt_in_place(nonce.into(), data, opened).map_err(|_| Unopened)?;
    Ok(buffer)
}

fn to_secret(bytes: &[u8]) -> Result<Secret, Unopened> {
    Ok(Secret::new(bytes.try_into().map_err(|_| Unopened)?))
}

/// `plaintext ‖ 0x80 ‖ 0x00…` to a multiple of 64 (ISO/IEC 7816-4).
fn pad(plaintext: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = (plaintext.len() + 1).next_multiple_of(BLOCK);
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(plaintext);
    padded.push(0x80);
    padded.resize(length, 0);
    padded
}

fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let end = padded.iter().rposition(|byte| *byte != 0).ok_or(Unopened)?;
    if padded.get(end) != Some(&0x80) {
        return Err(Unopened);
    }
    padded.truncate(end);
    Ok(padded)
}

#[cfg(test)]
mod tests;
