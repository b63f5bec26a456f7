use ctap::cose::{self, PublicKey};
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use p256::ecdsa::signature::Verifier as _;
use sha2::Sha256;

/// A public key, ready to verify with.
pub(super) enum Key {
    Es256(p256::ecdsa::VerifyingKey),
    EdDsa(ed25519_dalek::VerifyingKey),
    Es384(p384::ecdsa::VerifyingKey),
    Es512(p521::ecdsa::VerifyingKey),
    Es256K(k256::ecdsa::VerifyingKey),
    Rs256(rsa::pkcs1v15::VerifyingKey<Sha256>),
    MlDsa { algorithm: i64, key: Vec<u8> },
}

impl Key {
    /// Reads a COSE key. The reason is a plain sentence.
    pub(super) fn decode(cose_key: &[u8]) -> Result<Self, String> {
        let key = PublicKey::decode(cose_key)
            .map_err(|status| format!("Not a key this version can judge: {}.", status.meaning()))?;
        match key {
            PublicKey::P256 { algorithm: cose::ES256, x, y } => {
                p256::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(&x, &y))
                    .map(Self::Es256)
                    .map_err(|_| no_point("P-256"))
            }
            PublicKey::P256 { algorithm, .. } => {
                Err(format!("A P-256 key for algorithm {algorithm} cannot sign."))
            }
            PublicKey::Ed25519 { x } => {
                ed25519_dalek::VerifyingKey::from_bytes(&x).map(Self::EdDsa).map_err(|_| no_point("Ed25519"))
            }
            PublicKey::P384 { x, y } => p384::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(&x, &y))
                .map(Self::Es384)
                .map_err(|_| no_point("P-384")),
            PublicKey::P521 { x, y } => p521::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(&x, &y))
                .map(Self::Es512)
                .map_err(|_| no_point("P-521")),
            PublicKey::Secp256k1 { x, y } => k256::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(&x, &y))
                .map(Self::Es256K)
                .map_err(|_| no_point("secp256k1")),
            PublicKey::Rsa { n, e } => rsa(&n, &e),
            PublicKey::MlDsa { algorithm, key } => Ok(Self::MlDsa { algorithm, key }),
        }
    }

    pub(super) fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => cose::ES256,
            Self::EdDsa(_) => cose::EDDSA,
            Self::Es384(_) => cose::ES384,
            Self::Es512(_) => cose::ES512,
            Self::Es256K(_) => cose::ES256K,
            Self::Rs256(_) => cose::RS256,
            Self::MlDsa { algorithm, .. } => *algorithm,
        }
    }

    /// ECDSA in DER, the others as their own specifications write them (WebAuthn §6.5.5).
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::EdDsa(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::Es384(key) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Es512(key) => p521::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            // The crate takes only the lower of the two s that ECDSA allows, as Bitcoin does.
            Self::Es256K(key) => k256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature.normalize_s()).is_ok()),
            Self::Rs256(key) => rsa::pkcs1v15::Signature::try_from(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::MlDsa { algorithm: cose::ML_DSA_44, key } => ml_dsa::<MlDsa44>(key, message, signature),
            Self::MlDsa { algorithm: cose::ML_DSA_65, key } => ml_dsa::<MlDsa65>(key, message, signature),
            Self::MlDsa { key, .. } => ml_dsa::<MlDsa87>(key, message, signature),
        }
    }
}

/// The name of a COSE algorithm identifier that this project speaks.
pub(super) fn name(algorithm: i64) -> String {
    let name = match algorithm {
        cose::ES256 => "ES256",
        cose::EDDSA => "EdDSA",
        cose::ES384 => "ES384",
        cose::ES512 => "ES512",
        cose::ES256K => "ES256K",
        cose::RS256 => "RS256",
        cose::ML_DSA_44 => "ML-DSA-44",
        cose::ML_DSA_65 => "ML-DSA-65",
        cose::ML_DSA_87 => "ML-DSA-87",
        other => return other.to_string(),
    };
    format!("{name} ({algorithm})")
}

fn rsa(n: &[u8], e: &[u8]) -> Result<Key, String> {
    let number = rsa::BoxedUint::from_be_slice_vartime;
    rsa::RsaPublicKey::new(number(n), number(e))
        .map(|key| Key::Rs256(rsa::pkcs1v15::VerifyingKey::new(key)))
        .map_err(|_| "The modulus and exponent are no RSA key of at most 4096 bits.".to_owned())
}

fn ml_dsa<P: MlDsaParams>(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (key.try_into(), ml_dsa::Signature::<P>::try_from(signature)) else {
        return false;
    };
    ml_dsa::VerifyingKey::<P>::decode(&key).verify(message, &signature).is_ok()
}

fn sec1(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

fn no_point(curve: &str) -> String {
    format!("The key is no point of the {curve} curve.")
}
