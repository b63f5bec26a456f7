//! What is wiped when the vault is locked, also while somebody holds it.

use std::sync::{
    Mutex, MutexGuard, TryLockError,
    atomic::{AtomicBool, Ordering},
};

use crate::vault::guard;

#[derive(Default)]
pub(crate) struct Forgettable<T> {
    value: Mutex<T>,
    outdated: AtomicBool,
}

impl<T: Default> Forgettable<T> {
    pub(crate) fn hold(&self) -> MutexGuard<'_, T> {
        let mut value = guard(&self.value);
        if self.outdated.swap(false, Ordering::Relaxed) {
            *value = T::default();
        }
        value
    }

    pub(crate) fn forget(&self) {
        match self.value.try_lock() {
            Ok(mut value) => *value = T::default(),
            Err(TryLockError::Poisoned(poisoned)) => *poisoned.into_inner() = T::default(),
            // Perhaps by the very caller: the next one does it.
            Err(TryLockError::WouldBlock) => self.outdated.store(true, Ordering::Relaxed),
        }
    }
}
