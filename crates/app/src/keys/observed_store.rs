use authenticator::{
    Credential, Profile,
    platform::{Store, StoreError},
    state::PersistentState,
};
use std::sync::Arc;

use super::{Event, Listener};
use crate::passkeys::Passkey;

/// A store that tells of every change after it was committed.
pub(super) struct ObservedStore {
    inner: Arc<dyn Store>,
    key: String,
    aaguid: [u8; 16],
    listener: Listener,
}

impl ObservedStore {
    pub(super) fn new(inner: Arc<dyn Store>, profile: &Profile, listener: Listener) -> Self {
        Self { inner, key: profile.name.clone(), aaguid: profile.aaguid, listener }
    }

    fn passkey(&self, credential: &Credential) -> Passkey {
        Passkey::of(credential, self.aaguid)
    }

    fn deleted(&self, id: &[u8]) {
        (self.listener)(Event::credential_deleted(&self.key, id));
    }
}

impl Store for ObservedStore {
    fn find(&self, rp_id: &str) -> Result<Vec<Credential>, StoreError> {
        self.inner.find(rp_id)
    }

    fn get(&self, id: &[u8]) -> Result<Option<Credential>, StoreError> {
        self.inner.get(id)
    }

    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        self.inner.all()
    }

    fn add(&self, credential: &Credential, replaces: &[Vec<u8>]) -> Result<(), StoreError> {
        self.inner.add(credential, replaces)?;
        for id in replaces {
            self.deleted(id);
        }
        (self.listener)(Event::CredentialAdded { key: self.key.clone(), passkey: self.passkey(credential) });
        Ok(())
    }

    fn update(
        &self,
        id: &[u8],
        change: &mut dyn FnMut(&mut Credential),
    ) -> Result<Option<Credential>, StoreError> {
        let mut asserted = false;
        let stored = self.inner.update(id, &mut |credential| {
            let before = (credential.sign_count, credential.last_used_at);
            change(credential);
            // Only an assertion counts and dates; updateUserInformation does neither.
            asserted = before != (credential.sign_count, credential.last_used_at);
        })?;
        if let Some(credential) = &stored {
            let (key, passkey) = (self.key.clone(), self.passkey(credential));
            (self.listener)(if asserted {
                Event::CredentialAsserted { key, passkey }
            } else {
                Event::CredentialUpdated { key, passkey }
            });
        }
        Ok(stored)
    }

    fn remove(&self, id: &[u8]) -> Result<bool, StoreError> {
        let removed = self.inner.remove(id)?;
        if removed {
            self.deleted(id);
        }
        Ok(removed)
    }

    fn state(&self) -> Result<Arc<PersistentState>, StoreError> {
        self.inner.state()
    }

    fn update_state(
        &self,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, StoreError> {
        self.inner.update_state(change)
    }

    fn reset(&self) -> Result<(), StoreError> {
        let ids: Vec<_> = self.inner.all()?.into_iter().map(|credential| credential.id).collect();
        self.inner.reset()?;
        for id in &ids {
            self.deleted(id);
        }
        Ok(())
    }

    fn revision(&self) -> Result<u64, StoreError> {
        self.inner.revision()
    }

    fn remaining(&self) -> Result<u64, StoreError> {
        self.inner.remaining()
    }
}
