//! Private keys of every algorithm.

use authenticator::{PrivateKey, testing::SeededRng};
use ctap::cose;

use crate::{algorithms::ALL, signature::verifies};

// proves: alg-es256, alg-eddsa, alg-es384, alg-es512, alg-es256k, alg-rs256, alg-ml-dsa-44, alg-ml-dsa-65, alg-ml-dsa-87
#[test]
fn a_key_comes_back_from_its_bytes_and_signs_for_its_public_half() {
    for algorithm in ALL {
        let key = PrivateKey::generate(algorithm, &SeededRng::new(7)).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(PrivateKey::generate(algorithm, &SeededRng::new(7)).unwrap(), key, "the same seed");
        assert_ne!(PrivateKey::generate(algorithm, &SeededRng::new(8)).unwrap(), key, "another seed");
        let read = PrivateKey::from_bytes(algorithm, &key.to_bytes()).unwrap();
        assert_eq!(read, key);
        let signature = key.sign(b"message");
        assert_eq!(signature, read.sign(b"message"), "deterministic");
        let public = cose::PublicKey::decode(&key.public_key().encode()).unwrap();
        assert!(verifies(&public, b"message", &signature), "algorithm {algorithm}");
        assert!(!verifies(&public, b"massage", &signature), "algorithm {algorithm}");
    }
}

#[test]
fn secret_bytes_have_the_lengths_that_stores_keep() {
    let lengths =
        ALL.map(|algorithm| PrivateKey::generate(algorithm, &SeededRng::new(7)).unwrap().to_bytes().len());
    let [es256, eddsa, es384, es512, es256k, rs256, ml_dsa @ ..] = lengths;
    assert_eq!((es256, eddsa, es384, es512, es256k, ml_dsa), (32, 32, 48, 66, 32, [32; 3]));
    assert!((1180..=1200).contains(&rs256), "PKCS#1 of 2048 bits: {rs256}");
}

#[test]
fn bytes_that_are_no_key_and_algorithms_that_are_not_known_are_refused() {
    assert!(PrivateKey::from_bytes(cose::ES256, &[0; 32]).is_none());
    assert!(PrivateKey::from_bytes(cose::ES256, &[0xFF; 32]).is_none());
    assert!(PrivateKey::from_bytes(cose::ES512, &[0xFF; 66]).is_none());
    assert!(PrivateKey::from_bytes(cose::RS256, &[7; 32]).is_none());
    assert!(PrivateKey::from_bytes(cose::ML_DSA_44, &[7; 31]).is_none());
    assert!(PrivateKey::from_bytes(-37, &[7; 32]).is_none());
}

#[test]
fn private_keys_do_not_print() {
    let key = PrivateKey::from_bytes(cose::EDDSA, &[7; 32]).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(-8)");
}
