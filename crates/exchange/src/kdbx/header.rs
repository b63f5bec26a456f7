//! The outer header: in the clear, from anywhere, and what says how much work opening is.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{SIGNATURE, bytes::Bytes};
use crate::{error::Error, format::Format};

/// The second signature, of KeePass 2.
const KEEPASS_2: [u8; 4] = [0x67, 0xFB, 0x4B, 0xB5];
/// Of KeePass 1.
const KEEPASS_1: [u8; 4] = [0x65, 0xFB, 0x4B, 0xB5];

const KDF_AES: [[u8; 16]; 2] = [
    [0xC9, 0xD9, 0xF3, 0x9A, 0x62, 0x8A, 0x44, 0x60, 0xBF, 0x74, 0x0D, 0x08, 0xC1, 0x8A, 0x4F, 0xEA],
    [0x7C, 0x02, 0xBB, 0x82, 0x79, 0xA7, 0x4A, 0xC0, 0x92, 0x7D, 0x11, 0x4A, 0x00, 0x64, 0x82, 0x38],
];
const KDF_ARGON2D: [u8; 16] =
    [0xEF, 0x63, 0x6D, 0xDF, 0x8C, 0x29, 0x44, 0x4B, 0x91, 0xF7, 0xA9, 0xA4, 0x03, 0xE3, 0x0A, 0x0C];
const KDF_ARGON2ID: [u8; 16] =
    [0x9E, 0x29, 0x8B, 0x19, 0x56, 0xDB, 0x47, 0x73, 0xB2, 0x3D, 0xFC, 0x3E, 0xC6, 0xF0, 0xA1, 0xE6];

/// Many times what programs choose for a second of work: 2^29 takes half a minute.
const MOST_ROUNDS: u64 = 1 << 29;
const MOST_MEMORY: u64 = 1 << 30;
/// Bytes of memory times passes: a gigabyte, thirty-two times.
const MOST_WORK: u64 = MOST_MEMORY << 5;
const MOST_LANES: u32 = 64;

/// SHA-256 of the header, behind it.
pub(super) const HASH_LENGTH: usize = 32;

/// The outer header.
pub(super) struct Header<'a> {
    /// 3 or 4.
    pub(super) major: u16,
    /// Its bytes, which version 4 authenticates.
    pub(super) bytes: &'a [u8],
    pub(super) cipher: [u8; 16],
    pub(super) compressed: bool,
    pub(super) master_seed: &'a [u8],
    pub(super) iv: &'a [u8],
    pub(super) kdf: Kdf,
    /// What version 4 has in the inner header: the stream's number and its key.
    pub(super) inner_stream: Option<(u32, &'a [u8])>,
    /// The first bytes of the plain text of version 3.
    pub(super) stream_start: &'a [u8],
}

/// How the key is derived, within the bounds.
pub(super) enum Kdf {
    Aes { seed: [u8; 32], rounds: u64 },
    Argon2 { id: bool, version: u32, salt: Vec<u8>, memory: u64, passes: u32, lanes: u32 },
}

impl<'a> Header<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Self, Error> {
        let mut rest = Bytes(file);
        let (Some(SIGNATURE), Some(second)) = (rest.array(), rest.array::<4>()) else {
            return Err(Error::shape(Format::Kdbx, "it does not begin as a KeePass database does"));
        };
        if second == KEEPASS_1 {
            let reason = "it is of KeePass 1, which has no passkeys";
            return Err(Error::shape(Format::Kdbx, reason));
        }
        let (_, Some(major @ (3 | 4)), true) = (rest.u16(), rest.u16(), second == KEEPASS_2) else {
            return Err(Error::shape(Format::Kdbx, "its version is neither 3 nor 4"));
        };
        let fields = fields(&mut rest, major).ok_or_else(|| Error::damaged("its header ends too early"))?;
        let bytes = file.get(..file.len() - rest.0.len()).unwrap_or_default();
        Self::of_fields(major, bytes, &fields)
    }

    /// The hash behind the header of version 4: damage shows before a key is derived for nothing.
    pub(super) fn check(&self, file: &[u8]) -> Result<(), Error> {
        let rest = file.get(self.bytes.len()..).unwrap_or_default();
        let stated: Option<&[u8; HASH_LENGTH]> = rest.first_chunk();
        if self.major == 3 || stated == Some(&Sha256::digest(self.bytes).into()) {
            return Ok(());
        }
        Err(Error::damaged("its header has not the hash that is stated"))
    }

    fn of_fields(major: u16, bytes: &'a [u8], fields: &BTreeMap<u8, &'a [u8]>) -> Result<Self, Error> {
        let field = |id: u8, name: &str| {
            fields.get(&id).copied().ok_or_else(|| Error::damaged(format!("its header has no {name}")))
        };
        let number = |id: u8, name: &str| {
            let bytes =
                field(id, name)?.try_into().map_err(|_| Error::damaged(format!("its {name} is no number")));
            bytes.map(u32::from_le_bytes)
        };
        let kdf = match major {
            3 => Kdf::aes(field(5, "transform seed")?, field(6, "number of rounds")?)?,
            _ => Kdf::of_dictionary(field(11, "key derivation")?)?,
        };
        Ok(Self {
            major,
            bytes,
            cipher: field(2, "cipher")?.try_into().map_err(|_| Error::damaged("its cipher is no UUID"))?,
            compressed: match number(3, "compression")? {
                0 => false,
                1 => true,
                _ => return Err(Error::damaged("it is compressed in a way that is not known")),
            },
            master_seed: field(4, "master seed")?,
            iv: field(7, "initialisation vector")?,
            kdf,
            inner_stream: match major {
                3 => Some((number(10, "inner stream")?, field(8, "inner stream key")?)),
                _ => None,
            },
            stream_start: if major == 3 { field(9, "first bytes")? } else { &[] },
        })
    }
}

/// The fields up to the end of the header. Of one that stands twice the last is meant, as everywhere.
fn fields<'a>(rest: &mut Bytes<'a>, major: u16) -> Option<BTreeMap<u8, &'a [u8]>> {
    let mut fields = BTreeMap::new();
    loop {
        let id = rest.u8()?;
        let content = if major == 3 {
            let length = rest.u16()?.into();
            rest.take(length)?
        } else {
            rest.stretch()?
        };
        if id == 0 {
            return Some(fields);
        }
        fields.insert(id, content);
    }
}

impl Kdf {
    fn aes(seed: &[u8], rounds: &[u8]) -> Result<Self, Error> {
        let damaged = |_| Error::damaged("its key derivation is not as AES-KDF has it");
        let rounds = u64::from_le_bytes(rounds.try_into().map_err(damaged)?);
        if rounds > MOST_ROUNDS {
            return Err(Error::TooCostly(format!("{rounds} rounds of AES; at most {MOST_ROUNDS} are done")));
        }
        Ok(Self::Aes { seed: seed.try_into().map_err(damaged)?, rounds })
    }

    fn of_dictionary(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = || Error::damaged("its key derivation cannot be read");
        let members = dictionary(bytes).ok_or_else(damaged)?;
        let bytes = |name: &str| members.get(name.as_bytes()).copied().ok_or_else(damaged);
        let long = |name: &str| bytes(name)?.try_into().map(u64::from_le_bytes).map_err(|_| damaged());
        let short = |name: &str| bytes(name)?.try_into().map(u32::from_le_bytes).map_err(|_| damaged());
        let uuid: [u8; 16] = bytes("$UUID")?.try_into().map_err(|_| damaged())?;
        if KDF_AES.contains(&uuid) {
            return Self::aes(bytes("S")?, bytes("R")?);
        }
        if ![KDF_ARGON2D, KDF_ARGON2ID].contains(&uuid) || members.contains_key(&b"K"[..]) {
            return Err(Error::damaged("its key derivation is not known"));
        }
        let (memory, passes, lanes) = (long("M")?, long("I")?, short("P")?);
        if memory > MOST_MEMORY {
            return Err(Error::TooCostly(format!(
                "{memory} bytes of memory; at most {MOST_MEMORY} are given"
            )));
        }
        if memory.max(1 << 20).saturating_mul(passes) > MOST_WORK || lanes > MOST_LANES {
            return Err(Error::TooCostly(format!(
                "{passes} passes over {memory} bytes in {lanes} lanes; at most {MOST_WORK} bytes are gone over"
            )));
        }
        Ok(Self::Argon2 {
            id: uuid == KDF_ARGON2ID,
            version: short("V")?,
            salt: bytes("S")?.to_vec(),
            memory,
            passes: passes.try_into().map_err(|_| damaged())?,
            lanes,
        })
    }
}

/// A VariantDictionary: names with their bytes, whatever their types.
fn dictionary(bytes: &[u8]) -> Option<BTreeMap<&[u8], &[u8]>> {
    let mut rest = Bytes(bytes);
    // The upper byte is the version that readers have to know.
    (rest.u16()? >> 8 == 1).then_some(())?;
    let mut members = BTreeMap::new();
    while rest.u8()? != 0 {
        members.insert(rest.stretch()?, rest.stretch()?);
    }
    Some(members)
}
