//! A backup's file: an uncompressed tar archive of two files of age.

use std::io::Read;

use tar::{EntryType, Header};

use crate::error::Error;

/// How the passkeys are named in the archive.
const CONTENT: &str = "backup.cbor.age";
/// How the identity that opens them is named there.
const IDENTITY: &str = "identity.txt.age";
/// A sealed identity has a few hundred bytes.
const IDENTITY_MAXIMUM: usize = 64 * 1024;

/// What the archive holds.
pub(super) struct Archive {
    /// Opened by the passphrase, where one was given: the identity that opens `content`.
    pub(super) identity: Option<Vec<u8>>,
    /// Opened by that identity and by the other recipients.
    pub(super) content: Vec<u8>,
}

impl Archive {
    pub(super) fn to_bytes(&self, now: u64) -> Result<Vec<u8>, Error> {
        let mut archive = tar::Builder::new(Vec::with_capacity(self.content.len() + 8 * 1024));
        let identity = self.identity.as_ref().map(|identity| (IDENTITY, identity));
        for (name, bytes) in identity.into_iter().chain([(CONTENT, &self.content)]) {
            let mut header = Header::new_ustar();
            header.set_entry_type(EntryType::Regular);
            header.set_mode(0o600);
            header.set_mtime(now);
            header.set_size(bytes.len() as u64);
            archive.append_data(&mut header, name, bytes.as_slice()).map_err(Error::io(FAILED))?;
        }
        archive.into_inner().map_err(Error::io(FAILED))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let not = || Error::File("it is no backup".to_owned());
        let (mut identity, mut content) = (None, None);
        for entry in tar::Archive::new(bytes).entries().map_err(|_| not())? {
            let mut entry = entry.map_err(|_| not())?;
            let place = match entry.path_bytes().as_ref() {
                name if name == IDENTITY.as_bytes() => &mut identity,
                name if name == CONTENT.as_bytes() => &mut content,
                _ => return Err(not()),
            };
            // What the header says is a claim; what the archive holds is the bound.
            let mut file = Vec::new();
            entry.read_to_end(&mut file).map_err(|_| not())?;
            let whole = file.len() as u64 == entry.header().size().map_err(|_| not())?;
            if entry.header().entry_type() != EntryType::Regular || !whole || place.replace(file).is_some() {
                return Err(not());
            }
        }
        if identity.as_ref().is_some_and(|identity| identity.len() > IDENTITY_MAXIMUM) {
            return Err(not());
        }
        Ok(Self { identity, content: content.ok_or_else(not)? })
    }
}

const FAILED: &str = "the archive cannot be put together";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_comes_back_and_every_cut_is_seen() {
        let archive = Archive { identity: Some(vec![1; 600]), content: vec![2; 2000] };
        let bytes = archive.to_bytes(1_700_000_000).unwrap();
        let read = Archive::from_bytes(&bytes).unwrap();
        assert_eq!((read.identity, read.content), (archive.identity, archive.content));
        // Up to the two blocks of zeros that end it.
        for length in 0..bytes.len() - 1024 {
            assert!(Archive::from_bytes(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn an_archive_of_other_files_is_no_backup() {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = Header::new_ustar();
        header.set_size(0);
        archive.append_data(&mut header, "../vault.db", std::io::empty()).unwrap_err();
        let mut header = Header::new_ustar();
        header.set_size(0);
        archive.append_data(&mut header, "vault.db", std::io::empty()).unwrap();
        assert!(Archive::from_bytes(&archive.into_inner().unwrap()).is_err());
        assert!(Archive::from_bytes(b"").is_err());
    }
}
