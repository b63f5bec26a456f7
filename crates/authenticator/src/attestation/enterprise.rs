//! Enterprise attestation (§7.1): it names the one key.

use ctap::Status;

use super::certificate::Attester;
use crate::{Authenticator, hmac_secret::hmac_sha256};

/// The authenticator knows by itself which sites it is for.
const VENDOR_FACILITATED: u64 = 1;
/// The platform vouches for the site.
const PLATFORM_MANAGED: u64 = 2;

impl Authenticator {
    /// §6.1.2 step 9: whether the attestation is to be an enterprise one. A site that vendor-facilitated
    /// attestation is not for gets the usual one.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` where the key is not capable of it or it is not enabled, `INVALID_OPTION` for a kind that
    /// does not exist.
    pub(crate) fn enterprise_attestation(&self, asked: Option<u64>, rp_id: &str) -> Result<bool, Status> {
        let Some(kind) = asked else { return Ok(false) };
        // CTAP 2.0 has no such parameter.
        if self.profile.is_before_2_1() {
            return Ok(false);
        }
        let enabled = self.profile.enterprise_attestation(&*self.platform.store.state()?) == Some(true);
        let enterprise = self.profile.attestation.enterprise.as_ref().filter(|_| enabled);
        match (enterprise, kind) {
            (None, _) => Err(Status::INVALID_PARAMETER),
            (Some(enterprise), VENDOR_FACILITATED) => {
                Ok(enterprise.rp_ids.iter().any(|listed| listed == rp_id))
            }
            (Some(_), PLATFORM_MANAGED) => Ok(true),
            _ => Err(Status::INVALID_OPTION),
        }
    }

    /// The certificate of this very key, the same until a reset.
    pub(super) fn enterprise_attester(&self) -> Result<Attester, Status> {
        let root = self.root_secret()?;
        let serial_number = hmac_sha256(&root.0, b"enterprise serial number");
        let serial_number = serial_number.first_chunk().ok_or(Status::OTHER)?;
        let serial_number = format!("{:016X}", u64::from_be_bytes(*serial_number));
        let secret = hmac_sha256(&root.0, b"enterprise attestation");
        Attester::enterprise(self.profile.aaguid, &secret, &serial_number)
    }
}
