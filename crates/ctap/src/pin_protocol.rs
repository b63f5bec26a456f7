//! PIN/UV auth protocols one and two (CTAP 2.3 §6.5.6, §6.5.7).
//!
//! Pure: the ephemeral private key and the initialisation vector are handed in.

use crate::{Status, cose};
use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Version {
    /// §6.5.6
    One = 1,
    /// §6.5.7
    Two = 2,
}

impl Version {
    /// The protocol of a number on the wire.
    pub fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }
}

/// The shared secret of a key agreement; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SharedSecret {
    #[zeroize(skip)]
    version: Version,
    /// In protocol one the same as `aes_key`.
    hmac_key: [u8; 32],
    aes_key: [u8; 32],
}

/// The private half of a key agreement: a P-256 scalar that was drawn by the caller.
pub struct KeyAgreement(p256::SecretKey);

impl KeyAgreement {
    /// From 32 bytes of randomness; `None` for the rare bytes that are no valid scalar: draw again.
    pub fn from_random(bytes: &[u8; 32]) -> Option<Self> {
        p256::SecretKey::from_slice(bytes).ok().map(Self)
    }

    /// The public half, with algorithm ECDH-ES+HKDF-256.
    pub fn public_key(&self) -> cose::PublicKey {
        cose::PublicKey::from_p256(cose::ECDH_ES_HKDF_256, &self.0.public_key())
    }

    /// `decapsulate` and `encapsulate` alike: Z is the x coordinate of the common point; then the protocol's kdf.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` where the peer's key is no point of the curve.
    pub fn shared_secret(&self, version: Version, peer: &cose::PublicKey) -> Result<SharedSecret, Status> {
        let peer = peer.to_p256().ok_or(Status::INVALID_PARAMETER)?;
        let z = self.0.diffie_hellman(&peer);
        SharedSecret::kdf(version, z.raw_secret_bytes())
    }
}

impl SharedSecret {
    /// Which protocol it belongs to.
    pub fn version(&self) -> Version {
        self.version
    }

    /// `encrypt(key, plaintext)`. Protocol one ignores `iv` (zeroes); two puts it in front.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` where the plaintext is no multiple of 16 bytes.
    pub fn encrypt(&self, iv: &[u8; 16], plaintext: &[u8]) -> Result<Vec<u8>, Status> {
        let (iv, mut out) = match self.version {
            Version::One => (&ZERO_IV, Vec::new()),
            Version::Two => (iv, iv.to_vec()),
        };
        let (blocks, []) = plaintext.as_chunks::<16>() else {
            return Err(Status::INVALID_PARAMETER);
        };
        let mut cbc = cbc::Encryptor::<Aes256>::new((&self.aes_key).into(), iv.into());
        for block in blocks {
            let mut block = (*block).into();
            cbc.encrypt_block(&mut block);
            out.extend(block);
        }
        Ok(out)
    }

    /// `decrypt(key, ciphertext)`.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` for a wrong length.
    pub fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Status> {
        let (iv, ciphertext) = match self.version {
            Version::One => (&ZERO_IV, ciphertext),
            Version::Two => ciphertext.split_first_chunk().ok_or(Status::INVALID_PARAMETER)?,
        };
        let (blocks, []) = ciphertext.as_chunks::<16>() else {
            return Err(Status::INVALID_PARAMETER);
        };
        let mut cbc = cbc::Decryptor::<Aes256>::new((&self.aes_key).into(), iv.into());
        // The whole length at once: a buffer that grew would leave copies behind that nobody wipes.
        let mut out = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
        for block in blocks {
            let mut block = (*block).into();
            cbc.decrypt_block(&mut block);
            out.extend(&block);
            block.as_mut_slice().zeroize();
        }
        Ok(out)
    }

    /// `authenticate(key, message)` with the HMAC half: 16 bytes in protocol one, 32 in two.
    pub fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        authenticate(self.version, &self.hmac_key, message)
    }

    /// `verify(key, message, signature)` in constant time.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify(self.version, &self.hmac_key, message, signature)
    }

    /// `kdf(Z)`. One: SHA-256(Z) for both keys. Two: HKDF-SHA-256(salt = 32 zeroes, Z, L = 32, info) for each.
    fn kdf(version: Version, z: &[u8]) -> Result<Self, Status> {
        let mut secret = Self { version, hmac_key: [0; 32], aes_key: [0; 32] };
        match version {
            Version::One => {
                secret.aes_key = Sha256::digest(z).into();
                secret.hmac_key = secret.aes_key;
            }
            Version::Two => {
                let hkdf = Hkdf::<Sha256>::new(Some(&[0; 32]), z);
                // 32 bytes are within what HKDF gives, so neither can fail.
                hkdf.expand(b"CTAP2 HMAC key", &mut secret.hmac_key).map_err(|_| Status::OTHER)?;
                hkdf.expand(b"CTAP2 AES key", &mut secret.aes_key).map_err(|_| Status::OTHER)?;
            }
        }
        Ok(secret)
    }
}

/// `authenticate(pinUvAuthToken, message)`: as above with the 32-byte token as the key.
pub fn authenticate(version: Version, token: &[u8; 32], message: &[u8]) -> Vec<u8> {
    let mut hmac = Hmac::<Sha256>::new((&*padded(token)).into());
    hmac.update(message);
    let mut out = hmac.finalize().into_bytes().to_vec();
    if version == Version::One {
        out.truncate(16);
    }
    out
}

/// `verify(pinUvAuthToken, message, signature)` in constant time.
pub fn verify(version: Version, token: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    authenticate(version, token, message).ct_eq(signature).into()
}

const ZERO_IV: [u8; 16] = [0; 16];

/// HMAC pads a short key with zeroes to the block of its hash (RFC 2104 §2); a key of that length cannot be refused.
fn padded(key: &[u8; 32]) -> Zeroizing<[u8; 64]> {
    let mut block = Zeroizing::new([0; 64]);
    let (start, _) = block.split_at_mut(32);
    start.copy_from_slice(key);
    block
}

#[cfg(test)]
mod tests;
