//! Counting signatures (WebAuthn §6.1.1).

use ctap::Status;

use crate::{
    Authenticator,
    credential::Credential,
    platform::StoreError,
    profile::{CounterPolicy, Kind},
};

impl Authenticator {
    /// `credential` signs once more: as committed, with the counter that is to be signed. Silent assertions count
    /// like any other.
    ///
    /// # Errors
    /// `NO_CREDENTIALS` where it was deleted meanwhile.
    pub(crate) fn count(&self, credential: &Credential, present: bool) -> Result<Credential, Status> {
        if let Some(registration) = self.u2f_credential(&credential.rp.id, &credential.id)? {
            return Ok(Credential { sign_count: self.count_globally()?, ..registration });
        }
        let policy = self.profile.counter;
        let global = (policy == CounterPolicy::Global).then(|| self.count_globally()).transpose()?;
        let now = self.platform.clock.unix_seconds();
        let counted = self.platform.store.update(&credential.id, &mut |stored| {
            // On a key that copies nothing, the counter of a copy would go back and forth between the two.
            let copy = stored.backup_eligible && self.profile.kind == Kind::DeviceBound;
            if !copy && policy != CounterPolicy::Zero {
                stored.sign_count = global.unwrap_or(stored.sign_count.saturating_add(1));
            }
            if present {
                stored.last_used_at = Some(now);
            }
        })?;
        counted.ok_or(Status::NO_CREDENTIALS)
    }

    /// What a new credential starts from.
    pub(crate) fn first_count(&self) -> Result<u32, StoreError> {
        match self.profile.counter {
            CounterPolicy::Global => Ok(self.platform.store.state()?.global_counter),
            CounterPolicy::PerCredential | CounterPolicy::Zero => Ok(0),
        }
    }

    /// The counter of U2F registrations, and of keys that count for all credentials together: one more.
    pub(crate) fn count_globally(&self) -> Result<u32, StoreError> {
        let state = self.platform.store.update_state(&mut |state| {
            state.global_counter = state.global_counter.saturating_add(1);
        })?;
        Ok(state.global_counter)
    }
}
