//! The authenticator's clock and randomness, from the operating system or from a seed.

use authenticator::platform::{Clock, Rng};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng},
};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The operating system's time; powered when made.
pub(crate) struct SystemClock(Instant);

impl SystemClock {
    /// A key that is powered now.
    pub(crate) fn powered_now() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn uptime(&self) -> Duration {
        self.0.elapsed()
    }

    fn unix_seconds(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
    }
}

/// The date that a seeded key knows, 2026-01-01T00:00:00Z: with one seed, two runs are the same.
pub(crate) const SEEDED_UNIX_SECONDS: u64 = 1_767_225_600;

/// The operating system's time with a date that stands still.
pub(crate) struct SeededClock(SystemClock);

impl SeededClock {
    /// A key that is powered now.
    pub(crate) fn powered_now() -> Self {
        Self(SystemClock::powered_now())
    }
}

impl Clock for SeededClock {
    fn uptime(&self) -> Duration {
        self.0.uptime()
    }

    fn unix_seconds(&self) -> u64 {
        SEEDED_UNIX_SECONDS
    }
}

/// The operating system's randomness.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    /// # Panics
    /// Where the operating system has no randomness: no key may be made then.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// A repeatable stream for `--seed`: everything made from it is as secret as the seed.
pub(crate) struct SeededRng(Mutex<ChaCha20Rng>);

impl SeededRng {
    /// The stream of `seed`.
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(Mutex::new(ChaCha20Rng::from_seed(seed)))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream_and_another_seed_another() {
        let draw = |seed| {
            let mut bytes = [0; 48];
            SeededRng::new([seed; 32]).fill(&mut bytes);
            bytes
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
