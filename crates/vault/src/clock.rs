//! The vault's time: what a deletion is dated by.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use authenticator::platform::Clock;

/// The operating system's clock.
pub(crate) struct SystemClock {
    started: Instant,
}

impl SystemClock {
    pub(crate) fn started_now() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    fn unix_seconds(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }
}
