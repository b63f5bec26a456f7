//! RS256: keys of 2048 bits, kept as PKCS#1 in DER.

use std::convert::Infallible;

use ctap::cose;
use rand_core::{TryCryptoRng, TryRng};
use rsa::{
    Pkcs1v15Sign, RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey},
    traits::PublicKeyParts,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::platform::Rng;

const BITS: usize = 2048;

/// A new key pair, the same for the same randomness.
pub(super) fn generate(rng: &dyn Rng) -> Option<Box<RsaPrivateKey>> {
    RsaPrivateKey::new(&mut Drawn(rng), BITS).ok().map(Box::new)
}

pub(super) fn from_bytes(bytes: &[u8]) -> Option<Box<RsaPrivateKey>> {
    let key = RsaPrivateKey::from_pkcs1_der(bytes).ok()?;
    (key.n_bytes().len() == BITS / 8).then(|| Box::new(key))
}

pub(super) fn to_bytes(key: &RsaPrivateKey) -> Zeroizing<Vec<u8>> {
    // DER fails for lengths that no key of 2048 bits has.
    key.to_pkcs1_der().map(|document| document.to_bytes()).unwrap_or_default()
}

pub(super) fn public_key(key: &RsaPrivateKey) -> cose::PublicKey {
    cose::PublicKey::Rsa { n: key.n_bytes().to_vec(), e: key.e_bytes().to_vec() }
}

pub(super) fn sign(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    // Fails where the numbers of a key contradict each other, which `from_bytes` refuses. Nobody accepts the
    // signature of no bytes.
    key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).unwrap_or_default()
}

/// The seam's randomness as the generator of primes wants it.
struct Drawn<'a>(&'a dyn Rng);

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}
