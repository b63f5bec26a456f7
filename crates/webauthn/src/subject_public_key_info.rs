//! SubjectPublicKeyInfo, as `getPublicKey()` gives it (WebAuthn §5.2.1.1).

use ctap::cose::{self, PublicKey};

/// DER by RFC 5480 (elliptic curves), RFC 8410 (Ed25519), RFC 8017 (RSA) and RFC 9881 (ML-DSA).
pub(crate) fn subject_public_key_info(key: &PublicKey) -> Vec<u8> {
    let (algorithm, bits) = match key {
        PublicKey::P256 { x, y, .. } => (elliptic_curve(PRIME256V1), point(x, y)),
        PublicKey::P384 { x, y } => (elliptic_curve(SECP384R1), point(x, y)),
        PublicKey::P521 { x, y } => (elliptic_curve(SECP521R1), point(x, y)),
        PublicKey::Secp256k1 { x, y } => (elliptic_curve(SECP256K1), point(x, y)),
        PublicKey::Ed25519 { x } => (element(OID, ED25519), x.to_vec()),
        PublicKey::Rsa { n, e } => {
            let algorithm = [element(OID, RSA_ENCRYPTION), element(NULL, &[])].concat();
            (algorithm, element(SEQUENCE, &[integer(n), integer(e)].concat()))
        }
        PublicKey::MlDsa { algorithm, key } => (element(OID, ml_dsa(*algorithm)), key.clone()),
    };
    let no_unused_bits = [&[0], bits.as_slice()].concat();
    let info = [element(SEQUENCE, &algorithm), element(BIT_STRING, &no_unused_bits)];
    element(SEQUENCE, &info.concat())
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const NULL: u8 = 0x05;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

const ID_EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const PRIME256V1: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
const SECP384R1: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x22];
const SECP521R1: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x23];
const SECP256K1: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x0A];
const ED25519: &[u8] = &[0x2B, 0x65, 0x70];
const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const ML_DSA_44: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11];
const ML_DSA_65: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12];
const ML_DSA_87: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13];

fn elliptic_curve(curve: &[u8]) -> Vec<u8> {
    [element(OID, ID_EC_PUBLIC_KEY), element(OID, curve)].concat()
}

fn ml_dsa(algorithm: i64) -> &'static [u8] {
    match algorithm {
        cose::ML_DSA_44 => ML_DSA_44,
        cose::ML_DSA_65 => ML_DSA_65,
        _ => ML_DSA_87,
    }
}

fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

/// A positive number without leading zeroes; DER wants one where the sign's bit is set.
fn integer(number: &[u8]) -> Vec<u8> {
    let signed = number.first().is_some_and(|first| first & 0x80 != 0);
    let sign: &[u8] = if signed { &[0] } else { &[] };
    element(INTEGER, &[sign, number].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let length: &[u8] = match content.len() {
        0..=0x7F => &[low],
        0x80..=0xFF => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::pkcs8::EncodePublicKey;

    #[test]
    fn an_rsa_key_is_as_its_own_crate_encodes_it() {
        for first in [0x7F, 0xC3] {
            let n = [vec![first], vec![0x5A; 254], vec![0x01]].concat();
            let number = rsa::BoxedUint::from_be_slice_vartime;
            let key = rsa::RsaPublicKey::new_unchecked(number(&n), number(&[1, 0, 1]));
            let ours = subject_public_key_info(&PublicKey::Rsa { n, e: vec![1, 0, 1] });
            assert_eq!(ours, key.to_public_key_der().unwrap().as_bytes());
        }
    }

    #[test]
    fn elliptic_curves_and_ml_dsa_stand_under_their_names() {
        let oid = |key: &PublicKey| subject_public_key_info(key);
        let p384 = oid(&PublicKey::P384 { x: [1; 48], y: [2; 48] });
        assert_eq!(p384[..4], [0x30, 0x76, 0x30, 0x10]);
        assert_eq!(p384.len(), 2 + 0x76);
        let ml_dsa = oid(&PublicKey::MlDsa { algorithm: cose::ML_DSA_65, key: vec![7; 1952] });
        assert_eq!(ml_dsa[..8], [0x30, 0x82, 0x07, 0xB2, 0x30, 0x0B, 0x06, 0x09]);
        assert_eq!(ml_dsa.len(), 4 + 0x07B2);
    }
}
