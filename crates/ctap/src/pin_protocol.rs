//! PIN/UV auth protocols one and two (CTAP 2.3 §6.5.6, §6.5.7).
//!
//! Pure: the ephemeral private key and the initialisation vector are handed in.

use crate::{Status, cose};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Version {
    /// §6.5.6
    One = 1,
    /// §6.5.7
    Two = 2,
}

/// The shared secret of a key agreement; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SharedSecret {
    #[zeroize(skip)]
    version: Version,
    /// Protocol one: 32 bytes for both uses. Protocol two: HMAC key, then AES key.
    bytes: Vec<u8>,
}

/// The private half of a key agreement: a P-256 scalar that was drawn by the caller.
pub struct KeyAgreement(p256::SecretKey);

impl KeyAgreement {
    /// From 32 bytes of randomness; `None` for the rare bytes that are no valid scalar: draw again.
    pub fn from_random(bytes: &[u8; 32]) -> Option<Self> {
        todo!("{bytes:?}")
    }

    /// The public half, with algorithm ECDH-ES+HKDF-256.
    pub fn public_key(&self) -> cose::PublicKey {
        todo!("{:?}", self.0.public_key())
    }

    /// `decapsulate` and `encapsulate` alike: Z is the x coordinate of the common point; then the protocol's kdf.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` where the peer's key is no point of the curve.
    pub fn shared_secret(&self, version: Version, peer: &cose::PublicKey) -> Result<SharedSecret, Status> {
        todo!("{version:?} {peer:?}")
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
        todo!("{iv:?} {plaintext:?} {:?}", self.bytes)
    }

    /// `decrypt(key, ciphertext)`.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` for a wrong length.
    pub fn decrypt(&self, ciphertext: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, Status> {
        todo!("{ciphertext:?}")
    }

    /// `authenticate(key, message)` with the HMAC half: 16 bytes in protocol one, 32 in two.
    pub fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        todo!("{message:?}")
    }

    /// `verify(key, message, signature)` in constant time.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        todo!("{message:?} {signature:?}")
    }
}

/// `authenticate(pinUvAuthToken, message)`: as above with the 32-byte token as the key.
pub fn authenticate(version: Version, token: &[u8; 32], message: &[u8]) -> Vec<u8> {
    todo!("{version:?} {token:?} {message:?}")
}

/// `verify(pinUvAuthToken, message, signature)` in constant time.
pub fn verify(version: Version, token: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    todo!("{version:?} {token:?} {message:?} {signature:?}")
}
