use std::fmt;

use ctap::{cose, pkcs8};
use p256::ecdsa::signature::Signer;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{ml_dsa::MlDsaKey, rsa};
use crate::platform::Rng;

/// A private key; wiped when dropped, never printed.
#[derive(Clone)]
pub enum PrivateKey {
    /// ES256.
    P256(p256::ecdsa::SigningKey),
    /// EdDSA over Ed25519.
    Ed25519(ed25519_dalek::SigningKey),
    /// ES384.
    P384(p384::ecdsa::SigningKey),
    /// ES512.
    P521(p521::ecdsa::SigningKey),
    /// ES256K.
    Secp256k1(k256::ecdsa::SigningKey),
    /// RS256.
    Rsa(Box<::rsa::RsaPrivateKey>),
    /// ML-DSA-44, -65 or -87.
    MlDsa(MlDsaKey),
}

/// The bytes of a P-521 scalar; the upper seven bits of the first are zero.
const P521_LENGTH: usize = 66;

impl PrivateKey {
    /// A new key of `algorithm`; `None` where the algorithm is not known.
    pub fn generate(algorithm: i64, rng: &dyn Rng) -> Option<Self> {
        let length = match algorithm {
            cose::RS256 => return rsa::generate(rng).map(Self::Rsa),
            cose::ES384 => 48,
            cose::ES512 => P521_LENGTH,
            _ => 32,
        };
        let mut bytes = Zeroizing::new(vec![0; length]);
        // Again for the rare bytes that are no scalar.
        for _ in 0..8 {
            rng.fill(&mut bytes);
            if let (cose::ES512, Some(first)) = (algorithm, bytes.first_mut()) {
                *first &= 1;
            }
            if let Some(key) = Self::from_bytes(algorithm, &bytes) {
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
            cose::ES384 => p384::ecdsa::SigningKey::from_slice(bytes).ok().map(Self::P384),
            cose::ES512 => p521::ecdsa::SigningKey::from_slice(bytes).ok().map(Self::P521),
            cose::ES256K => k256::ecdsa::SigningKey::from_slice(bytes).ok().map(Self::Secp256k1),
            cose::RS256 => rsa::from_bytes(bytes).map(Self::Rsa),
            _ => MlDsaKey::from_bytes(algorithm, bytes).map(Self::MlDsa),
        }
    }

    /// The secret bytes, in a buffer that wipes itself: the scalar of an elliptic curve, the seed of Ed25519
    /// and ML-DSA, the PKCS#1 RSAPrivateKey of RSA in DER.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::P256(key) => wiped(key.to_bytes()),
            Self::Ed25519(key) => wiped(key.to_bytes()),
            Self::P384(key) => wiped(key.to_bytes()),
            Self::P521(key) => wiped(key.to_bytes()),
            Self::Secp256k1(key) => wiped(key.to_bytes()),
            Self::Rsa(key) => rsa::to_bytes(key),
            Self::MlDsa(key) => key.to_bytes(),
        }
    }

    /// From an asymmetric key package in DER (RFC 5958); `None` where it is none, or of an algorithm that is not
    /// known, or holds no valid key.
    pub fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let (algorithm, secret) = pkcs8::decode(der)?;
        Self::from_bytes(algorithm, &secret)
    }

    /// The asymmetric key package in DER, with the public key where the format has a place for it; `None` where the
    /// algorithm has no identifier there, which no key of ours lacks.
    pub fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let point = match self {
            Self::P256(key) => Some(key.verifying_key().to_sec1_point(false).as_bytes().to_vec()),
            Self::P384(key) => Some(key.verifying_key().to_sec1_point(false).as_bytes().to_vec()),
            Self::P521(key) => Some(key.verifying_key().to_sec1_point(false).as_bytes().to_vec()),
            Self::Secp256k1(key) => Some(key.verifying_key().to_sec1_point(false).as_bytes().to_vec()),
            Self::Ed25519(_) | Self::Rsa(_) | Self::MlDsa(_) => None,
        };
        pkcs8::encode(self.algorithm(), &self.to_bytes(), point.as_deref())
    }

    /// The COSE algorithm identifier.
    pub fn algorithm(&self) -> i64 {
        match self {
            Self::P256(_) => cose::ES256,
            Self::Ed25519(_) => cose::EDDSA,
            Self::P384(_) => cose::ES384,
            Self::P521(_) => cose::ES512,
            Self::Secp256k1(_) => cose::ES256K,
            Self::Rsa(_) => cose::RS256,
            Self::MlDsa(key) => key.algorithm(),
        }
    }

    /// The public half.
    pub fn public_key(&self) -> cose::PublicKey {
        match self {
            Self::P256(key) => {
                let (x, y) = coordinates(key.verifying_key().to_sec1_point(false).as_bytes());
                cose::PublicKey::P256 { algorithm: cose::ES256, x, y }
            }
            Self::Ed25519(key) => cose::PublicKey::Ed25519 { x: key.verifying_key().to_bytes() },
            Self::P384(key) => {
                let (x, y) = coordinates(key.verifying_key().to_sec1_point(false).as_bytes());
                cose::PublicKey::P384 { x, y }
            }
            Self::P521(key) => {
                let (x, y) = coordinates(key.verifying_key().to_sec1_point(false).as_bytes());
                cose::PublicKey::P521 { x, y }
            }
            Self::Secp256k1(key) => {
                let (x, y) = coordinates(key.verifying_key().to_sec1_point(false).as_bytes());
                cose::PublicKey::Secp256k1 { x, y }
            }
            Self::Rsa(key) => rsa::public_key(key),
            Self::MlDsa(key) => key.public_key(),
        }
    }

    /// Signs `message` (WebAuthn §6.5.5): ECDSA in DER with a deterministic nonce (RFC 6979), Ed25519,
    /// RSASSA-PKCS1-v1_5, or ML-DSA in its deterministic variant.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::Secp256k1(key) => {
                let signature: k256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::Rsa(key) => rsa::sign(key, message),
            Self::MlDsa(key) => key.sign(message),
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

fn wiped(mut secret: impl AsRef<[u8]> + Zeroize) -> Zeroizing<Vec<u8>> {
    let bytes = Zeroizing::new(secret.as_ref().to_vec());
    secret.zeroize();
    bytes
}

/// x and y of an uncompressed SEC 1 point.
fn coordinates<const N: usize>(point: &[u8]) -> ([u8; N], [u8; N]) {
    let (_, coordinates) = point.split_at_checked(1).unwrap_or_default();
    let mut halves = coordinates.chunks_exact(N);
    let mut half = || halves.next().and_then(|half| half.try_into().ok()).unwrap_or([0; N]);
    (half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRng;

    #[test]
    fn a_key_of_every_algorithm_comes_back_from_its_package() {
        for algorithm in [
            cose::ES256,
            cose::EDDSA,
            cose::ES384,
            cose::ES512,
            cose::ES256K,
            cose::RS256,
            cose::ML_DSA_44,
            cose::ML_DSA_65,
            cose::ML_DSA_87,
        ] {
            let key = PrivateKey::generate(algorithm, &SeededRng::new(7)).unwrap();
            let package = key.to_pkcs8().unwrap();
            assert_eq!(PrivateKey::from_pkcs8(&package), Some(key), "{algorithm}");
        }
    }

    /// By `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER`.
    #[test]
    fn a_package_of_openssl_is_written_as_it_was_read() {
        let der = include_bytes!("p256.pkcs8.der");
        assert_eq!(PrivateKey::from_pkcs8(der).unwrap().to_pkcs8().unwrap().as_slice(), der);
    }

    #[test]
    fn a_package_of_no_valid_key_is_refused() {
        let zero = pkcs8::encode(cose::ES256, &[0; 32], None).unwrap();
        assert_eq!(PrivateKey::from_pkcs8(&zero), None);
    }
}
