//! What a key tells only to holders of its persistentPinUvAuthToken: `encIdentifier` and `encCredStoreState`
//! (CTAP 2.3 §6.4).
//!
//! Pure: the initialisation vector is handed in.

use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Which of the two members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// `encIdentifier`: the same key again?
    Identifier,
    /// `encCredStoreState`: have the discoverable credentials changed?
    CredStoreState,
}

/// iv || AES-128-CBC(key, iv, `content`) with the key HKDF-SHA-256(salt = 32 zeroes, `token`, L = 16, the
/// member's name).
pub fn seal(member: Sealed, token: &[u8; 32], iv: &[u8; 16], content: &[u8; 16]) -> Vec<u8> {
    let mut block = (*content).into();
    cbc::Encryptor::<Aes128>::new((&*key(member, token)).into(), iv.into()).encrypt_block(&mut block);
    [&iv[..], &block].concat()
}

/// The content of a member; `None` for a wrong length. A wrong token gives another content.
pub fn open(member: Sealed, token: &[u8; 32], sealed: &[u8]) -> Option<[u8; 16]> {
    let (iv, block) = sealed.split_first_chunk::<16>()?;
    let mut block = <[u8; 16]>::try_from(block).ok()?.into();
    cbc::Decryptor::<Aes128>::new((&*key(member, token)).into(), iv.into()).decrypt_block(&mut block);
    Some(block.into())
}

fn key(member: Sealed, token: &[u8; 32]) -> Zeroizing<[u8; 16]> {
    let info: &[u8] = match member {
        Sealed::Identifier => b"encIdentifier",
        Sealed::CredStoreState => b"encCredStoreState",
    };
    let mut key = Zeroizing::new([0; 16]);
    // 16 bytes are within what HKDF gives, so it cannot fail.
    let _ = Hkdf::<Sha256>::new(Some(&[0; 32]), token).expand(info, &mut *key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTIFIER: [u8; 32] = [
        0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x87,
        0xAB, 0x2A, 0x60, 0x13, 0x3B, 0x92, 0xDE, 0x96, 0x64, 0x61, 0xF6, 0xDC, 0x46, 0xBD, 0x25,
    ];
    const STATE: [u8; 32] = [
        0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0xE1,
        0xD6, 0xD8, 0x91, 0x04, 0x66, 0xDC, 0x45, 0x82, 0xA7, 0x1F, 0x31, 0x8B, 0x2A, 0x68, 0x3B,
    ];

    /// Made by python-fido2's way: `cryptography`'s HKDF and AES-CBC.
    #[test]
    fn opens_what_another_implementation_sealed() {
        let token = [0x11; 32];
        for (member, sealed) in [(Sealed::Identifier, IDENTIFIER), (Sealed::CredStoreState, STATE)] {
            assert_eq!(seal(member, &token, &[0x22; 16], b"sixteen bytes ok"), sealed);
            assert_eq!(open(member, &token, &sealed), Some(*b"sixteen bytes ok"));
            assert_ne!(open(member, &[0x12; 32], &sealed), Some(*b"sixteen bytes ok"));
        }
        assert_eq!(open(Sealed::Identifier, &token, &IDENTIFIER[..31]), None);
    }
}
