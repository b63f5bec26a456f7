//! A store that forgets when the process ends.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    credential::Credential,
    platform::{Store, StoreError},
    profile::Profile,
    state::PersistentState,
};

/// Credentials and state in memory. Clones share one content.
#[derive(Clone)]
pub struct MemoryStore {
    content: Arc<Mutex<Content>>,
    capacity: u64,
}

impl MemoryStore {
    /// An empty store for at most `capacity` discoverable credentials.
    pub fn with_capacity(capacity: u64) -> Self {
        Self { content: Arc::default(), capacity }
    }

    /// A change leaves no half-made content behind, so a poisoned lock is as good as any.
    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    /// As large as the shipped profiles say.
    fn default() -> Self {
        Self::with_capacity(Profile::device_bound().limits.discoverable_credentials)
    }
}

impl Store for MemoryStore {
    fn find(&self, rp_id: &str) -> Result<Vec<Credential>, StoreError> {
        let content = self.content();
        let ages = content.by_rp.get(rp_id).map(Vec::as_slice).unwrap_or_default();
        Ok(ages.iter().rev().filter_map(|age| content.credentials.get(age)).cloned().collect())
    }

    fn get(&self, id: &[u8]) -> Result<Option<Credential>, StoreError> {
        let content = self.content();
        let credential = content.by_id.get(id).and_then(|age| content.credentials.get(age));
        Ok(credential.cloned())
    }

    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.content().credentials.values().cloned().collect())
    }

    fn add(&self, credential: &Credential, replaces: &[Vec<u8>]) -> Result<(), StoreError> {
        let mut content = self.content();
        let freed = replaces.iter().filter(|id| content.is_discoverable(id)).count() as u64;
        if credential.discoverable && content.discoverable >= self.capacity.saturating_add(freed) {
            return Err(StoreError::Full);
        }
        for id in replaces {
            content.remove(id);
        }
        content.insert(credential.clone());
        Ok(())
    }

    fn update(
        &self,
        id: &[u8],
        change: &mut dyn FnMut(&mut Credential),
    ) -> Result<Option<Credential>, StoreError> {
        let mut content = self.content();
        let Some(age) = content.by_id.get(id).copied() else { return Ok(None) };
        let Some(credential) = content.credentials.get_mut(&age) else { return Ok(None) };
        let user = credential.user.clone();
        change(credential);
        let changed = credential.clone();
        content.revision += u64::from(changed.discoverable && changed.user != user);
        Ok(Some(changed))
    }

    fn remove(&self, id: &[u8]) -> Result<bool, StoreError> {
        Ok(self.content().remove(id))
    }

    fn state(&self) -> Result<Arc<PersistentState>, StoreError> {
        Ok(Arc::clone(&self.content().state))
    }

    fn update_state(
        &self,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, StoreError> {
        let mut content = self.content();
        change(Arc::make_mut(&mut content.state));
        Ok(Arc::clone(&content.state))
    }

    fn reset(&self) -> Result<(), StoreError> {
        let mut content = self.content();
        *content = Content { revision: content.revision + 1, ..Content::default() };
        Ok(())
    }

    fn revision(&self) -> Result<u64, StoreError> {
        Ok(self.content().revision)
    }

    fn remaining(&self) -> Result<u64, StoreError> {
        Ok(self.capacity.saturating_sub(self.content().discoverable))
    }
}

/// Credentials by age (a rising number), with an index for each of the two ways to look one up.
#[derive(Default)]
struct Content {
    credentials: BTreeMap<u64, Credential>,
    by_id: HashMap<Vec<u8>, u64>,
    by_rp: HashMap<String, Vec<u64>>,
    next_age: u64,
    discoverable: u64,
    revision: u64,
    state: Arc<PersistentState>,
}

impl Content {
    fn is_discoverable(&self, id: &[u8]) -> bool {
        let credential = self.by_id.get(id).and_then(|age| self.credentials.get(age));
        credential.is_some_and(|credential| credential.discoverable)
    }

    fn insert(&mut self, credential: Credential) {
        let age = self.next_age;
        self.next_age += 1;
        self.discoverable += u64::from(credential.discoverable);
        self.revision += u64::from(credential.discoverable);
        self.by_id.insert(credential.id.clone(), age);
        self.by_rp.entry(credential.rp.id.clone()).or_default().push(age);
        self.credentials.insert(age, credential);
    }

    fn remove(&mut self, id: &[u8]) -> bool {
        let Some(age) = self.by_id.remove(id) else { return false };
        let Some(credential) = self.credentials.remove(&age) else { return false };
        self.discoverable -= u64::from(credential.discoverable);
        self.revision += u64::from(credential.discoverable);
        if let Some(ages) = self.by_rp.get_mut(&credential.rp.id) {
            ages.retain(|of| *of != age);
            if ages.is_empty() {
                self.by_rp.remove(&credential.rp.id);
            }
        }
        true
    }
}
