//! Checking what a key signed, by each algorithm's own crate.

use ctap::cose;
use p256::ecdsa::signature::Verifier as _;

/// Whether `signature` over `message` is that of the public key.
pub(crate) fn verifies(key: &cose::PublicKey, message: &[u8], signature: &[u8]) -> bool {
    match key {
        cose::PublicKey::P256 { x, y, .. } => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(x, y)).unwrap();
            key.verify(message, &p256::ecdsa::DerSignature::from_bytes(signature).unwrap()).is_ok()
        }
        cose::PublicKey::Ed25519 { x } => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(x).unwrap();
            key.verify(message, &ed25519_dalek::Signature::from_slice(signature).unwrap()).is_ok()
        }
        cose::PublicKey::P384 { x, y } => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(x, y)).unwrap();
            key.verify(message, &p384::ecdsa::DerSignature::from_bytes(signature).unwrap()).is_ok()
        }
        cose::PublicKey::P521 { x, y } => {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(x, y)).unwrap();
            key.verify(message, &p521::ecdsa::DerSignature::from_bytes(signature).unwrap()).is_ok()
        }
        cose::PublicKey::Secp256k1 { x, y } => {
            let key = k256::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(x, y)).unwrap();
            key.verify(message, &k256::ecdsa::DerSignature::from_bytes(signature).unwrap()).is_ok()
        }
        cose::PublicKey::Rsa { n, e } => {
            let number = |bytes| rsa::BoxedUint::from_be_slice_vartime(bytes);
            let key = rsa::RsaPublicKey::new(number(n), number(e)).unwrap();
            let key = rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(key);
            key.verify(message, &signature.try_into().unwrap()).is_ok()
        }
        cose::PublicKey::MlDsa { algorithm: cose::ML_DSA_44, key } => {
            ml_dsa_verifies::<ml_dsa::MlDsa44>(key, message, signature)
        }
        cose::PublicKey::MlDsa { algorithm: cose::ML_DSA_65, key } => {
            ml_dsa_verifies::<ml_dsa::MlDsa65>(key, message, signature)
        }
        cose::PublicKey::MlDsa { key, .. } => ml_dsa_verifies::<ml_dsa::MlDsa87>(key, message, signature),
    }
}

fn ml_dsa_verifies<P: ml_dsa::MlDsaParams>(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = ml_dsa::VerifyingKey::<P>::decode(&key.try_into().unwrap());
    key.verify(message, &signature.try_into().unwrap()).is_ok()
}

fn sec1(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}
