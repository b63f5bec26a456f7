use std::sync::atomic::{AtomicU64, Ordering};

use crate::{hmac_secret::hmac_sha256, platform::Rng};

/// A repeatable stream: HMAC-SHA-256(seed, counter), block by block.
pub struct SeededRng {
    seed: [u8; 32],
    counter: AtomicU64,
}

impl SeededRng {
    /// The stream of a number.
    pub fn new(seed: u64) -> Self {
        Self::from_seed(hmac_sha256(&[0; 32], &seed.to_be_bytes()))
    }

    /// A stream of its own for `label`; what it yields does not depend on what this one yielded before.
    #[must_use]
    pub fn split(&self, label: &str) -> Self {
        Self::from_seed(hmac_sha256(&self.seed, label.as_bytes()))
    }

    fn from_seed(seed: [u8; 32]) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed);
            // Nine bytes, so that no block equals the split of a label.
            let block = hmac_sha256(&self.seed, &[&[0], &counter.to_be_bytes()[..]].concat());
            for (byte, from) in chunk.iter_mut().zip(block) {
                *byte = from;
            }
        }
    }
}
