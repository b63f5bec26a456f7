use ctap::large_blob_array::{Entry, LargeBlobArray, SealedBlob};

use super::blob;
use crate::{Error, random::random};

/// The large-blob array of a key, as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct LargeBlobs {
    array: LargeBlobArray,
    corrupt: bool,
    capacity: usize,
}

/// What a key makes of the array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Its credential has no blob.
    None,
    /// The blob.
    Blob(Vec<u8>),
    /// It has one that cannot be unpacked.
    Damaged,
}

impl LargeBlobs {
    pub(super) fn read(serialized: &[u8], capacity: usize) -> Self {
        // §6.10.2: what is corrupt is read as an empty array, and overwritten by the next write.
        let (array, corrupt) = LargeBlobArray::decode(serialized)
            .map_or_else(|_| (LargeBlobArray::default(), true), |array| (array, false));
        Self { array, corrupt, capacity }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        self.array.encode()
    }

    /// Whether what stands in the key is no array, or not the one that was written. Nothing can be read of it.
    pub fn is_corrupt(&self) -> bool {
        self.corrupt
    }

    /// How many entries there are, readable or not.
    pub fn len(&self) -> usize {
        self.array.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.array.entries.is_empty()
    }

    /// What it takes, its hash included, in bytes.
    pub fn size(&self) -> usize {
        self.encode().len()
    }

    /// What the key has room for, in bytes.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The blob of the credential with this largeBlobKey. Where several open, the first that can be unpacked.
    pub fn open(&self, key: &[u8; 32]) -> Opened {
        let mut damaged = Opened::None;
        for sealed in self.sealed() {
            match blob::open(key, sealed) {
                Opened::Blob(plain) => return Opened::Blob(plain),
                Opened::Damaged => damaged = Opened::Damaged,
                Opened::None => {}
            }
        }
        damaged
    }

    /// How many blobs none of these keys opens. Entries that are no blobs belong to nobody that is known, and are not
    /// counted.
    pub fn orphans(&self, keys: &[&[u8; 32]]) -> usize {
        self.sealed().filter(|sealed| is_orphan(sealed, keys)).count()
    }

    /// Seals a blob for a credential, in place of the one that it has.
    ///
    /// # Errors
    /// [`Error::TooLong`] for one that no key has room for, and [`Error::Gone`] where the system has no randomness.
    pub fn set(&mut self, key: &[u8; 32], plain: &[u8]) -> Result<(), Error> {
        let room = self.capacity;
        let too_long = Error::TooLong { what: "The large blob", needed: plain.len(), room };
        let sealed = blob::seal(key, random()?, plain).ok_or(too_long)?;
        self.remove(key);
        self.array.entries.push(Entry::Blob(sealed));
        Ok(())
    }

    /// Takes the blob of a credential away; whether it had one.
    pub fn remove(&mut self, key: &[u8; 32]) -> bool {
        self.retain(|sealed| blob::open(key, sealed) == Opened::None) > 0
    }

    /// Takes away the blobs that none of these keys opens; how many there were.
    pub fn remove_orphans(&mut self, keys: &[&[u8; 32]]) -> usize {
        self.retain(|sealed| !is_orphan(sealed, keys))
    }

    fn sealed(&self) -> impl Iterator<Item = &SealedBlob> {
        self.array.entries.iter().filter_map(|entry| match entry {
            Entry::Blob(sealed) => Some(sealed),
            Entry::Other(_) => None,
        })
    }

    fn retain(&mut self, keep: impl Fn(&SealedBlob) -> bool) -> usize {
        let before = self.len();
        self.array.entries.retain(|entry| match entry {
            Entry::Blob(sealed) => keep(sealed),
            Entry::Other(_) => true,
        });
        before - self.len()
    }
}

fn is_orphan(sealed: &SealedBlob, keys: &[&[u8; 32]]) -> bool {
    keys.iter().all(|key| blob::open(key, sealed) == Opened::None)
}
