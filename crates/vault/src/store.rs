//! The vault as the store of one virtual key.

use std::sync::Arc;

use authenticator::{
    Credential, Kind, Profile,
    platform::{Store, StoreError},
    state::PersistentState,
};

use crate::{
    audit::{Actor, Happened, Note},
    edit::renaming,
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
        let updated = self.vault.write(|session| {
            let Some(mut stored) = session.passkey(id)?.filter(|stored| self.holds(stored)) else {
                return Ok(None);
            };
            let before = stored.record.credential()?;
            let mut credential = before.clone();
            change(&mut credential);
            let mut record = stored.record.clone();
            record.update(&credential, &session.open.device)?;
            if is_use(&before, &credential) {
                stored.record = record;
                session.replace(&stored)?;
            } else {
                let renamed = renaming(&stored.record, &record);
                let note = if renamed.is_empty() {
                    Note::new(Happened::Edited, &self.actor)
                } else {
                    Note::new(Happened::Renamed, &self.actor).with(renamed)
                };
                record.modified_at = Some(session.now);
                session.change(&mut stored, note, |stored| *stored = record)?;
            }
            Ok(Some(credential))
        });
        Ok(updated?)
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
            let (offered, aside) = (session.passkeys_of(&self.aaguid)?, session.aside_of(&self.aaguid)?);
            for mut stored in offered.into_iter().chain(aside) {
                session.put_into_trash(&mut stored, &self.actor)?;
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

/// Whether a credential only signed.
fn is_use(before: &Credential, after: &Credential) -> bool {
    let (sign_count, last_used_at) = (after.sign_count, after.last_used_at);
    Credential { sign_count, last_used_at, ..before.clone() } == *after
}
