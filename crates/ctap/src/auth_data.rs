//! Authenticator data (WebAuthn §6.1).

use crate::{Status, cbor};

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
    /// The extension map as it stands in the bytes.
    pub extensions: Option<Vec<u8>>,
}

/// Attested credential data (§6.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedCredential {
    /// The model of the authenticator.
    pub aaguid: [u8; 16],
    /// At most 1023 bytes.
    pub credential_id: Vec<u8>,
    /// The COSE_Key as it stands in the bytes; `cose::AnyKey::decode` reads it.
    pub public_key: Vec<u8>,
}

impl AuthenticatorData {
    /// The bytes that are signed.
    pub fn encode(&self) -> Vec<u8> {
        let mut flags = self.flags.0 & !(Flags::AT | Flags::ED);
        if self.attested.is_some() {
            flags |= Flags::AT;
        }
        if self.extensions.is_some() {
            flags |= Flags::ED;
        }
        let mut out = self.rp_id_hash.to_vec();
        out.push(flags);
        out.extend(self.sign_count.to_be_bytes());
        if let Some(attested) = &self.attested {
            attested.write(&mut out);
        }
        out.extend(self.extensions.iter().flatten());
        out
    }

    /// Takes bytes apart; nothing may be left over, and flags must agree with what is there.
    ///
    /// # Errors
    /// `INVALID_LENGTH` for too few or left-over bytes, `INVALID_CBOR` where a COSE key or extension map does not parse.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut rest = bytes;
        let rp_id_hash = take_array(&mut rest)?;
        let [flags] = take_array(&mut rest)?;
        let flags = Flags(flags);
        let sign_count = u32::from_be_bytes(take_array(&mut rest)?);
        let attested = flags.has(Flags::AT).then(|| AttestedCredential::read(&mut rest)).transpose()?;
        let extensions = flags.has(Flags::ED).then(|| take_map(&mut rest)).transpose()?;
        if rest.is_empty() {
            Ok(Self { rp_id_hash, flags, sign_count, attested, extensions })
        } else {
            Err(Status::INVALID_LENGTH)
        }
    }
}

impl AttestedCredential {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.aaguid);
        out.extend(u16::try_from(self.credential_id.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend(&self.credential_id);
        out.extend(&self.public_key);
    }

    fn read(rest: &mut &[u8]) -> Result<Self, Status> {
        let aaguid = take_array(rest)?;
        let length = usize::from(u16::from_be_bytes(take_array(rest)?));
        if length > MAX_CREDENTIAL_ID_LENGTH {
            return Err(Status::INVALID_LENGTH);
        }
        let credential_id = take(rest, length)?.to_vec();
        Ok(Self { aaguid, credential_id, public_key: take_map(rest)? })
    }
}

/// WebAuthn §4, "Credential ID".
const MAX_CREDENTIAL_ID_LENGTH: usize = 1023;

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Status> {
    let (taken, left) = rest.split_at_checked(length).ok_or(Status::INVALID_LENGTH)?;
    *rest = left;
    Ok(taken)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Status> {
    let (taken, left) = rest.split_first_chunk().ok_or(Status::INVALID_LENGTH)?;
    *rest = left;
    Ok(*taken)
}

/// The bytes of the map that `rest` begins with.
fn take_map(rest: &mut &[u8]) -> Result<Vec<u8>, Status> {
    let (value, length) = cbor::decode_lenient_prefix(rest)?;
    if value.is_map() { Ok(take(rest, length)?.to_vec()) } else { Err(Status::INVALID_CBOR) }
}
