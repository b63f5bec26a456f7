//! The vault as the store of one virtual key.

use std::sync::Arc;

use authenticator::{
    Credential, Kind, Profile,
    platform::{Store, StoreError},
    state::PersistentState,
};

use crate::{
    audit::{Actor, Happened, Note},
    error::Error,
    record::{Record, Standing},
    seal::Id,
    session::{Session, Stored},
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
    actor: Actor,
}

impl VaultStore {
    pub(crate) fn new(vault: Vault, profile: &Profile) -> Self {
        Self {
            vault,
            aaguid: profile.aaguid,
            kind: profile.kind,
            capacity: profile.limits.discoverable_credentials,
            actor: Actor::Key(profile.name.clone()),
        }
    }

    fn credentials(
        &self,
        select: impl FnOnce(&Session<'_>) -> Result<Vec<Stored>, Error>,
    ) -> Result<Vec<Credential>, Error> {
        let found = self.vault.read(select)?;
        let mut uses = self.vault.uses();
        found.iter().map(|stored| uses.credential(&stored.record)).collect()
    }

    /// Whether a passkey is this key's to use.
    fn holds(&self, stored: &Stored) -> bool {
        stored.record.aaguid == self.aaguid && stored.record.standing() == Standing::Offered
    }
}

impl Store for VaultStore {
    fn find(&self, rp_id: &str) -> Result<Vec<Credential>, StoreError> {
        let mut found = self.credentials(|session| session.passkeys_for(&self.aaguid, rp_id))?;
        found.reverse();
        Ok(found)
    }

    fn get(&self, id: &[u8]) -> Result<Option<Credential>, StoreError> {
        let found = |session: &Session<'_>| {
            Ok(session.passkey(id)?.filter(|stored| self.holds(stored)).into_iter().collect())
        };
        Ok(self.credentials(found)?.pop())
    }

    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.credentials(|session| session.passkeys_of(&self.aaguid))?)
    }

    fn add(&self, credential: &Credential, replaces: &[Vec<u8>]) -> Result<(), StoreError> {
        let mut full = false;
        let added = self.vault.write(|session| {
            for id in replaces {
                if let Some(mut replaced) = session.passkey(id)?.filter(|stored| self.holds(stored)) {
                    session.shadow(&mut replaced, &credential.id, &self.actor)?;
                }
            }
            if session.passkey(&credential.id)?.is_some() {
                return Err(Error::Refused("the vault holds a passkey with this id already"));
            }
            full = credential.discoverable && session.discoverable(&self.aaguid)? >= self.capacity;
            if full {
                return Err(Error::Refused("the key is full"));
            }
            let record = Record::created(credential, self.kind, self.aaguid, session.revision)?;
            session.add(&record, Note::new(Happened::Created, &self.actor))
        });
        if full { Err(StoreError::Full) } else { Ok(added?) }
    }

    fn update(
        &self,
        id: &[u8],
        change: &mut dyn FnMut(&mut Credential),
    ) -> Result<Option<Credential>, StoreError> {
        Ok(self.vault.update(id, |stored| self.holds(stored), &self.actor, change)?)
    }

    fn remove(&self, id: &[u8]) -> Result<bool, StoreError> {
        let removed = self.vault.write(|session| {
            let Some(mut stored) = session.passkey(id)?.filter(|stored| self.holds(stored)) else {
                return Ok(false);
            };
            session.put_into_trash(&mut stored, &self.actor)?;
            Ok(true)
        });
        Ok(removed?)
    }

    fn state(&self) -> Result<Arc<PersistentState>, StoreError> {
        Ok(self.vault.key_state(&self.aaguid)?)
    }

    fn update_state(
        &self,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, StoreError> {
        Ok(self.vault.update_key_state(&self.aaguid, change)?)
    }

    fn reset(&self) -> Result<(), StoreError> {
        Ok(self.vault.reset_key(&self.aaguid, &self.actor)?)
    }

    fn revision(&self) -> Result<u64, StoreError> {
        Ok(self.vault.read(|session| session.changed_at(&self.aaguid))?)
    }

    fn remaining(&self) -> Result<u64, StoreError> {
        let held = self.vault.read(|session| session.discoverable(&self.aaguid))?;
        Ok(self.capacity.saturating_sub(held))
    }
}
