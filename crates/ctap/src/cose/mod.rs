//! COSE public keys and algorithm identifiers (RFC 9053, RFC 8230, RFC 8812, RFC 9964; WebAuthn §5.8.5).

mod any_key;

pub use any_key::AnyKey;

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
};
use ciborium::Value;
use p256::elliptic_curve::point::AffineCoordinates;
use std::ops::RangeInclusive;

/// ES256: ECDSA over P-256 with SHA-256.
pub const ES256: i64 = -7;
/// EdDSA over Ed25519.
pub const EDDSA: i64 = -8;
/// ES384: ECDSA with SHA-384, in WebAuthn over P-384.
pub const ES384: i64 = -35;
/// ES512: ECDSA with SHA-512, in WebAuthn over P-521.
pub const ES512: i64 = -36;
/// ES256K: ECDSA over secp256k1 with SHA-256.
pub const ES256K: i64 = -47;
/// RS256: RSASSA-PKCS1-v1_5 with SHA-256.
pub const RS256: i64 = -257;
/// ML-DSA-44
pub const ML_DSA_44: i64 = -48;
/// ML-DSA-65
pub const ML_DSA_65: i64 = -49;
/// ML-DSA-87
pub const ML_DSA_87: i64 = -50;
/// ECDH-ES + HKDF-256: the algorithm a key agreement key claims (CTAP 2.3 §6.5.6).
pub const ECDH_ES_HKDF_256: i64 = -25;

/// A public key of the kinds this project makes or takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// kty EC2 (2), crv P-256 (1). `algorithm` is ES256, or ECDH-ES+HKDF-256 for key agreement.
    P256 {
        /// Label 3.
        algorithm: i64,
        /// Label -2.
        x: [u8; 32],
        /// Label -3.
        y: [u8; 32],
    },
    /// kty OKP (1), crv Ed25519 (6), alg EdDSA.
    Ed25519 {
        /// Label -2.
        x: [u8; 32],
    },
    /// kty EC2 (2), crv P-384 (2), alg ES384.
    P384 {
        /// Label -2.
        x: [u8; 48],
        /// Label -3.
        y: [u8; 48],
    },
    /// kty EC2 (2), crv P-521 (3), alg ES512.
    P521 {
        /// Label -2.
        x: [u8; 66],
        /// Label -3.
        y: [u8; 66],
    },
    /// kty EC2 (2), crv secp256k1 (8), alg ES256K.
    Secp256k1 {
        /// Label -2.
        x: [u8; 32],
        /// Label -3.
        y: [u8; 32],
    },
    /// kty RSA (3), alg RS256. Both numbers big-endian in their shortest form (RFC 8230 §4).
    Rsa {
        /// Label -1: the modulus, of 2048 to 4096 bits.
        n: Vec<u8>,
        /// Label -2: the public exponent.
        e: Vec<u8>,
    },
    /// kty AKP (7). `algorithm` is ML-DSA-44, -65 or -87 and says how long the key is.
    MlDsa {
        /// Label 3.
        algorithm: i64,
        /// Label -1.
        key: Vec<u8>,
    },
}

impl PublicKey {
    /// Label 3.
    pub fn algorithm(&self) -> i64 {
        match self {
            Self::P256 { algorithm, .. } | Self::MlDsa { algorithm, .. } => *algorithm,
            Self::Ed25519 { .. } => EDDSA,
            Self::P384 { .. } => ES384,
            Self::P521 { .. } => ES512,
            Self::Secp256k1 { .. } => ES256K,
            Self::Rsa { .. } => RS256,
        }
    }

    /// A P-256 key with its algorithm.
    pub fn from_p256(algorithm: i64, key: &p256::PublicKey) -> Self {
        let point = key.as_affine();
        Self::P256 { algorithm, x: point.x().into(), y: point.y().into() }
    }

    /// The point; `None` where this is no P-256 key or the coordinates are not on the curve.
    pub fn to_p256(&self) -> Option<p256::PublicKey> {
        let Self::P256 { x, y, .. } = self else { return None };
        let uncompressed = [&[0x04], x.as_slice(), y].concat();
        p256::PublicKey::from_sec1_bytes(&uncompressed).ok()
    }

    /// Canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(&self.clone().into_value())
    }

    /// Decodes one canonical COSE_Key. Whether the coordinates are a point of the curve is for the user of the key.
    ///
    /// # Errors
    /// `INVALID_CBOR`, `MISSING_PARAMETER`, `CBOR_UNEXPECTED_TYPE`, `INVALID_LENGTH` for a coordinate or number, or
    /// `UNSUPPORTED_ALGORITHM` for other kinds.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        Self::from_value(cbor::decode(bytes)?)
    }
}

impl PublicKey {
    /// The key that a key agrees on a secret with. It is one of P-256 whatever its algorithm says (CTAP 2.3 §6.5.6).
    pub(crate) fn of_agreement(value: Value) -> Result<Self, Status> {
        Self::from_value(value.clone()).or_else(|_| {
            let mut key = Map::from_value(value)?;
            require_curve(&mut key, P_256)?;
            Ok(Self::P256 { algorithm: ECDH_ES_HKDF_256, x: key.required(X)?, y: key.required(Y)? })
        })
    }
}

impl Member for PublicKey {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut key = Map::from_value(value)?;
        let key_type: i64 = key.required(KTY)?;
        let algorithm: i64 = key.required(ALG)?;
        match (key_type, algorithm) {
            (EC2, ES256 | ECDH_ES_HKDF_256) => {
                require_curve(&mut key, P_256)?;
                Ok(Self::P256 { algorithm, x: key.required(X)?, y: key.required(Y)? })
            }
            (EC2, ES384) => {
                require_curve(&mut key, P_384)?;
                Ok(Self::P384 { x: key.required(X)?, y: key.required(Y)? })
            }
            (EC2, ES512) => {
                require_curve(&mut key, P_521)?;
                Ok(Self::P521 { x: key.required(X)?, y: key.required(Y)? })
            }
            (EC2, ES256K) => {
                require_curve(&mut key, SECP256K1)?;
                Ok(Self::Secp256k1 { x: key.required(X)?, y: key.required(Y)? })
            }
            (OKP, EDDSA) => {
                require_curve(&mut key, ED25519)?;
                Ok(Self::Ed25519 { x: key.required(X)? })
            }
            (RSA, RS256) => {
                let n = number(key.required(N)?, MODULUS_LENGTH)?;
                Ok(Self::Rsa { n, e: number(key.required(E)?, EXPONENT_LENGTH)? })
            }
            (AKP, ML_DSA_44) => ml_dsa(&mut key, algorithm, 1312),
            (AKP, ML_DSA_65) => ml_dsa(&mut key, algorithm, 1952),
            (AKP, ML_DSA_87) => ml_dsa(&mut key, algorithm, 2592),
            _ => Err(Status::UNSUPPORTED_ALGORITHM),
        }
    }

    fn into_value(self) -> Value {
        let key = Entries::default().with(ALG, self.algorithm());
        match self {
            Self::P256 { x, y, .. } => key.with(KTY, EC2).with(CRV, P_256).with(X, x).with(Y, y),
            Self::Ed25519 { x } => key.with(KTY, OKP).with(CRV, ED25519).with(X, x),
            Self::P384 { x, y } => key.with(KTY, EC2).with(CRV, P_384).with(X, x).with(Y, y),
            Self::P521 { x, y } => key.with(KTY, EC2).with(CRV, P_521).with(X, x).with(Y, y),
            Self::Secp256k1 { x, y } => key.with(KTY, EC2).with(CRV, SECP256K1).with(X, x).with(Y, y),
            Self::Rsa { n, e } => key.with(KTY, RSA).with(N, n).with(E, e),
            Self::MlDsa { key: public, .. } => key.with(KTY, AKP).with(PUB, public),
        }
        .into_value()
    }
}

const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;

const N: i64 = -1;
const E: i64 = -2;
const PUB: i64 = -1;

const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const AKP: i64 = 7;
const P_256: i64 = 1;
const P_384: i64 = 2;
const P_521: i64 = 3;
const ED25519: i64 = 6;
const SECP256K1: i64 = 8;

/// In bytes: RFC 8230 §6.1 wants 2048 bits at least, and what verifies takes 4096 at most.
const MODULUS_LENGTH: RangeInclusive<usize> = 256..=512;
/// In bytes; verifiers take no larger exponents.
const EXPONENT_LENGTH: RangeInclusive<usize> = 1..=8;

fn require_curve(key: &mut Map, curve: i64) -> Result<(), Status> {
    if key.required::<i64>(CRV)? == curve { Ok(()) } else { Err(Status::UNSUPPORTED_ALGORITHM) }
}

/// A number without leading zeroes.
fn number(bytes: Vec<u8>, lengths: RangeInclusive<usize>) -> Result<Vec<u8>, Status> {
    let shortest = bytes.first().is_some_and(|first| *first != 0);
    if shortest && lengths.contains(&bytes.len()) { Ok(bytes) } else { Err(Status::INVALID_LENGTH) }
}

fn ml_dsa(key: &mut Map, algorithm: i64, length: usize) -> Result<PublicKey, Status> {
    let key: Vec<u8> = key.required(PUB)?;
    if key.len() == length { Ok(PublicKey::MlDsa { algorithm, key }) } else { Err(Status::INVALID_LENGTH) }
}
