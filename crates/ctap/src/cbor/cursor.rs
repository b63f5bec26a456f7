//! Where a reader is in its bytes.

use crate::Status;

/// Bytes that are taken one stretch after another, and never more of them than there are.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// How many were taken.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// What was taken since a position.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.position).unwrap_or_default()
    }

    /// Takes the next byte where it is this one; whether it was.
    pub(super) fn passes(&mut self, byte: u8) -> bool {
        let next = self.bytes.get(self.position) == Some(&byte);
        self.position += usize::from(next);
        next
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Status> {
        let end = self.position.checked_add(length).ok_or(Status::INVALID_CBOR)?;
        let taken = self.bytes.get(self.position..end).ok_or(Status::INVALID_CBOR)?;
        self.position = end;
        Ok(taken)
    }

    pub(super) fn chunk<const N: usize>(&mut self) -> Result<[u8; N], Status> {
        self.take(N)?.try_into().map_err(|_| Status::INVALID_CBOR)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Status> {
        self.chunk().map(|[byte]| byte)
    }
}

/// The depth that is left inside an item.
pub(super) fn inner(depth: usize) -> Result<usize, Status> {
    depth.checked_sub(1).ok_or(Status::INVALID_CBOR)
}
