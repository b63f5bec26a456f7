//! The keys of an open vault in a page of memory of their own, which is not swapped out.

use std::ops::Deref;

use region::LockGuard;
use zeroize::Zeroize;

use crate::{seal::slot::SlotSecret, secret::Secret};

/// Whether the keys of an open vault may be written to the swap space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryStatus {
    /// They may not: their page is locked in memory.
    Locked,
    /// They may: the system refused to lock the page, and why.
    NotLocked(String),
}

/// What fills the page.
#[derive(Zeroize)]
#[repr(align(4096))]
pub(crate) struct Keys {
    pub(crate) vault_key: Secret,
    pub(crate) index_key: Secret,
    /// What the slot that opened the vault wraps; by it a new vault key is read. Absent where that slot is one of
    /// formats 1 and 2 still.
    pub(crate) slot: Option<SlotSecret>,
}

/// The page, wiped and released when dropped.
pub(crate) struct KeyPage {
    // Before the page: it is unlocked while it is still ours.
    lock: Result<LockGuard, String>,
    keys: Box<Keys>,
}

impl KeyPage {
    pub(crate) fn new(vault_key: &Secret, index_key: &Secret, slot: Option<&SlotSecret>) -> Self {
        let empty = || Secret::new([0; 32]);
        let slot_secret = slot.map(|_| SlotSecret { scalar: empty(), seed: empty() });
        // The page is locked before any secret is in it.
        let mut keys = Box::new(Keys { vault_key: empty(), index_key: empty(), slot: slot_secret });
        let lock = region::lock(&raw const *keys, size_of::<Keys>()).map_err(|error| error.to_string());
        keys.vault_key.copy_from(vault_key);
        keys.index_key.copy_from(index_key);
        if let (Some(to), Some(from)) = (&mut keys.slot, slot) {
            to.scalar.copy_from(&from.scalar);
            to.seed.copy_from(&from.seed);
        }
        Self { lock, keys }
    }

    pub(crate) fn status(&self) -> MemoryStatus {
        match &self.lock {
            Ok(_) => MemoryStatus::Locked,
            Err(reason) => MemoryStatus::NotLocked(reason.clone()),
        }
    }
}

impl Deref for KeyPage {
    type Target = Keys;

    fn deref(&self) -> &Keys {
        &self.keys
    }
}

impl Drop for KeyPage {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}
