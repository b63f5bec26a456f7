//! `credProtect` (§12.1).

use ctap::extension::CredProtect;

use crate::credential::Credential;

impl Credential {
    /// Whether it may be found now: with the person verified, or `listed` by its id.
    pub(crate) fn may_be_found(&self, verified: bool, listed: bool) -> bool {
        match self.cred_protect {
            CredProtect::UserVerificationOptional => true,
            CredProtect::UserVerificationOptionalWithCredentialIdList => verified || listed,
            CredProtect::UserVerificationRequired => verified,
        }
    }
}
