//! `credBlob` (§12.2).

use crate::Authenticator;

impl Authenticator {
    /// The blob as it is kept; one that does not fit is not kept, and the site is told.
    pub(crate) fn cred_blob(&self, blob: Option<&Vec<u8>>) -> Option<Vec<u8>> {
        blob.filter(|blob| blob.len() as u64 <= self.profile.limits.cred_blob_length).cloned()
    }
}
