//! authenticatorReset (§6.6).

use std::time::Duration;

use ctap::Status;

use crate::{Authenticator, Transport, platform::Question, state::RuntimeState};

/// Only this soon after power-up, so that no program resets a key that was left plugged in.
const WINDOW: Duration = Duration::from_secs(10);

impl Authenticator {
    /// Erases every credential, the PIN, the fingerprints, the large blobs, the settings and the counters.
    pub(crate) async fn reset(&mut self, transport: Transport) -> Result<(), Status> {
        let allowed = &self.profile.reset.transports;
        if !allowed.is_empty() && !allowed.iter().any(|name| name == transport.name()) {
            return Err(Status::NOT_ALLOWED);
        }
        let powered_at = self.state.powered_at;
        if self.platform.clock.uptime().saturating_sub(powered_at) > WINDOW {
            return Err(Status::NOT_ALLOWED);
        }
        let long_touch = self.profile.long_touch_for_reset(&*self.platform.store.state()?) == Some(true);
        self.touch(Question::Reset { long_touch }).await?;
        self.platform.store.reset()?;
        self.state = RuntimeState::fresh(powered_at, &*self.platform.rng);
        Ok(())
    }
}
