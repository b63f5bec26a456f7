use ctap::cose::{self, PublicKey};
use p256::ecdsa::signature::Verifier as _;

/// A public key, ready to verify with.
pub(super) enum Key {
    Es256(p256::ecdsa::VerifyingKey),
    EdDsa(ed25519_dalek::VerifyingKey),
}

impl Key {
    /// Reads a COSE key. The reason is a plain sentence.
    pub(super) fn decode(cose_key: &[u8]) -> Result<Self, String> {
        let key = PublicKey::decode(cose_key)
            .map_err(|status| format!("Not a key this version can judge: {}.", status.meaning()))?;
        match key {
            PublicKey::P256 { algorithm: cose::ES256, x, y } => {
                let point = p256::Sec1Point::from_affine_coordinates(&x.into(), &y.into(), false);
                p256::ecdsa::VerifyingKey::from_sec1_point(&point)
                    .map(Self::Es256)
                    .map_err(|_| "The key is no point of the P-256 curve.".to_owned())
            }
            PublicKey::P256 { algorithm, .. } => {
                Err(format!("A P-256 key for algorithm {algorithm} cannot sign."))
            }
            PublicKey::Ed25519 { x } => ed25519_dalek::VerifyingKey::from_bytes(&x)
                .map(Self::EdDsa)
                .map_err(|_| "The key is no point of the Ed25519 curve.".to_owned()),
        }
    }

    pub(super) fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => cose::ES256,
            Self::EdDsa(_) => cose::EDDSA,
        }
    }

    /// ECDSA in DER, or Ed25519 (WebAuthn §6.5.5).
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::EdDsa(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }
}

/// The name of a COSE algorithm identifier that this project speaks.
pub(super) fn name(algorithm: i64) -> String {
    match algorithm {
        cose::ES256 => "ES256 (-7)".to_owned(),
        cose::EDDSA => "EdDSA (-8)".to_owned(),
        other => other.to_string(),
    }
}
