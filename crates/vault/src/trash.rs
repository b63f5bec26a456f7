//! Deleting what can be brought back, bringing it back, and destroying it.

use crate::{
    audit::{Actor, Happened, Note},
    error::Error,
    passkey::Passkey,
    record::{Record, Standing},
    vault::Vault,
};

/// What to do where another passkey of the same account is offered in place of the one to restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restore {
    /// Nothing: [`Error::Occupied`].
    IfFree,
    /// The two trade places: the other one is put aside as replaced, and can be restored in turn.
    InPlace,
}

/// All of the trash, whenever it was filled.
pub(crate) const EVER: u64 = i64::MAX.unsigned_abs();

impl Vault {
    /// Puts the passkey with this credential id into the trash; whether it was not there already. It is destroyed
    /// after thirty days, not earlier.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn delete_passkey(&self, id: &[u8]) -> Result<bool, Error> {
        self.write(|session| {
            let found = session.passkey(id)?;
            let Some(mut stored) = found.filter(|stored| stored.record.standing() != Standing::Deleted)
            else {
                return Ok(false);
            };
            session.put_into_trash(&mut stored, &Actor::Owner)?;
            Ok(true)
        })
    }

    /// What is in the trash and what was replaced, oldest first.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn put_aside(&self) -> Result<Vec<Passkey>, Error> {
        self.list(|standing| matches!(standing, Standing::Deleted | Standing::Replaced))
    }

    /// Offers sites the passkey with this credential id again, wherever it was put aside; whether there is one.
    ///
    /// # Errors
    /// [`Error::Occupied`] where another one stands in its place, [`Error::Locked`].
    pub fn restore_passkey(&self, id: &[u8], how: Restore) -> Result<bool, Error> {
        self.write(|session| {
            let Some(mut stored) = session.passkey(id)? else { return Ok(false) };
            if stored.record.standing() == Standing::Offered {
                return Ok(true);
            }
            if let Some(mut rival) = session.rival(&stored.record)? {
                if how == Restore::IfFree {
                    return Err(Error::Occupied(rival.record.credential_id.clone()));
                }
                session.shadow(&mut rival, id, &Actor::Owner)?;
            }
            // A key that counts for all of its passkeys together may have been reset since.
            let (aaguid, count) = (stored.record.aaguid, stored.record.counted());
            let mut state = session.state(&aaguid)?;
            if state.global_counter < count {
                state.global_counter = count;
                session.set_state(&aaguid, &state)?;
            }
            session.change(&mut stored, Note::new(Happened::Restored, &Actor::Owner), Record::offer)?;
            Ok(true)
        })
    }

    /// Destroys the passkey with this credential id, which must have been put aside before; whether there is one.
    ///
    /// # Errors
    /// [`Error::Refused`] for one that sites are offered, [`Error::Locked`].
    pub fn purge_passkey(&self, id: &[u8]) -> Result<bool, Error> {
        self.write(|session| {
            let Some(stored) = session.passkey(id)? else { return Ok(false) };
            if !matches!(stored.record.standing(), Standing::Deleted | Standing::Replaced) {
                return Err(Error::Refused(
                    "this passkey is in use; put it into the trash before destroying it",
                ));
            }
            session.purge(&stored, &Actor::Owner)?;
            Ok(true)
        })
    }

    /// Destroys all that is in the trash; how many there were.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn empty_trash(&self) -> Result<u64, Error> {
        self.write(|session| {
            let trash = session.trash(EVER)?;
            for stored in &trash {
                session.purge(stored, &Actor::Owner)?;
            }
            Ok(trash.len() as u64)
        })
    }
}
