//! Private keys as asymmetric key packages (RFC 5958, PKCS#8), the algorithm told by its object identifiers. What
//! stands in a package is the secret bytes as a key keeps them, not a key: whether they are a valid one is for the
//! authenticator to say.

use pkcs8::{
    AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef,
    der::{AnyRef, Decode, Encode, Reader, SliceReader, asn1::OctetStringRef},
};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use crate::cose;

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

/// `[0] IMPLICIT OCTET STRING (SIZE (32))`, the shortest of the three forms of ML-DSA-PrivateKey.
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

/// The COSE algorithm of a package in DER and its secret bytes: the scalar of an elliptic curve, the seed of Ed25519
/// and ML-DSA, the PKCS#1 RSAPrivateKey of RSA. `None` where it is no package, or of an algorithm that is not known.
pub fn decode(der: &[u8]) -> Option<(i64, Zeroizing<Vec<u8>>)> {
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
    let secret = match content {
        Content::Curve(_) => EcPrivateKey::from_der(inner).ok()?.private_key,
        Content::OctetString => <&OctetStringRef>::from_der(inner).ok()?.as_bytes(),
        Content::Rsa => inner,
        Content::Seed => match inner.strip_prefix(&SEED_HEADER) {
            Some(seed) => seed,
            None => seed_beside_expanded(inner)?,
        },
    };
    Some((*algorithm, Zeroizing::new(secret.to_vec())))
}

/// The package in DER of the secret bytes that [`decode`] tells of, in a buffer that wipes itself. `point` is the
/// public key of an elliptic curve, uncompressed (SEC 1): readers that do not compute it want it in the package.
/// `None` where the algorithm has no identifier here.
pub fn encode(algorithm: i64, secret: &[u8], point: Option<&[u8]>) -> Option<Zeroizing<Vec<u8>>> {
    let (_, oid, content) = ALGORITHMS.iter().find(|(known, ..)| *known == algorithm)?;
    let (parameters, inner) = match content {
        Content::Curve(named) => {
            let key = EcPrivateKey { private_key: secret, parameters: None, public_key: point };
            (Some(AnyRef::from(named)), key.to_der().ok()?)
        }
        Content::OctetString => (None, OctetStringRef::new(secret).ok()?.to_der().ok()?),
        Content::Rsa => (Some(AnyRef::NULL), secret.to_vec()),
        Content::Seed => (None, [&SEED_HEADER, secret].concat()),
    };
    let inner = Zeroizing::new(inner);
    let algorithm = AlgorithmIdentifierRef { oid: *oid, parameters };
    let package = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner).ok()?);
    package.to_der().ok().map(Zeroizing::new)
}

/// The seed of the form that OpenSSL writes: a SEQUENCE of the seed and the key that it expands to.
fn seed_beside_expanded(inner: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(inner).ok()?;
    let both = reader.sequence(|pair| {
        let seed = <&OctetStringRef>::decode(pair)?;
        <&OctetStringRef>::decode(pair)?;
        Ok::<_, pkcs8::der::Error>(seed.as_bytes())
    });
    both.ok().filter(|_| reader.is_finished())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_every_algorithm_comes_back_from_its_package() {
        for (algorithm, ..) in ALGORITHMS {
            let package = encode(*algorithm, &[7; 32], None).unwrap();
            let (told, secret) = decode(&package).unwrap();
            assert_eq!((told, secret.as_slice()), (*algorithm, &[7; 32][..]));
        }
        assert!(encode(cose::ECDH_ES_HKDF_256, &[7; 32], None).is_none());
    }

    /// RFC 9881 appendix C.1 "both": the seed 00 01 .. 1f beside the expanded key, here cut to four bytes.
    #[test]
    fn a_seed_is_found_beside_the_key_it_expands_to() {
        let seed: Vec<u8> = (0..32).collect();
        let both = [&[0x30, 0x28, 0x04, 0x20][..], &seed, &[0x04, 0x04, 1, 2, 3, 4]].concat();
        assert_eq!(seed_beside_expanded(&both), Some(&seed[..]));
        assert_eq!(seed_beside_expanded(&[&both[..], &[0]].concat()), None);
        assert_eq!(seed_beside_expanded(&both[..40]), None);
    }

    #[test]
    fn what_is_no_package_or_of_another_algorithm_is_refused() {
        let package = encode(cose::ES256, &[7; 32], None).unwrap();
        assert!(decode(&package[1..]).is_none());
        assert!(decode(&[]).is_none());
        assert!(decode(&[&package[..], &[0]].concat()).is_none(), "trailing");
        // X25519 (RFC 8410): a key package, but not of signatures.
        let x25519 = [
            &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20]
                [..],
            &[7; 32],
        ];
        assert!(decode(&x25519.concat()).is_none());
    }
}
