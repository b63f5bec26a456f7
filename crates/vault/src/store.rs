//! The vault as the store of one virtual key.

use std::sync::Arc;

use authenticator::{
    Credential, Kind, Profile,
    platform::{Store, StoreError},
    state::PersistentState,
};

use crate::{
    error::Error,
    record::{Record, Standing},
    seal::Id,
    session::Stored,
    vault::Vault,
};

/// The part of the vault that belongs to one virtual key, named by its AAGUID: its passkeys and its
/// persistent state. Clones share one vault.
#[derive(Clone)]
pub struct VaultStore {
    vault: Vault,
    aaguid: Id,
    kind: Kind,
    capacity: u64,
}

impl VaultStore {
    pub(crate) fn new(vault: Vault, profile: &Profile) -> Self {
        Self {
            vault,
            aaguid: profile.aaguid,
            kind: profile.kind,
            capacity: profile.limits.discoverable_credentials,
        }
    }

    /// Whether a passkey is this key's to use.
    fn holds(&self, stored: &Stored) -> bool {
        stored.record.aaguid == self.aaguid && stored.record.standing() == Standing::Offered
    }
}

impl Store for VaultStore {
    fn find(&self, rp_id: &str) -> Result<Vec<Credential>, StoreError> {
        let found = self.vault.read(|session| {
            let found = session.passkeys_for(&self.aaguid, rp_id)?;
            found.iter().rev().map(|stored| stored.record.credential()).collect()
        });
        Ok(found?)
    }

    fn get(&self, id: &[u8]) -> Result<Option<Credential>, StoreError> {
        let found = self.vault.read(|session| {
            let found = session.passkey(id)?.filter(|stored| self.holds(stored));
            found.map(|stored| stored.record.credential()).transpose()
        });
        Ok(found?)
    }

    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        let all = self.vault.read(|session| {
            session.passkeys_of(&self.aaguid)?.iter().map(|stored| stored.record.credential()).collect()
        });
        Ok(all?)
    }

    fn add(&self, credential: &Credential, replaces: &[Vec<u8>]) -> Result<(), StoreError> {
        let mut full = false;
        let added = self.vault.write(|session| {
            for id in replaces {
                if let Some(replaced) = session.passkey(id)?.filter(|stored| self.holds(stored)) {
                    session.remove(&replaced)?;
                }
            }
            if session.passkey(&credential.id)?.is_some() {
                return Err(Error::Refused("the vault holds a passkey with this id already"));
            }
            full = credential.discoverable && session.discoverable(&self.aaguid)? >= self.capacity;
            if full {
                return Err(Error::Refused("the key is full"));
            }
            session.insert(&Record::created(credential, self.kind, self.aaguid, session.revision)?)
        });
        if full { Err(StoreError::Full) } else { Ok(added?) }
    }

    fn update(
        &self,
        id: &[u8],
        change: &mut dyn FnMut(&mut Credential),
    ) -> Result<Option<Credential>, StoreError> {
        let updated = self.vault.write(|session| {
            let Some(mut stored) = session.passkey(id)?.filter(|stored| self.holds(stored)) else {
                return Ok(None);
            };
            let mut credential = stored.record.credential()?;
            let user = credential.user.clone();
            change(&mut credential);
            stored.record.update(&credential, &session.open.device)?;
            if credential.discoverable && credential.user != user {
                session.mark_changed(&self.aaguid)?;
            }
            session.replace(&stored)?;
            Ok(Some(credential))
        });
        Ok(updated?)
    }

    fn remove(&self, id: &[u8]) -> Result<bool, StoreError> {
        let removed = self.vault.write(|session| {
            let found = session.passkey(id)?.filter(|stored| self.holds(stored));
            found.as_ref().map_or(Ok(()), |stored| session.remove(stored))?;
            Ok(found.is_some())
        });
        Ok(removed?)
    }

    fn state(&self) -> Result<Arc<PersistentState>, StoreError> {
        Ok(Arc::new(self.vault.read(|session| session.state(&self.aaguid))?))
    }

    fn update_state(
        &self,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, StoreError> {
        let updated = self.vault.write(|session| {
            let mut state = session.state(&self.aaguid)?;
            change(&mut state);
            session.set_state(&self.aaguid, &state)?;
            Ok(state)
        });
        Ok(Arc::new(updated?))
    }

    fn reset(&self) -> Result<(), StoreError> {
        let reset = self.vault.write(|session| {
            for stored in session.passkeys_of(&self.aaguid)? {
                session.remove(&stored)?;
            }
            session.remove_state(&self.aaguid)
        });
        Ok(reset?)
    }

    fn revision(&self) -> Result<u64, StoreError> {
        Ok(self.vault.read(|session| session.changed_at(&self.aaguid))?)
    }

    fn remaining(&self) -> Result<u64, StoreError> {
        let held = self.vault.read(|session| session.discoverable(&self.aaguid))?;
        Ok(self.capacity.saturating_sub(held))
    }
}
