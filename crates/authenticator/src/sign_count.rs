//! Counting signatures (WebAuthn §6.1.1).

use ctap::Status;

use crate::{Authenticator, credential::Credential, platform::StoreError, profile::CounterPolicy};

impl Authenticator {
    /// `credential` signs once more: as committed, with the counter that is to be signed.
    ///
    /// # Errors
    /// `NO_CREDENTIALS` where it was deleted meanwhile.
    pub(crate) fn count(&self, credential: &Credential, present: bool) -> Result<Credential, Status> {
        if let Some(registration) = self.u2f_credential(&credential.rp.id, &credential.id)? {
            return Ok(Credential { sign_count: self.count_globally()?, ..registration });
        }
        let global = match self.profile.counter {
            CounterPolicy::Global => Some(self.count_globally()?),
            CounterPolicy::PerCredential | CounterPolicy::Zero => None,
        };
        let now = self.platform.clock.unix_seconds();
        let counted = self.platform.store.update(&credential.id, &mut |stored| {
            // A counter would go back and forth between the copies of a synced credential.
            if !stored.backup_eligible && self.profile.counter != CounterPolicy::Zero {
                stored.sign_count = global.unwrap_or(stored.sign_count.saturating_add(1));
            }
            if present {
                stored.last_used_at = Some(now);
            }
        })?;
        counted.ok_or(Status::NO_CREDENTIALS)
    }

    /// The counter of U2F registrations, and of keys that count for all credentials together: one more.
    pub(crate) fn count_globally(&self) -> Result<u32, StoreError> {
        let state = self.platform.store.update_state(&mut |state| {
            state.global_counter = state.global_counter.saturating_add(1);
        })?;
        Ok(state.global_counter)
    }
}
