use std::sync::Arc;

use crate::{credential::Credential, state::PersistentState};

/// Where credentials and persistent state live. Every call that changes something returns after the commit:
/// a promise of a stored credential leaves only then. A change is one transaction, so that two programs on
/// one store lose nothing to each other.
pub trait Store: Send + Sync {
    /// The credentials of one relying party, newest first.
    fn find(&self, rp_id: &str) -> Result<Vec<Credential>, StoreError>;

    /// The credential of this id.
    fn get(&self, id: &[u8]) -> Result<Option<Credential>, StoreError>;

    /// Every credential, oldest first.
    fn all(&self) -> Result<Vec<Credential>, StoreError>;

    /// Adds a credential; those of `replaces` (by id) go in the same transaction.
    fn add(&self, credential: &Credential, replaces: &[Vec<u8>]) -> Result<(), StoreError>;

    /// Changes a credential in place and returns it as stored; `None` where there is none with this id.
    /// The id, RP ID, user handle, key and backup eligibility never change.
    fn update(
        &self,
        id: &[u8],
        change: &mut dyn FnMut(&mut Credential),
    ) -> Result<Option<Credential>, StoreError>;

    /// Removes a credential; whether there was one.
    fn remove(&self, id: &[u8]) -> Result<bool, StoreError>;

    /// The key's persistent state; the default where nothing was stored yet.
    fn state(&self) -> Result<Arc<PersistentState>, StoreError>;

    /// Changes the persistent state and returns it as stored.
    fn update_state(
        &self,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, StoreError>;

    /// Removes every credential and the persistent state of this key.
    fn reset(&self) -> Result<(), StoreError>;

    /// A number that is another one after a discoverable credential was added, removed or renamed, and stays
    /// when it was only used. It changes in the same transaction.
    fn revision(&self) -> Result<u64, StoreError>;

    /// How many more discoverable credentials fit.
    fn remaining(&self) -> Result<u64, StoreError>;
}

/// Why a store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// No space for another credential: KEY_STORE_FULL.
    Full,
    /// The store is locked or gone: OPERATION_DENIED.
    Locked,
    /// Anything else, in one plain sentence: OTHER.
    Failed(String),
}
