//! `largeBlob` (§12.4): a blob beside each credential (docs/decisions/0004-large-blob-extension.md).

use ctap::{
    Status,
    extension::{LargeBlobInput, LargeBlobOutput},
};

use crate::{Authenticator, credential::Credential};

impl Authenticator {
    /// Reads or writes the blob of a credential that is about to sign. One that was `listed` alone can be written, by
    /// a person who is there and, where the key can verify, verified: the rule of the largeBlobs command
    /// (§6.10.2). A write is committed before the assertion that promises it leaves.
    pub(crate) fn large_blob(
        &self,
        input: &LargeBlobInput,
        credential: &Credential,
        writable: bool,
    ) -> Result<Option<LargeBlobOutput>, Status> {
        let blob = match input {
            LargeBlobInput::Read => return Ok(credential.large_blob.clone().map(LargeBlobOutput::Read)),
            LargeBlobInput::Write(blob) => blob,
        };
        let fits = blob.compressed.len() as u64 <= self.profile.limits.large_blob_array;
        let written = writable && fits && {
            let change = &mut |stored: &mut Credential| stored.large_blob = Some(blob.clone());
            self.platform.store.update(&credential.id, change)?.is_some()
        };
        Ok(Some(LargeBlobOutput::Written(written)))
    }
}
