use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::platform::Clock;

/// 2026-01-01T00:00:00Z
const EPOCH: u64 = 1_767_225_600;

/// A clock that moves only when told to.
#[derive(Default)]
pub struct ManualClock {
    milliseconds: AtomicU64,
}

impl ManualClock {
    /// Lets time pass, to the millisecond.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.milliseconds.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn uptime(&self) -> Duration {
        Duration::from_millis(self.milliseconds.load(Ordering::Relaxed))
    }

    fn unix_seconds(&self) -> u64 {
        EPOCH + self.uptime().as_secs()
    }
}
