//! From the encrypted rest of the file to the XML inside: authenticated before it is decrypted (version 4), bounded
//! when it is unpacked.

use aes::Aes256;
use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, KeyInit as _, KeyIvInit, StreamCipher, block_padding::Pkcs7,
};
use chacha20::ChaCha20;
use hmac::{Hmac, Mac};
use salsa20::Salsa20;
use sha2::{Digest, Sha256, Sha512};
use twofish::Twofish;
use zeroize::Zeroizing;

use super::{
    bytes::Bytes,
    header::{HASH_LENGTH, Header},
    key::Key,
};
use crate::{error::Error, inflate::gunzip};

const AES_256: [u8; 16] =
    [0x31, 0xC1, 0xF2, 0xE6, 0xBF, 0x71, 0x43, 0x50, 0xBE, 0x58, 0x05, 0x21, 0x6A, 0xFC, 0x5A, 0xFF];
const TWOFISH: [u8; 16] =
    [0xAD, 0x68, 0xF2, 0x9F, 0x57, 0x6F, 0x4B, 0xB9, 0xA3, 0x6A, 0xD4, 0x7A, 0xF9, 0x65, 0x34, 0x6C];
const CHACHA_20: [u8; 16] =
    [0xD6, 0x03, 0x8A, 0x2B, 0x8B, 0x6F, 0x4C, 0xB5, 0xA5, 0x24, 0x33, 0x9A, 0x31, 0xDB, 0xB5, 0x9A];

const SALSA_NONCE: [u8; 8] = [0xE8, 0x30, 0x09, 0x4B, 0x97, 0x20, 0x5D, 0x2A];

/// The block whose key authenticates the header.
const HEADER_BLOCK: u64 = u64::MAX;

/// What is inside.
pub(super) struct Payload {
    pub(super) xml: Zeroizing<Vec<u8>>,
    /// What protected fields are encrypted with once more.
    pub(super) stream: Stream,
}

/// The inner stream, in the order of the XML.
#[derive(Default)]
pub(super) enum Stream {
    #[default]
    None,
    Salsa20(Box<Salsa20>),
    ChaCha20(Box<ChaCha20>),
}

pub(super) fn open(file: &[u8], header: &Header<'_>, transformed: &Key) -> Result<Payload, Error> {
    let rest = file.get(header.bytes.len()..).unwrap_or_default();
    let key: Key = hash(&[header.master_seed, &**transformed]);
    if header.major == 3 {
        open_3(rest, header, &key)
    } else {
        let hmac_key = Sha512::new()
            .chain_update(header.master_seed)
            .chain_update(**transformed)
            .chain_update([1])
            .finalize();
        open_4(rest, header, &key, &Zeroizing::new(hmac_key.into()))
    }
}

fn open_3(rest: &[u8], header: &Header<'_>, key: &Key) -> Result<Payload, Error> {
    // A wrong key shows in the padding or in the first bytes.
    let plain = decrypt(header, key, rest)?.ok_or(Error::WrongPassword)?;
    let blocks = plain.strip_prefix(header.stream_start).filter(|_| header.stream_start.len() == 32);
    let packed = hashed_blocks(blocks.ok_or(Error::WrongPassword)?)?;
    let xml = unpack(header, packed)?;
    let (id, stream_key) = header.inner_stream.unwrap_or_default();
    Ok(Payload { xml, stream: Stream::new(id, stream_key)? })
}

fn open_4(
    rest: &[u8],
    header: &Header<'_>,
    key: &Key,
    hmac_key: &Zeroizing<[u8; 64]>,
) -> Result<Payload, Error> {
    let ends = || Error::damaged("it ends too early");
    let mut rest = Bytes(rest);
    rest.take(HASH_LENGTH).ok_or_else(ends)?;
    let tag: [u8; 32] = rest.array().ok_or_else(ends)?;
    let mac = block_mac(hmac_key, HEADER_BLOCK).ok_or_else(ends)?.chain_update(header.bytes);
    mac.verify_slice(&tag).map_err(|_| Error::WrongPassword)?;
    let sealed = authenticated_blocks(&mut rest, hmac_key)?;
    let plain =
        decrypt(header, key, &sealed)?.ok_or_else(|| Error::damaged("its content cannot be decrypted"))?;
    inner(&unpack(header, plain)?)
}

/// Behind the inner header comes the XML.
fn inner(content: &[u8]) -> Result<Payload, Error> {
    let mut rest = Bytes(content);
    let (mut id, mut key) = (0, &[][..]);
    let mut fields = || {
        loop {
            match (rest.u8()?, rest.stretch()?) {
                (0, _) => return Some(()),
                (1, number) => id = u32::from_le_bytes(number.try_into().ok()?),
                (2, bytes) => key = bytes,
                // Attachments.
                _ => {}
            }
        }
    };
    fields().ok_or_else(|| Error::damaged("its inner header ends too early"))?;
    Ok(Payload { xml: Zeroizing::new(rest.0.to_vec()), stream: Stream::new(id, key)? })
}

/// HMAC, length and bytes of each block, up to an empty one.
fn authenticated_blocks(rest: &mut Bytes<'_>, hmac_key: &[u8; 64]) -> Result<Vec<u8>, Error> {
    let mut joined = Vec::new();
    for index in 0u64.. {
        let mut next = || Some((rest.array::<32>()?, rest.stretch()?, block_mac(hmac_key, index)?));
        let (tag, block, mac) = next().ok_or_else(|| Error::damaged("it ends too early"))?;
        let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
        let mac =
            mac.chain_update(index.to_le_bytes()).chain_update(length.to_le_bytes()).chain_update(block);
        mac.verify_slice(&tag).map_err(|_| Error::damaged(format!("block {index} was altered")))?;
        if block.is_empty() {
            break;
        }
        joined.extend_from_slice(block);
    }
    Ok(joined)
}

/// Index, hash, length and bytes of each block, up to an empty one.
fn hashed_blocks(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut rest = Bytes(bytes);
    let mut joined = Zeroizing::new(Vec::with_capacity(bytes.len()));
    loop {
        let mut next = || Some((rest.u32()?, rest.array::<32>()?, rest.stretch()?));
        let (index, digest, block) = next().ok_or_else(|| Error::damaged("it ends too early"))?;
        if block.is_empty() {
            return Ok(joined);
        }
        if digest != <[u8; 32]>::from(Sha256::digest(block)) {
            return Err(Error::damaged(format!("block {index} has not the hash that is stated")));
        }
        joined.extend_from_slice(block);
    }
}

/// `None` where the padding is wrong.
fn decrypt(header: &Header<'_>, key: &Key, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    match header.cipher {
        AES_256 => cbc_decrypt::<Aes256>(key, header.iv, sealed),
        TWOFISH => cbc_decrypt::<Twofish>(key, header.iv, sealed),
        CHACHA_20 => {
            let mut cipher = ChaCha20::new_from_slices(&**key, header.iv).map_err(|_| vector())?;
            let mut bytes = Zeroizing::new(sealed.to_vec());
            cipher.apply_keystream(&mut bytes);
            Ok(Some(bytes))
        }
        _ => Err(Error::damaged("it is encrypted by a cipher that is not known")),
    }
}

fn cbc_decrypt<C>(key: &Key, iv: &[u8], sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Error>
where
    C: BlockCipherDecrypt + cbc::cipher::KeyInit,
{
    let cipher = cbc::Decryptor::<C>::new_from_slices(&**key, iv).map_err(|_| vector())?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = cipher.decrypt_padded::<Pkcs7>(&mut bytes).map(<[u8]>::len);
    Ok(length.ok().map(|length| {
        bytes.truncate(length);
        bytes
    }))
}

fn vector() -> Error {
    Error::damaged("its initialisation vector has the wrong length")
}

fn unpack(header: &Header<'_>, packed: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Error> {
    if header.compressed { gunzip("the database", &packed).map(Zeroizing::new) } else { Ok(packed) }
}

fn block_mac(hmac_key: &[u8; 64], index: u64) -> Option<Hmac<Sha256>> {
    let key: Zeroizing<[u8; 64]> = Zeroizing::new(
        Sha512::new().chain_update(index.to_le_bytes()).chain_update(hmac_key).finalize().into(),
    );
    Hmac::new_from_slice(&*key).ok()
}

fn hash(parts: &[&[u8]]) -> Key {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    Zeroizing::new(hash.finalize().into())
}

impl Stream {
    fn new(id: u32, key: &[u8]) -> Result<Self, Error> {
        match id {
            0 => Ok(Self::None),
            2 => {
                let key = hash(&[key]);
                Ok(Self::Salsa20(Box::new(Salsa20::new((&*key).into(), &SALSA_NONCE.into()))))
            }
            3 => {
                let wide = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(key)));
                let (key, rest) = wide.split_at(32);
                let nonce = rest.get(..12).unwrap_or_default();
                let cipher = ChaCha20::new_from_slices(key, nonce).map_err(|_| vector())?;
                Ok(Self::ChaCha20(Box::new(cipher)))
            }
            _ => Err(Error::damaged("its inner stream is not known")),
        }
    }

    /// Decrypts the next protected field.
    pub(super) fn apply(&mut self, bytes: &mut [u8]) {
        match self {
            Self::None => {}
            Self::Salsa20(cipher) => cipher.apply_keystream(bytes),
            Self::ChaCha20(cipher) => cipher.apply_keystream(bytes),
        }
    }
}
