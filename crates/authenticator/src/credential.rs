//! A credential and its private key.

use ctap::{
    cose,
    entity::{RelyingParty, User},
    extension::CredProtect,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A credential source (WebAuthn §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The credential id.
    pub id: Vec<u8>,
    /// The site.
    pub rp: RelyingParty,
    /// The account.
    pub user: User,
    /// The private key.
    pub key: PrivateKey,
    /// Found without its id.
    pub discoverable: bool,
    /// Who may find it.
    pub cred_protect: CredProtect,
    /// The seeds of `hmac-secret`.
    pub cred_random: Option<CredRandom>,
    /// BE; never changes.
    pub backup_eligible: bool,
    /// BS; 1 only where BE is and a copy was confirmed.
    pub backup_state: bool,
    /// The last counter that was signed; stays 0 for synced ones.
    pub sign_count: u32,
    /// Seconds since 1970.
    pub created_at: u64,
    /// Seconds since 1970 of the last assertion.
    pub last_used_at: Option<u64>,
}

/// `CredRandomWithUV` and `CredRandomWithoutUV` (CTAP 2.3 §12.7); wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CredRandom {
    /// Used when the person was verified.
    pub with_uv: [u8; 32],
    /// Used otherwise.
    pub without_uv: [u8; 32],
}

/// A private key; wiped when dropped, never printed.
#[derive(Clone)]
pub enum PrivateKey {
    /// ES256.
    P256(p256::ecdsa::SigningKey),
    /// EdDSA over Ed25519.
    Ed25519(ed25519_dalek::SigningKey),
}

impl PrivateKey {
    /// From the 32 secret bytes of `algorithm` (scalar or seed); `None` where they are no valid key
    /// or the algorithm is not known.
    pub fn from_bytes(algorithm: i64, bytes: &[u8; 32]) -> Option<Self> {
        todo!("{algorithm} {bytes:?}")
    }

    /// The 32 secret bytes, in a buffer that wipes itself.
    pub fn to_bytes(&self) -> zeroize::Zeroizing<[u8; 32]> {
        todo!()
    }

    /// The COSE algorithm identifier.
    pub fn algorithm(&self) -> i64 {
        match self {
            Self::P256(_) => cose::ES256,
            Self::Ed25519(_) => cose::EDDSA,
        }
    }

    /// The public half.
    pub fn public_key(&self) -> cose::PublicKey {
        todo!()
    }

    /// Signs `message`: ECDSA in DER with a deterministic nonce (RFC 6979), or Ed25519 (WebAuthn §6.5.5).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        todo!("{message:?}")
    }
}
