//! Authenticator data (WebAuthn §6.1).

use crate::{Status, cose};

/// The flags byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// Bit 0: user present.
    pub const UP: u8 = 0x01;
    /// Bit 2: user verified.
    pub const UV: u8 = 0x04;
    /// Bit 3: backup eligible.
    pub const BE: u8 = 0x08;
    /// Bit 4: backed up.
    pub const BS: u8 = 0x10;
    /// Bit 6: attested credential data included.
    pub const AT: u8 = 0x40;
    /// Bit 7: extension data included.
    pub const ED: u8 = 0x80;

    /// Whether all bits of `mask` are set.
    pub fn has(self, mask: u8) -> bool {
        self.0 & mask == mask
    }
}

/// Authenticator data, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: [u8; 32],
    /// Flags; `AT` and `ED` are set by `encode` from what is there.
    pub flags: Flags,
    /// Signature counter.
    pub sign_count: u32,
    /// Attested credential data.
    pub attested: Option<AttestedCredential>,
    /// The extension map as canonical CBOR; not empty where present.
    pub extensions: Option<Vec<u8>>,
}

/// Attested credential data (§6.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedCredential {
    /// The model of the authenticator.
    pub aaguid: [u8; 16],
    /// At most 1023 bytes.
    pub credential_id: Vec<u8>,
    /// The COSE_Key as it stands in the bytes; `cose::PublicKey::decode` reads the kinds known here.
    pub public_key: Vec<u8>,
}

impl AuthenticatorData {
    /// The bytes that are signed.
    pub fn encode(&self) -> Vec<u8> {
        todo!()
    }

    /// Takes bytes apart; nothing may be left over, and flags must agree with what is there.
    ///
    /// # Errors
    /// `INVALID_LENGTH` for too few or left-over bytes, `INVALID_CBOR` where a COSE key or extension map does not parse.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        todo!("{bytes:?} {:?}", cose::ES256)
    }
}
