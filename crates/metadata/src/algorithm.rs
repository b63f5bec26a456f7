//! The signatures of certificates and BLOBs, by the curves and the RSA that the rest of the house signs with.

use p256::ecdsa::signature::{Verifier, hazmat::PrehashVerifier};
use rsa::{RsaPublicKey, pkcs1::DecodeRsaPublicKey, pkcs1v15, traits::PublicKeyParts};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// What the signatures in a chain may be made by.
pub(crate) const OF_CERTIFICATES: &[&dyn SignatureVerificationAlgorithm] = &[
    &RS256,
    &Algorithm::rsa(alg_id::RSA_PKCS1_SHA384, |key, message, signature| {
        rsa(key, signature, |key, signature| {
            pkcs1v15::VerifyingKey::<Sha384>::new(key).verify(message, signature)
        })
    }),
    &Algorithm::rsa(alg_id::RSA_PKCS1_SHA512, |key, message, signature| {
        rsa(key, signature, |key, signature| {
            pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(message, signature)
        })
    }),
    &ES256,
    &Algorithm::p256(alg_id::ECDSA_SHA384, |key, message, signature| {
        p256(key, &Sha384::digest(message), signature)
    }),
    &Algorithm::p384(alg_id::ECDSA_SHA256, |key, message, signature| {
        p384(key, &Sha256::digest(message), signature)
    }),
    &ES384,
];

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
pub(crate) static RS256: Algorithm = Algorithm::rsa(alg_id::RSA_PKCS1_SHA256, |key, message, signature| {
    rsa(key, signature, |key, signature| {
        pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, signature)
    })
});

/// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), the signature in DER.
pub(crate) static ES256: Algorithm = Algorithm::p256(alg_id::ECDSA_SHA256, |key, message, signature| {
    p256(key, &Sha256::digest(message), signature)
});

/// ECDSA on P-384 with SHA-384, the signature in DER.
pub(crate) static ES384: Algorithm = Algorithm::p384(alg_id::ECDSA_SHA384, |key, message, signature| {
    p384(key, &Sha384::digest(message), signature)
});

type Verify = fn(&[u8], &[u8], &[u8]) -> Result<(), InvalidSignature>;

#[derive(Debug)]
pub(crate) struct Algorithm {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    verify: Verify,
}

impl Algorithm {
    const fn rsa(signature: AlgorithmIdentifier, verify: Verify) -> Self {
        Self { key: alg_id::RSA_ENCRYPTION, signature, verify }
    }

    const fn p256(signature: AlgorithmIdentifier, verify: Verify) -> Self {
        Self { key: alg_id::ECDSA_P256, signature, verify }
    }

    const fn p384(signature: AlgorithmIdentifier, verify: Verify) -> Self {
        Self { key: alg_id::ECDSA_P384, signature, verify }
    }
}

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        (self.verify)(public_key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// Shorter keys are broken (NIST SP 800-131A).
const FEWEST_RSA_BITS: u32 = 2048;

fn rsa(
    key: &[u8],
    signature: &[u8],
    verify: impl FnOnce(RsaPublicKey, &pkcs1v15::Signature) -> Result<(), ::rsa::signature::Error>,
) -> Result<(), InvalidSignature> {
    let key = RsaPublicKey::from_pkcs1_der(key).map_err(|_| InvalidSignature)?;
    if key.n().bits() < FEWEST_RSA_BITS {
        return Err(InvalidSignature);
    }
    let signature = pkcs1v15::Signature::try_from(signature).map_err(|_| InvalidSignature)?;
    verify(key, &signature).map_err(|_| InvalidSignature)
}

fn p256(key: &[u8], hash: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
    let key = ::p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
    let signature = ::p256::ecdsa::Signature::from_der(signature).map_err(|_| InvalidSignature)?;
    key.verify_prehash(hash, &signature).map_err(|_| InvalidSignature)
}

fn p384(key: &[u8], hash: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
    let key = ::p384::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
    let signature = ::p384::ecdsa::Signature::from_der(signature).map_err(|_| InvalidSignature)?;
    key.verify_prehash(hash, &signature).map_err(|_| InvalidSignature)
}
