//! authenticatorLargeBlobs, 0x0C (CTAP 2.3 §6.10): what sites keep beside their credentials, in one array of the key.

mod array;
mod blob;

pub use array::{LargeBlobs, Opened};
pub use blob::inflated;

use ctap::{Command, Request, Response, Status, get_info, large_blobs as wire};
use sha2::{Digest, Sha256};

use crate::{
    Error, Permissions, Proof, Session, Token, Transport, proof::Wanted, session::mismatch, token::states,
};

/// What a message holds beside a fragment: maxFragmentLength is maxMsgSize without it (§6.10.2).
const OVERHEAD: u64 = 64;
/// maxMsgSize where the key states none (§6.4), and the least of maxSerializedLargeBlobArray, both in bytes.
const LEAST: u64 = 1024;
/// No key has room for more, in bytes. One that says so is not believed.
const MOST: usize = 1024 * 1024;

impl<T: Transport> Session<T> {
    /// Reads the array. Anybody may; its entries are sealed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key without one, and as [`Session::send`].
    pub async fn large_blobs(&mut self, info: &get_info::Response) -> Result<LargeBlobs, Error> {
        supported(info)?;
        let most = max_fragment_length(info);
        let mut serialized = Vec::new();
        while serialized.len() < MOST {
            let request = Request::LargeBlobs(wire::Request {
                get: Some(most as u64),
                offset: Some(serialized.len() as u64),
                ..wire::Request::default()
            });
            let fragment = match self.send(&request).await? {
                Response::LargeBlobs(response) => response.config.unwrap_or_default(),
                _ => return Err(mismatch(&request)),
            };
            if fragment.len() > most {
                return Err(Error::Answer(Command::LargeBlobs, Status::INVALID_LENGTH));
            }
            serialized.extend_from_slice(&fragment);
            if fragment.len() < most {
                break;
            }
        }
        Ok(LargeBlobs::read(&serialized, capacity(info)))
    }

    /// Writes the array, in one sequence of fragments. The key keeps the old one until the new one is whole.
    ///
    /// # Errors
    /// [`Error::TooLong`] before anything is sent; `INVALID_SEQ` as [`Error::Status`] where another program wrote in
    /// between; as [`Session::large_blobs`] and [`Session::token`].
    pub async fn write_large_blobs(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        blobs: &LargeBlobs,
    ) -> Result<(), Error> {
        supported(info)?;
        let serialized = blobs.encode();
        let (needed, room) = (serialized.len(), capacity(info));
        if needed > room {
            return Err(Error::TooLong { what: "The large-blob array", needed, room });
        }
        let wanted = Wanted::everywhere(Permissions::LARGE_BLOB_WRITE);
        let mut offset = 0;
        for fragment in serialized.chunks(max_fragment_length(info)) {
            let request = |token: Option<&Token>| write(token, fragment, offset, needed);
            self.send_proven_where_protected(info, proof, wanted, request).await?;
            offset += fragment.len();
        }
        Ok(())
    }

    /// Seals a blob for the credential of this key, in place of the one that it has.
    ///
    /// # Errors
    /// As [`Session::write_large_blobs`].
    pub async fn set_large_blob(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        key: &[u8; 32],
        plain: &[u8],
    ) -> Result<(), Error> {
        let mut blobs = self.large_blobs(info).await?;
        blobs.set(key, plain)?;
        self.write_large_blobs(info, proof, &blobs).await
    }

    /// Takes the blob of a credential away; whether it had one.
    ///
    /// # Errors
    /// As [`Session::write_large_blobs`].
    pub async fn remove_large_blob(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        key: &[u8; 32],
    ) -> Result<bool, Error> {
        let mut blobs = self.large_blobs(info).await?;
        let had = blobs.remove(key);
        if had {
            self.write_large_blobs(info, proof, &blobs).await?;
        }
        Ok(had)
    }

    /// Takes away the blobs that none of these keys opens: those of credentials that are gone, where `keys` are those of
    /// every credential on the key. How many there were.
    ///
    /// # Errors
    /// As [`Session::write_large_blobs`].
    pub async fn remove_orphaned_large_blobs(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        keys: &[&[u8; 32]],
    ) -> Result<usize, Error> {
        let mut blobs = self.large_blobs(info).await?;
        let removed = blobs.remove_orphans(keys);
        if removed > 0 {
            self.write_large_blobs(info, proof, &blobs).await?;
        }
        Ok(removed)
    }
}

fn supported(info: &get_info::Response) -> Result<(), Error> {
    if states(info, "largeBlobs") { Ok(()) } else { Err(Error::Unsupported("large blobs")) }
}

fn max_fragment_length(info: &get_info::Response) -> usize {
    let message = info.max_msg_size.unwrap_or(LEAST).max(LEAST);
    usize::try_from(message - OVERHEAD).unwrap_or(MOST).min(MOST)
}

fn capacity(info: &get_info::Response) -> usize {
    let stated = info.max_serialized_large_blob_array.unwrap_or(LEAST).max(LEAST);
    usize::try_from(stated).unwrap_or(MOST).min(MOST)
}

/// pinUvAuthParam is over 32 × 0xFF || 0x0C 0x00 || uint32LittleEndian(offset) || SHA-256(fragment) (§6.10.2).
fn write(token: Option<&Token>, fragment: &[u8], offset: usize, length: usize) -> Request {
    let place = u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes();
    let head = [&[0xFF; 32][..], &[Command::LargeBlobs as u8, 0x00], &place].concat();
    let message = [head, Sha256::digest(fragment).to_vec()].concat();
    Request::LargeBlobs(wire::Request {
        get: None,
        set: Some(fragment.to_vec()),
        offset: Some(offset as u64),
        length: (offset == 0).then_some(length as u64),
        pin_uv_auth_param: token.map(|token| token.prove(&message)),
        pin_uv_auth_protocol: token.map(Token::protocol),
    })
}

#[cfg(test)]
mod tests;
