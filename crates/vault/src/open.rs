//! What an open vault knows.

use std::ops::Deref;

use crate::{
    memory::{KeyPage, Keys},
    seal::Id,
    slot::SlotInfo,
};

/// The keys, and what came with them; wiped when dropped.
pub(crate) struct Open {
    pub(crate) page: KeyPage,
    /// This device's id.
    pub(crate) device: Id,
    /// What opened it.
    pub(crate) by: SlotInfo,
    /// Which of the vault's keys this is.
    pub(crate) epoch: u64,
}

impl Deref for Open {
    type Target = Keys;

    fn deref(&self) -> &Keys {
        &self.page
    }
}
