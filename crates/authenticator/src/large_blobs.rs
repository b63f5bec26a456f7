//! authenticatorLargeBlobs (§6.10.2): one array for all sites, read by anybody, written with the lbw permission.

use ctap::{
    Status,
    large_blobs::{Request, Response},
};
use sha2::{Digest, Sha256};

use crate::{Authenticator, pin_token::permission};

/// An empty array and its hash.
const INITIAL: [u8; 17] =
    [0x80, 0x76, 0xBE, 0x8B, 0x52, 0x8D, 0x00, 0x75, 0xF7, 0xAA, 0xE9, 0x8D, 0x6F, 0xA5, 0x7A, 0x6D, 0x3C];
/// LEFT(SHA-256(array), 16) stands at its end.
const HASH_LENGTH: usize = 16;
/// What a message holds beside a fragment: maxFragmentLength is maxMsgSize without it.
const OVERHEAD: u64 = 64;

/// An array that comes fragment by fragment: `expectedNextOffset` is what came, `expectedLength` the whole.
pub(crate) struct Writing {
    array: Vec<u8>,
    expected_length: u64,
}

impl Authenticator {
    /// Reads or writes a fragment.
    pub(crate) fn large_blobs(&mut self, request: &Request) -> Result<Response, Status> {
        if !self.profile.features.large_blobs {
            return Err(Status::INVALID_COMMAND);
        }
        // Steps 1 to 3: an offset, and one of the two.
        let offset = request.offset.ok_or(Status::INVALID_PARAMETER)?;
        match (request.get, request.set.as_deref()) {
            (Some(count), None) => self.read_fragment(count, offset, request),
            (None, Some(fragment)) => self.write_fragment(fragment, offset, request),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    /// Step 4
    fn read_fragment(&self, count: u64, offset: u64, request: &Request) -> Result<Response, Status> {
        let none_of_writing = request.length.is_none()
            && request.pin_uv_auth_param.is_none()
            && request.pin_uv_auth_protocol.is_none();
        if !none_of_writing {
            return Err(Status::INVALID_PARAMETER);
        }
        if count > self.max_fragment_length() {
            return Err(Status::INVALID_LENGTH);
        }
        let state = self.platform.store.state()?;
        let array = state.large_blob_array.as_deref().unwrap_or(&INITIAL);
        let rest = usize::try_from(offset).ok().and_then(|offset| array.get(offset..));
        let rest = rest.ok_or(Status::INVALID_PARAMETER)?;
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(rest.len());
        Ok(Response { config: rest.get(..count).map(<[u8]>::to_vec) })
    }

    /// Step 5. What came before stays until a first fragment takes its place, so that only a proven one does.
    fn write_fragment(
        &mut self,
        fragment: &[u8],
        offset: u64,
        request: &Request,
    ) -> Result<Response, Status> {
        let length = fragment.len() as u64;
        if length > self.max_fragment_length() {
            return Err(Status::INVALID_LENGTH);
        }
        let expected_length = if offset == 0 {
            self.announced_length(request)?
        } else if request.length.is_some() {
            return Err(Status::INVALID_PARAMETER);
        } else {
            let writing = self.state.writing.as_ref().ok_or(Status::INVALID_SEQ)?;
            if writing.array.len() as u64 != offset {
                return Err(Status::INVALID_SEQ);
            }
            writing.expected_length
        };
        self.prove_fragment(fragment, offset, request)?;
        if length > expected_length.saturating_sub(offset) {
            return Err(Status::INVALID_PARAMETER);
        }
        let mut writing =
            if offset == 0 { None } else { self.state.writing.take() }.map_or_else(Vec::new, |of| of.array);
        writing.extend_from_slice(fragment);
        if (writing.len() as u64) < expected_length {
            self.state.writing = Some(Writing { array: writing, expected_length });
            return Ok(Response::default());
        }
        self.state.writing = None;
        self.commit(&writing)
    }

    /// Steps 5.2.1 to 5.2.3
    fn announced_length(&self, request: &Request) -> Result<u64, Status> {
        let length = request.length.ok_or(Status::INVALID_PARAMETER)?;
        if length > self.profile.limits.large_blob_array {
            return Err(Status::LARGE_BLOB_STORAGE_FULL);
        }
        if length < INITIAL.len() as u64 { Err(Status::INVALID_PARAMETER) } else { Ok(length) }
    }

    /// Step 5.5: 32 × 0xFF || 0x0C 0x00 || offset || SHA-256(fragment).
    fn prove_fragment(&mut self, fragment: &[u8], offset: u64, request: &Request) -> Result<(), Status> {
        if !self.is_protected()? && !self.always_verifies()? {
            return Ok(());
        }
        let offset = u32::try_from(offset).map_err(|_| Status::INVALID_PARAMETER)?.to_le_bytes();
        let message = [&[0xFF; 32][..], &[0x0C, 0x00], &offset, &Sha256::digest(fragment)].concat();
        let (param, protocol) = (request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol);
        self.verify_proof(&message, param, protocol, permission::LARGE_BLOB_WRITE)
    }

    /// Step 5.10: the whole array is there; it counts if its hash is right.
    fn commit(&self, array: &[u8]) -> Result<Response, Status> {
        let (content, hash) = array.split_last_chunk::<HASH_LENGTH>().ok_or(Status::INVALID_PARAMETER)?;
        if !Sha256::digest(content).starts_with(hash) {
            return Err(Status::INTEGRITY_FAILURE);
        }
        self.platform.store.update_state(&mut |state| state.large_blob_array = Some(array.to_vec()))?;
        Ok(Response::default())
    }

    fn max_fragment_length(&self) -> u64 {
        self.profile.limits.message_size.saturating_sub(OVERHEAD)
    }
}
