//! COSE public keys and algorithm identifiers (RFC 9052, RFC 9053; WebAuthn §5.8.5).

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
};
use ciborium::Value;
use p256::elliptic_curve::point::AffineCoordinates;

/// ES256: ECDSA over P-256 with SHA-256.
pub const ES256: i64 = -7;
/// EdDSA over Ed25519.
pub const EDDSA: i64 = -8;
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
}

impl PublicKey {
    /// Label 3.
    pub fn algorithm(&self) -> i64 {
        match self {
            Self::P256 { algorithm, .. } => *algorithm,
            Self::Ed25519 { .. } => EDDSA,
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
    /// `INVALID_CBOR`, `MISSING_PARAMETER`, `CBOR_UNEXPECTED_TYPE`, `INVALID_LENGTH` for a coordinate, or
    /// `UNSUPPORTED_ALGORITHM` for other kinds.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        Self::from_value(cbor::decode(bytes)?)
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
            (OKP, EDDSA) => {
                require_curve(&mut key, ED25519)?;
                Ok(Self::Ed25519 { x: key.required(X)? })
            }
            _ => Err(Status::UNSUPPORTED_ALGORITHM),
        }
    }

    fn into_value(self) -> Value {
        let key = Entries::default();
        match self {
            Self::P256 { algorithm, x, y } => {
                key.with(KTY, EC2).with(ALG, algorithm).with(CRV, P_256).with(X, x).with(Y, y)
            }
            Self::Ed25519 { x } => key.with(KTY, OKP).with(ALG, EDDSA).with(CRV, ED25519).with(X, x),
        }
        .into_value()
    }
}

const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;

const OKP: i64 = 1;
const EC2: i64 = 2;
const P_256: i64 = 1;
const ED25519: i64 = 6;

fn require_curve(key: &mut Map, curve: i64) -> Result<(), Status> {
    if key.required::<i64>(CRV)? == curve { Ok(()) } else { Err(Status::UNSUPPORTED_ALGORITHM) }
}
