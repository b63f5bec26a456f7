//! A credential and its private key.

use std::fmt;

use ctap::{
    cose,
    entity::{RelyingParty, User},
    extension::CredProtect,
};
use p256::ecdsa::signature::Signer;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::platform::Rng;

/// A credential source (WebAuthn §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The credential id.
    pub id: Vec<u8>,
    /// The site.
    pub rp: RelyingParty,
    /// The account.
    pub user: User,
    /// The private key.
    pub key: PrivateKey,
    /// Found without its id.
    pub discoverable: bool,
    /// Who may find it.
    pub cred_protect: CredProtect,
    /// The seeds of `hmac-secret`.
    pub cred_random: Option<CredRandom>,
    /// What the site stored by `credBlob` (§12.2).
    pub cred_blob: Option<Vec<u8>>,
    /// The key of its entry in the large-blob array (§12.3).
    pub large_blob_key: Option<Zeroizing<[u8; 32]>>,
    /// May be used for payments at other sites (§12.9).
    pub third_party_payment: bool,
    /// BE; never changes.
    pub backup_eligible: bool,
    /// BS; 1 only where BE is and a copy was confirmed.
    pub backup_state: bool,
    /// The last counter that was signed; stays 0 for synced ones.
    pub sign_count: u32,
    /// Seconds since 1970.
    pub created_at: u64,
    /// Seconds since 1970 of the last assertion.
    pub last_used_at: Option<u64>,
}

/// `CredRandomWithUV` and `CredRandomWithoutUV` (CTAP 2.3 §12.7); wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CredRandom {
    /// Used when the person was verified.
    pub with_uv: [u8; 32],
    /// Used otherwise.
    pub without_uv: [u8; 32],
}

/// A private key; wiped when dropped, never printed.
#[derive(Clone)]
pub enum PrivateKey {
    /// ES256.
    P256(p256::ecdsa::SigningKey),
    /// EdDSA over Ed25519.
    Ed25519(ed25519_dalek::SigningKey),
}

impl PrivateKey {
    /// A new key of `algorithm`; `None` where the algorithm is not known.
    pub fn generate(algorithm: i64, rng: &dyn Rng) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        // Again for the rare bytes that are no scalar.
        for _ in 0..8 {
            rng.fill(&mut *bytes);
            if let Some(key) = Self::from_bytes(algorithm, &*bytes) {
                return Some(key);
            }
        }
        None
    }

    /// From the secret bytes of `algorithm`, as [`PrivateKey::to_bytes`] gives them; `None` where they are no
    /// valid key or the algorithm is not known.
    pub fn from_bytes(algorithm: i64, bytes: &[u8]) -> Option<Self> {
        match algorithm {
            cose::ES256 => p256::ecdsa::SigningKey::from_slice(bytes).ok().map(Self::P256),
            cose::EDDSA => ed25519_dalek::SigningKey::try_from(bytes).ok().map(Self::Ed25519),
            _ => None,
        }
    }

    /// The secret bytes (scalar or seed), in a buffer that wipes itself.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::P256(key) => {
                let mut scalar = key.to_bytes();
                let bytes = Zeroizing::new(scalar.to_vec());
                scalar.zeroize();
                bytes
            }
            Self::Ed25519(key) => Zeroizing::new(key.to_bytes().to_vec()),
        }
    }

    /// The COSE algorithm identifier.
    pub fn algorithm(&self) -> i64 {
        match self {
            Self::P256(_) => cose::ES256,
            Self::Ed25519(_) => cose::EDDSA,
        }
    }

    /// The public half.
    pub fn public_key(&self) -> cose::PublicKey {
        match self {
            Self::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map_or([0; 32], |b| (*b).into());
                cose::PublicKey::P256 {
                    algorithm: cose::ES256,
                    x: coordinate(point.x()),
                    y: coordinate(point.y()),
                }
            }
            Self::Ed25519(key) => cose::PublicKey::Ed25519 { x: key.verifying_key().to_bytes() },
        }
    }

    /// Signs `message`: ECDSA in DER with a deterministic nonce (RFC 6979), or Ed25519 (WebAuthn §6.5.5).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.algorithm())
    }
}

impl PartialEq for PrivateKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm() == other.algorithm() && bool::from(self.to_bytes().ct_eq(&other.to_bytes()))
    }
}

impl Eq for PrivateKey {}

impl fmt::Debug for CredRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredRandom")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Verifier;

    #[test]
    fn a_key_comes_back_from_its_bytes_and_signs_for_its_public_half() {
        for algorithm in [cose::ES256, cose::EDDSA] {
            let key = PrivateKey::from_bytes(algorithm, &[7; 32]).unwrap();
            assert_eq!(**key.to_bytes(), [7; 32]);
            assert_eq!(PrivateKey::from_bytes(algorithm, &key.to_bytes()).unwrap(), key);
            let signature = key.sign(b"message");
            assert_eq!(signature, key.sign(b"message"), "deterministic nonce");
            match key.public_key() {
                cose::PublicKey::P256 { x, y, .. } => {
                    let sec1 = [&[4][..], &x, &y].concat();
                    let public = p256::ecdsa::VerifyingKey::from_sec1_bytes(&sec1).unwrap();
                    let signature = p256::ecdsa::DerSignature::from_bytes(&signature).unwrap();
                    public.verify(b"message", &signature).unwrap();
                }
                cose::PublicKey::Ed25519 { x } => {
                    let public = ed25519_dalek::VerifyingKey::from_bytes(&x).unwrap();
                    let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
                    public.verify(b"message", &signature).unwrap();
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_no_scalar_and_algorithms_that_are_not_known_are_refused() {
        assert!(PrivateKey::from_bytes(cose::ES256, &[0; 32]).is_none());
        assert!(PrivateKey::from_bytes(cose::ES256, &[0xFF; 32]).is_none());
        assert!(PrivateKey::from_bytes(-257, &[7; 32]).is_none());
    }

    #[test]
    fn secrets_do_not_print() {
        let key = PrivateKey::from_bytes(cose::EDDSA, &[7; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(-8)");
        let seeds = CredRandom { with_uv: [7; 32], without_uv: [8; 32] };
        assert_eq!(format!("{seeds:?}"), "CredRandom");
    }
}
