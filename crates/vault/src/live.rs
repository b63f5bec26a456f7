//! What an open vault keeps in memory beside its key.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use authenticator::platform::Clock;

use crate::{clock::SystemClock, vault::guard};

/// Shared by all clones of one vault.
pub(crate) struct Live {
    clock: Mutex<Arc<dyn Clock>>,
    /// The time that the vault last took note of here; 0 before it did.
    pub(crate) noted: AtomicU64,
}

impl Live {
    pub(crate) fn now(&self) -> u64 {
        guard(&self.clock).unix_seconds()
    }

    pub(crate) fn set_clock(&self, clock: Arc<dyn Clock>) {
        *guard(&self.clock) = clock;
        self.noted.store(0, Ordering::Relaxed);
    }

    /// The time is written down now.
    pub(crate) fn note_time(&self) {
        self.noted.store(self.now(), Ordering::Relaxed);
    }

    /// Wipes what the vault's key gave.
    pub(crate) fn forget(&self) {
        self.noted.store(0, Ordering::Relaxed);
    }
}

impl Default for Live {
    fn default() -> Self {
        Self { clock: Mutex::new(Arc::new(SystemClock::started_now())), noted: AtomicU64::new(0) }
    }
}
