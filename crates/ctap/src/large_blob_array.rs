//! The serialized large-blob array (CTAP 2.3 §6.10.1 to §6.10.3): what the largeBlobs command carries fragment by
//! fragment. Who may read an entry is not decided here: entries are sealed.

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
};
use ciborium::Value;
use sha2::{Digest, Sha256};

/// LEFT(SHA-256(array), 16) stands at the end of it.
const HASH_LENGTH: usize = 16;

/// The array, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LargeBlobArray {
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// An entry of the array.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A large-blob map.
    Blob(SealedBlob),
    /// Something else, which is left as it came.
    Other(Value),
}

/// The large-blob map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBlob {
    /// 0x01: AEAD_AES_256_GCM of the compressed blob, with its tag.
    pub ciphertext: Vec<u8>,
    /// 0x02
    pub nonce: [u8; 12],
    /// 0x03, in bytes, before compression.
    pub orig_size: u64,
}

impl LargeBlobArray {
    /// Reads the serialized array.
    ///
    /// # Errors
    /// `INTEGRITY_FAILURE` where the hash is not that of the array, which the specification has read as an empty array;
    /// `INVALID_CBOR` or `CBOR_UNEXPECTED_TYPE` where the hash is right and it is no array.
    pub fn decode(serialized: &[u8]) -> Result<Self, Status> {
        let (array, hash) = serialized.split_last_chunk::<HASH_LENGTH>().ok_or(Status::INTEGRITY_FAILURE)?;
        if !Sha256::digest(array).starts_with(hash) {
            return Err(Status::INTEGRITY_FAILURE);
        }
        let entries = cbor::decode_lenient(array)?.into_array().map_err(|_| Status::CBOR_UNEXPECTED_TYPE)?;
        Ok(Self { entries: entries.into_iter().map(Entry::of).collect() })
    }

    /// The serialized array.
    pub fn encode(&self) -> Vec<u8> {
        let entries = self.entries.iter().cloned().map(Entry::into_value).collect();
        let mut serialized = cbor::encode(&Value::Array(entries));
        let hash: [u8; 32] = Sha256::digest(&serialized).into();
        serialized.extend(hash.iter().take(HASH_LENGTH));
        serialized
    }
}

impl Entry {
    fn of(value: Value) -> Self {
        SealedBlob::from_value(value.clone()).map_or(Self::Other(value), Self::Blob)
    }

    fn into_value(self) -> Value {
        match self {
            Self::Blob(blob) => blob.into_value(),
            Self::Other(value) => value,
        }
    }
}

impl SealedBlob {
    /// The associated data of the ciphertext: "blob" || uint64LittleEndian(origSize).
    pub fn associated_data(orig_size: u64) -> [u8; 12] {
        let mut data = *b"blob\0\0\0\0\0\0\0\0";
        data.iter_mut().skip(4).zip(orig_size.to_le_bytes()).for_each(|(to, from)| *to = from);
        data
    }
}

impl Member for SealedBlob {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            ciphertext: map.required(0x01)?,
            nonce: map.required(0x02)?,
            orig_size: map.required(0x03)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with(0x01, self.ciphertext)
            .with(0x02, self.nonce)
            .with(0x03, self.orig_size)
            .into_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// §6.10.3: an empty array and its hash.
    const INITIAL: [u8; 17] = [
        0x80, 0x76, 0xBE, 0x8B, 0x52, 0x8D, 0x00, 0x75, 0xF7, 0xAA, 0xE9, 0x8D, 0x6F, 0xA5, 0x7A, 0x6D, 0x3C,
    ];

    #[test]
    fn an_empty_array_is_the_initial_one_of_the_specification() {
        assert_eq!(LargeBlobArray::default().encode(), INITIAL);
        assert_eq!(LargeBlobArray::decode(&INITIAL), Ok(LargeBlobArray::default()));
    }

    #[test]
    fn what_is_no_blob_stays_as_it_came() {
        let blob = SealedBlob { ciphertext: vec![1; 20], nonce: [2; 12], orig_size: 3 };
        let entries = vec![Entry::Other(Value::Text("not ours".to_owned())), Entry::Blob(blob)];
        let array = LargeBlobArray { entries };
        assert_eq!(LargeBlobArray::decode(&array.encode()), Ok(array));
    }

    #[test]
    fn one_bit_that_changed_is_noticed() {
        let blob = SealedBlob { ciphertext: vec![1; 20], nonce: [2; 12], orig_size: 3 };
        let whole = LargeBlobArray { entries: vec![Entry::Blob(blob)] }.encode();
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(LargeBlobArray::decode(&changed), Err(Status::INTEGRITY_FAILURE), "{bit}");
        }
        for cut in 0..whole.len() {
            assert_eq!(LargeBlobArray::decode(&whole[..cut]), Err(Status::INTEGRITY_FAILURE), "{cut}");
        }
    }

    #[test]
    fn a_right_hash_over_something_else_is_no_array() {
        let hashed = |content: &[u8]| [content, &Sha256::digest(content)[..16]].concat();
        assert_eq!(LargeBlobArray::decode(&hashed(&[0xA0])), Err(Status::CBOR_UNEXPECTED_TYPE));
        assert_eq!(LargeBlobArray::decode(&hashed(&[0x82, 0x00])), Err(Status::INVALID_CBOR));
    }
}
