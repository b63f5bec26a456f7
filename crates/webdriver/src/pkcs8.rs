//! Private keys as asymmetric key packages (RFC 5958, PKCS#8), the algorithm told by its object identifiers.

use authenticator::PrivateKey;
use ctap::cose;
use pkcs8::{
    AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef,
    der::{AnyRef, Decode, Encode, asn1::OctetStringRef},
};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

/// How the key stands inside its package.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// An ECPrivateKey on this named curve (RFC 5915).
    Curve(ObjectIdentifier),
    /// An OCTET STRING (RFC 8410).
    OctetString,
    /// An RSAPrivateKey (RFC 8017), parameters NULL.
    Rsa,
    /// The seed of ML-DSA-PrivateKey (RFC 9881).
    Seed,
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// `[0] IMPLICIT OCTET STRING (SIZE (32))`, the shorter of the two forms of ML-DSA-PrivateKey.
const SEED_HEADER: [u8; 2] = [0x80, 0x20];

/// COSE algorithm, algorithm identifier, content.
const ALGORITHMS: &[(i64, ObjectIdentifier, Content)] = &[
    (cose::ES256, EC, Content::Curve(ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"))),
    (cose::ES384, EC, Content::Curve(ObjectIdentifier::new_unwrap("1.3.132.0.34"))),
    (cose::ES512, EC, Content::Curve(ObjectIdentifier::new_unwrap("1.3.132.0.35"))),
    (cose::ES256K, EC, Content::Curve(ObjectIdentifier::new_unwrap("1.3.132.0.10"))),
    (cose::EDDSA, ObjectIdentifier::new_unwrap("1.3.101.112"), Content::OctetString),
    (cose::RS256, ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"), Content::Rsa),
    (cose::ML_DSA_44, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"), Content::Seed),
    (cose::ML_DSA_65, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"), Content::Seed),
    (cose::ML_DSA_87, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"), Content::Seed),
];

/// The key of a package in DER; `None` where it is none, or of an algorithm that is not known.
pub(crate) fn decode(der: &[u8]) -> Option<PrivateKey> {
    let package = PrivateKeyInfoRef::from_der(der).ok()?;
    let curve = package.algorithm.parameters_oid().ok();
    let (algorithm, _, content) = ALGORITHMS.iter().find(|(_, oid, content)| {
        *oid == package.algorithm.oid
            && match content {
                Content::Curve(named) => curve == Some(*named),
                _ => true,
            }
    })?;
    let inner = package.private_key.as_bytes();
    match content {
        Content::Curve(_) => {
            PrivateKey::from_bytes(*algorithm, EcPrivateKey::from_der(inner).ok()?.private_key)
        }
        Content::OctetString => {
            PrivateKey::from_bytes(*algorithm, <&OctetStringRef>::from_der(inner).ok()?.as_bytes())
        }
        Content::Rsa => PrivateKey::from_bytes(*algorithm, inner),
        Content::Seed => PrivateKey::from_bytes(*algorithm, inner.strip_prefix(&SEED_HEADER)?),
    }
}

/// The package of a key in DER, in a buffer that wipes itself; `None` where its algorithm has no identifier here.
pub(crate) fn encode(key: &PrivateKey) -> Option<Zeroizing<Vec<u8>>> {
    let (_, oid, content) = ALGORITHMS.iter().find(|(algorithm, ..)| *algorithm == key.algorithm())?;
    let bytes = key.to_bytes();
    let (parameters, inner) = match content {
        Content::Curve(named) => {
            let key = EcPrivateKey { private_key: &bytes, parameters: None, public_key: None };
            (Some(AnyRef::from(named)), key.to_der().ok()?)
        }
        Content::OctetString => (None, OctetStringRef::new(&bytes).ok()?.to_der().ok()?),
        Content::Rsa => (Some(AnyRef::NULL), bytes.to_vec()),
        Content::Seed => (None, [&SEED_HEADER, bytes.as_slice()].concat()),
    };
    let inner = Zeroizing::new(inner);
    let algorithm = AlgorithmIdentifierRef { oid: *oid, parameters };
    let package = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner).ok()?);
    package.to_der().ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use authenticator::testing::SeededRng;

    #[test]
    fn every_algorithm_of_a_key_comes_back_from_its_package() {
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
            let package = encode(&key).unwrap();
            assert_eq!(decode(&package), Some(key), "{algorithm}");
        }
    }

    /// By `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER`, with its public key.
    #[test]
    fn a_package_with_a_public_key_is_read() {
        let der = hex::decode(include_str!("../tests/endpoint/p256.pkcs8.hex").trim()).unwrap();
        let key = decode(&der).unwrap();
        assert_eq!(key.algorithm(), cose::ES256);
        let point = match key.public_key() {
            cose::PublicKey::P256 { x, y, .. } => [x, y].concat(),
            _ => panic!("not of P-256"),
        };
        assert!(der.ends_with(&point), "the private key is that of the public key beside it");
    }

    #[test]
    fn what_is_no_package_or_of_another_algorithm_is_refused() {
        let key = PrivateKey::from_bytes(cose::ES256, &[7; 32]).unwrap();
        let package = encode(&key).unwrap();
        assert!(decode(&package[1..]).is_none());
        assert!(decode(&[]).is_none());
        let trailing = [&package[..], &[0]].concat();
        assert!(decode(&trailing).is_none());
        // X25519 (RFC 8410): a key package, but not of signatures.
        let x25519 = hex::decode("302e020100300506032b656e04220420").unwrap();
        assert!(decode(&[x25519, vec![7; 32]].concat()).is_none());
    }
}
