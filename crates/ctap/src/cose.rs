//! COSE public keys and algorithm identifiers (RFC 9052, RFC 9053; WebAuthn §5.8.5).

use crate::Status;

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

    /// Canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        todo!()
    }

    /// Decodes one canonical COSE_Key.
    ///
    /// # Errors
    /// `INVALID_CBOR`, `MISSING_PARAMETER`, `CBOR_UNEXPECTED_TYPE`, or `UNSUPPORTED_ALGORITHM` for other kinds.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        todo!("{bytes:?}")
    }
}
