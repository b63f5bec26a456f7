//! Key handles that carry all that a registration is.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use ctap::cose;

use crate::{credential::PrivateKey, hmac_secret::hmac_sha256, platform::Rng, state::RootSecret};

const NONCE: usize = 32;
/// Nonce and tag.
const LENGTH: usize = NONCE + 32;

/// Makes and opens key handles: nonce || HMAC-SHA-256(tag key, application || nonce).
///
/// The private key is HMAC-SHA-256(private key, application || nonce). Both keys are derived from the root secret,
/// so a reset takes every registration along.
pub(crate) struct KeyHandles {
    tag_key: Zeroizing<[u8; 32]>,
    private_key: Zeroizing<[u8; 32]>,
}

impl KeyHandles {
    pub(crate) fn of(root: &RootSecret) -> Self {
        let derive = |label: &[u8]| Zeroizing::new(hmac_sha256(&root.0, label));
        Self { tag_key: derive(b"U2F key handle tag"), private_key: derive(b"U2F private key") }
    }

    /// A new key handle and its key.
    pub(super) fn generate(&self, application: &[u8; 32], rng: &dyn Rng) -> Option<(Vec<u8>, PrivateKey)> {
        let mut nonce = [0; NONCE];
        // Again for the rare nonce whose key is no scalar.
        for _ in 0..8 {
            rng.fill(&mut nonce);
            if let Some(key) = self.key(application, &nonce) {
                let tag = self.tag(application, &nonce);
                return Some(([nonce, tag].concat(), key));
            }
        }
        None
    }

    /// The key of a handle that was made here for this application.
    pub(super) fn open(&self, application: &[u8; 32], key_handle: &[u8]) -> Option<PrivateKey> {
        let key_handle: &[u8; LENGTH] = key_handle.try_into().ok()?;
        let (nonce, tag) = key_handle.split_first_chunk::<NONCE>()?;
        let expected = self.tag(application, nonce);
        bool::from(expected.ct_eq(tag)).then(|| self.key(application, nonce))?
    }

    fn tag(&self, application: &[u8; 32], nonce: &[u8; NONCE]) -> [u8; 32] {
        hmac_sha256(&self.tag_key, &[*application, *nonce].concat())
    }

    fn key(&self, application: &[u8; 32], nonce: &[u8; NONCE]) -> Option<PrivateKey> {
        let scalar = Zeroizing::new(hmac_sha256(&self.private_key, &[*application, *nonce].concat()));
        PrivateKey::from_bytes(cose::ES256, &*scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Constant;

    impl Rng for Constant {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_key_handle_opens_with_its_root_secret_and_application_alone() {
        let key_handles = KeyHandles::of(&RootSecret([1; 32]));
        let (key_handle, key) = key_handles.generate(&[2; 32], &Constant).unwrap();
        assert_eq!((key_handle.len(), &key_handle[..32]), (64, &[7; 32][..]));
        assert_eq!(key_handles.open(&[2; 32], &key_handle), Some(key));
        assert_eq!(key_handles.open(&[3; 32], &key_handle), None);
        assert_eq!(KeyHandles::of(&RootSecret([9; 32])).open(&[2; 32], &key_handle), None);
        for bit in 0..512 {
            let mut bent = key_handle.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key_handles.open(&[2; 32], &bent), None, "bit {bit}");
        }
        for length in [0, 63, 65] {
            assert_eq!(key_handles.open(&[2; 32], &vec![7; length]), None);
        }
    }
}
