//! `minPinLength` and `pinComplexityPolicy` (§12.5, §12.6): what the sites that setMinPINLength named may read.

use ctap::Status;

use crate::Authenticator;

impl Authenticator {
    /// The current minimum PIN length, in code points; `None` for sites that may not know.
    pub(crate) fn min_pin_length_for(&self, rp_id: &str) -> Result<Option<u64>, Status> {
        let length = self.profile.min_pin_length(&*self.platform.store.state()?);
        Ok(self.may_read_pin_policy(rp_id)?.then_some(length.into()))
    }

    /// Whether the key asks more of PINs than a length; `None` for sites that may not know.
    pub(crate) fn pin_complexity_policy_for(&self, rp_id: &str) -> Result<Option<bool>, Status> {
        let complexity = self.profile.pin_complexity_policy(&*self.platform.store.state()?);
        Ok(self.may_read_pin_policy(rp_id)?.then_some(complexity))
    }

    fn may_read_pin_policy(&self, rp_id: &str) -> Result<bool, Status> {
        let state = self.platform.store.state()?;
        let rp_ids = state.min_pin_length_rp_ids.as_ref();
        Ok(rp_ids.is_some_and(|rp_ids| rp_ids.iter().any(|listed| listed == rp_id)))
    }
}
