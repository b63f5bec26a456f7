//! A credential and its private key.

mod ml_dsa;
mod private_key;
mod rsa;

pub use private_key::PrivateKey;

use std::fmt;

use ctap::{
    entity::{RelyingParty, User},
    extension::{CredProtect, LargeBlob},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

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
    /// What the site stored by `credBlob` (§12.2).
    pub cred_blob: Option<Vec<u8>>,
    /// The key of its entry in the large-blob array (§12.3).
    pub large_blob_key: Option<Zeroizing<[u8; 32]>>,
    /// Its blob of the `largeBlob` extension (§12.4).
    pub large_blob: Option<LargeBlob>,
    /// May be used for payments at other sites (§12.9).
    pub third_party_payment: bool,
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

impl fmt::Debug for CredRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredRandom")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let seeds = CredRandom { with_uv: [7; 32], without_uv: [8; 32] };
        assert_eq!(format!("{seeds:?}"), "CredRandom");
    }
}
