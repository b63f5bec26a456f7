//! `largeBlobKey` (§12.3).

use ctap::Status;

/// Whether a key for the large-blob array is asked for.
///
/// # Errors
/// `INVALID_OPTION` for anything but true, and for a credential that is not `discoverable`.
pub(crate) fn large_blob_key(input: Option<bool>, discoverable: bool) -> Result<bool, Status> {
    match input {
        None => Ok(false),
        Some(true) if discoverable => Ok(true),
        Some(_) => Err(Status::INVALID_OPTION),
    }
}
