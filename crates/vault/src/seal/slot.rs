//! The formulas of the slots. Pure: the caller hands in keys, nonces and ephemeral scalars.
//!
//! A slot has a key pair. What opens the slot unwraps the private half; the vault key is sealed to the public half, so
//! that a new one reaches every slot while nobody is there to open them. The slot seed, known to whoever opened the
//! vault once, makes the sealing theirs alone: a public key is no secret (docs/decisions/0010).

use hkdf::Hkdf;
use p256::{PublicKey, SecretKey, ecdh::SharedSecret};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{Nonce, Place, Unopened, decrypt, encrypt, to_secret};
use crate::secret::Secret;

/// The first byte of what slots of formats 1 and 2 wrap: the vault key itself.
const SYMMETRIC: u8 = 1;
/// The first byte of what slots of today wrap: a private key and the slot seed.
const KEY_PAIR: u8 = 2;
/// An uncompressed point.
const POINT: usize = 65;

/// What a slot wraps.
#[derive(Clone, Zeroize)]
pub(crate) struct SlotSecret {
    /// The private half of the slot's P-256 key pair.
    pub(crate) scalar: Secret,
    /// The same in every slot of one vault.
    pub(crate) seed: Secret,
}

/// What a slot gives to whoever opens it.
pub(crate) enum Unwrapped {
    /// Formats 1 and 2.
    VaultKey(Secret),
    KeyPair(SlotSecret),
}

/// `2 ‖ n ‖ GCM(key-encryption key, n, scalar ‖ slot seed, AD)` where
/// `AD = "latchkey vault 2 slot" ‖ 0 ‖ vault id ‖ slot id ‖ kind ‖ parameters`.
pub(crate) fn wrap(
    key_encryption_key: &Secret,
    slot: Place<'_>,
    parameters: &[u8],
    secret: &SlotSecret,
    nonce: Nonce,
) -> Result<Vec<u8>, Unopened> {
    let mut both = Zeroizing::new([0; 64]);
    for (to, from) in both.iter_mut().zip(secret.scalar.expose().iter().chain(secret.seed.expose())) {
        *to = *from;
    }
    let wrapped = encrypt(key_encryption_key, &nonce, &*both, &slot_data(KEY_PAIR, slot, parameters))?;
    Ok([&[KEY_PAIR][..], &nonce, &wrapped].concat())
}

/// The inverse of [`wrap`]; and for formats 1 and 2 of `1 ‖ n ‖ GCM(key-encryption key, n, vault key, AD)` with
/// `"latchkey vault 1 slot"` in AD.
pub(crate) fn unwrap(
    key_encryption_key: &Secret,
    slot: Place<'_>,
    parameters: &[u8],
    wrapped: &[u8],
) -> Result<Unwrapped, Unopened> {
    let ([version], rest) = wrapped.split_first_chunk::<1>().ok_or(Unopened)?;
    let (nonce, wrapped) = rest.split_first_chunk::<12>().ok_or(Unopened)?;
    let secret = decrypt(key_encryption_key, nonce, wrapped, &slot_data(*version, slot, parameters))?;
    match *version {
        SYMMETRIC => Ok(Unwrapped::VaultKey(to_secret(&secret)?)),
        KEY_PAIR => {
            let (scalar, seed) = secret.split_at_checked(32).ok_or(Unopened)?;
            Ok(Unwrapped::KeyPair(SlotSecret { scalar: to_secret(scalar)?, seed: to_secret(seed)? }))
        }
        _ => Err(Unopened),
    }
}

/// The public half of `scalar`: `4 ‖ x ‖ y`.
pub(crate) fn public_key(scalar: &Secret) -> Result<Vec<u8>, Unopened> {
    Ok(secret_key(scalar)?.public_key().to_sec1_bytes().into_vec())
}

/// `E ‖ GCM(k, 0¹², vault key, "")` where E is the public half of `ephemeral` and `k = HKDF-SHA-256(ikm = x of
/// ECDH(ephemeral, public key), salt = slot seed, info = "latchkey vault 2 slot key" ‖ 0 ‖ vault id ‖ slot id ‖ kind ‖
/// E ‖ public key)`. The nonce may be constant: each k seals once.
pub(crate) fn seal_vault_key(
    vault_key: &Secret,
    slot: Place<'_>,
    public_key: &[u8],
    seed: &Secret,
    ephemeral: &Secret,
) -> Result<Vec<u8>, Unopened> {
    let ephemeral = secret_key(ephemeral)?;
    let share = ephemeral.public_key().to_sec1_bytes();
    let point = PublicKey::from_sec1_bytes(public_key).map_err(|_| Unopened)?;
    let key = sealing_key(&ephemeral.diffie_hellman(&point), seed, slot, &share, public_key)?;
    Ok([&share[..], &encrypt(&key, &[0; 12], vault_key.expose(), b"")?].concat())
}

/// The inverse of [`seal_vault_key`].
pub(crate) fn open_vault_key(
    secret: &SlotSecret,
    slot: Place<'_>,
    sealed: &[u8],
) -> Result<Secret, Unopened> {
    let (share, sealed) = sealed.split_first_chunk::<POINT>().ok_or(Unopened)?;
    let private = secret_key(&secret.scalar)?;
    let point = PublicKey::from_sec1_bytes(share).map_err(|_| Unopened)?;
    let public_key = private.public_key().to_sec1_bytes();
    let key = sealing_key(&private.diffie_hellman(&point), &secret.seed, slot, share, &public_key)?;
    to_secret(&decrypt(&key, &[0; 12], sealed, b"")?)
}

/// `SHA-256(AD ‖ wrapped ‖ public key ‖ sealed vault key)[..8]`, AD as in [`unwrap`]: tells a damaged slot from a wrong
/// passphrase. Made of stored bytes alone, it says nothing about either secret.
pub(crate) fn check(
    slot: Place<'_>,
    parameters: &[u8],
    wrapped: &[u8],
    public_key: &[u8],
    sealed_key: &[u8],
) -> Vec<u8> {
    let version = wrapped.first().copied().unwrap_or(SYMMETRIC);
    let digest = Sha256::new()
        .chain_update(slot_data(version, slot, parameters))
        .chain_update(wrapped)
        .chain_update(public_key)
        .chain_update(sealed_key)
        .finalize();
    digest.iter().copied().take(8).collect()
}

/// `SHA-256("latchkey vault 2 slot list" ‖ 0 ‖ vault id ‖ slot id ‖ kind ‖ public key ‖ length of label (4) ‖ label ‖
/// parameters)`: what the header says of each slot, so that none is put beside them.
pub(crate) fn listed(slot: Place<'_>, public_key: &[u8], label: &str, parameters: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"latchkey vault 2 slot list\0")
        .chain_update(slot.vault)
        .chain_update(slot.record)
        .chain_update([slot.kind])
        .chain_update(public_key)
        .chain_update(u32::try_from(label.len()).unwrap_or(u32::MAX).to_be_bytes())
        .chain_update(label)
        .chain_update(parameters)
        .finalize()
        .into()
}

/// `HKDF-SHA-256(ikm = secret, salt = slot id, info = "latchkey vault 2 " ‖ kind of slot)`
pub(crate) fn key_encryption_key(secret: &Secret, slot: Place<'_>, kind: &str) -> Result<Secret, Unopened> {
    let mut key = Secret::new([0; 32]);
    Hkdf::<Sha256>::new(Some(slot.record), secret.expose())
        .expand_multi_info(&[b"latchkey vault 2 ", kind.as_bytes()], key.expose_mut())
        .map_err(|_| Unopened)?;
    Ok(key)
}

fn sealing_key(
    shared: &SharedSecret,
    seed: &Secret,
    slot: Place<'_>,
    share: &[u8],
    public_key: &[u8],
) -> Result<Secret, Unopened> {
    let info: [&[u8]; 6] =
        [b"latchkey vault 2 slot key\0", slot.vault, slot.record, &[slot.kind], share, public_key];
    let mut key = Secret::new([0; 32]);
    shared
        .extract::<Sha256>(Some(seed.expose()))
        .expand_multi_info(&info, key.expose_mut())
        .map_err(|_| Unopened)?;
    Ok(key)
}

fn secret_key(scalar: &Secret) -> Result<SecretKey, Unopened> {
    SecretKey::from_slice(scalar.expose()).map_err(|_| Unopened)
}

fn slot_data(version: u8, slot: Place<'_>, parameters: &[u8]) -> Vec<u8> {
    let number = b'0'.saturating_add(version);
    [b"latchkey vault ", &[number][..], b" slot\0", slot.vault, slot.record, &[slot.kind], parameters]
        .concat()
}

#[cfg(test)]
mod tests;
