//! ML-DSA (FIPS 204, RFC 9964), kept as the seed.

use ctap::cose;
use ml_dsa::{Keypair, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, SignatureEncoding, Signer, SigningKey};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The seed of a key pair with its parameter set. Expanded for each use: expanded keys are large, and a store hands out
/// many credentials to find one.
#[derive(Clone, ZeroizeOnDrop)]
pub struct MlDsaKey {
    #[zeroize(skip)]
    set: ParameterSet,
    seed: [u8; 32],
}

#[derive(Clone, Copy)]
enum ParameterSet {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl MlDsaKey {
    pub(super) fn from_bytes(algorithm: i64, seed: &[u8]) -> Option<Self> {
        let set = match algorithm {
            cose::ML_DSA_44 => ParameterSet::MlDsa44,
            cose::ML_DSA_65 => ParameterSet::MlDsa65,
            cose::ML_DSA_87 => ParameterSet::MlDsa87,
            _ => return None,
        };
        seed.try_into().ok().map(|seed| Self { set, seed })
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.seed.to_vec())
    }

    pub(super) fn algorithm(&self) -> i64 {
        match self.set {
            ParameterSet::MlDsa44 => cose::ML_DSA_44,
            ParameterSet::MlDsa65 => cose::ML_DSA_65,
            ParameterSet::MlDsa87 => cose::ML_DSA_87,
        }
    }

    pub(super) fn public_key(&self) -> cose::PublicKey {
        let key = match self.set {
            ParameterSet::MlDsa44 => public_key::<MlDsa44>(&self.seed),
            ParameterSet::MlDsa65 => public_key::<MlDsa65>(&self.seed),
            ParameterSet::MlDsa87 => public_key::<MlDsa87>(&self.seed),
        };
        cose::PublicKey::MlDsa { algorithm: self.algorithm(), key }
    }

    /// With the empty context (RFC 9964 §4), in the deterministic variant (FIPS 204 §3.4).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self.set {
            ParameterSet::MlDsa44 => sign::<MlDsa44>(&self.seed, message),
            ParameterSet::MlDsa65 => sign::<MlDsa65>(&self.seed, message),
            ParameterSet::MlDsa87 => sign::<MlDsa87>(&self.seed, message),
        }
    }
}

fn public_key<P: MlDsaParams>(seed: &[u8; 32]) -> Vec<u8> {
    SigningKey::<P>::from_seed(seed.into()).verifying_key().encode().to_vec()
}

fn sign<P: MlDsaParams>(seed: &[u8; 32], message: &[u8]) -> Vec<u8> {
    SigningKey::<P>::from_seed(seed.into()).sign(message).to_bytes().to_vec()
}
