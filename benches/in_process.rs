//! `authenticator.handle` beside the one P-256 operation that it cannot do without, by the same crate.
//!
//! A registration with self attestation is a key pair and a signature; an assertion is a signature.

use benches::{
    key::{handle, in_process},
    pairs::Pairs,
    requests,
};
use criterion::Criterion;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};
use std::hint::black_box;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let pairs = Pairs::default();
    let mut group = criterion.benchmark_group("in process");

    let mut key = in_process();
    let registration = requests::make_credential();
    let assertion = requests::get_assertion(&handle(&mut key, &registration));
    let bare = new_key();
    // As long as what an assertion signs: authenticator data and the client data hash.
    let message = [0x5A; 37 + 32];

    let ring = RingKey::of(&bare);
    let mut assert = || assert_eq!(handle(&mut key, &assertion)[0], 0x00);
    pairs.measure(&mut group, "getAssertion", &mut assert, "signature", || {
        sign(&bare, &message);
    });
    pairs.measure(
        &mut group,
        "signature",
        || sign(&bare, &message),
        "ring, key loaded",
        || ring.sign(&message),
    );
    pairs.measure(
        &mut group,
        "signature, key from bytes",
        || sign(&SigningKey::from_slice(&bare.to_bytes()).expect("a scalar"), &message),
        "ring",
        || RingKey::of(&bare).sign(&message),
    );

    let mut key = in_process();
    let mut register = || assert_eq!(handle(&mut key, &registration)[0], 0x00);
    pairs.measure(&mut group, "makeCredential", &mut register, "key pair and signature", || {
        let key = new_key();
        black_box(key.verifying_key());
        sign(&key, &message);
    });

    group.finish();
    criterion.final_summary();
    pairs.report();
}

fn new_key() -> SigningKey {
    loop {
        let mut scalar = [0; 32];
        getrandom::fill(&mut scalar).expect("the system's randomness");
        // About one in 2^32 is no scalar of the curve.
        if let Ok(key) = SigningKey::from_slice(&scalar) {
            return key;
        }
    }
}

/// In DER, as the wire has it.
fn sign(key: &SigningKey, message: &[u8]) {
    let signature: Signature = key.sign(black_box(message));
    black_box(signature.to_der());
}

/// What ring takes for the same signature, with a nonce of its own choice.
struct RingKey(EcdsaKeyPair, SystemRandom);

impl RingKey {
    fn of(key: &SigningKey) -> Self {
        let random = SystemRandom::new();
        let public = key.verifying_key().to_sec1_point(false);
        let (kind, scalar) = (&ECDSA_P256_SHA256_ASN1_SIGNING, key.to_bytes());
        let pair = EcdsaKeyPair::from_private_key_and_public_key(kind, &scalar, public.as_bytes(), &random);
        Self(pair.expect("a key pair"), random)
    }

    fn sign(&self, message: &[u8]) {
        black_box(self.0.sign(&self.1, black_box(message)).expect("a signature"));
    }
}
