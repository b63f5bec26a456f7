//! BS: whether a copy of a passkey was confirmed (WebAuthn §6.1.3).
//!
//! BS is about the credential itself, its id and private key, which never change: a copy stays good, and BS stays 1,
//! when names or blobs change later. [`Passkey::changed_since_backup`] tells that the copy lacks the change.

use crate::{
    audit::{Actor, Happened, Note},
    error::Error,
    passkey::Passkey,
    record::{BackupReason, Record},
    session::{Session, Stored},
    vault::Vault,
};

impl Vault {
    /// Says of the passkeys with these credential ids that a copy of them was confirmed; the ids of those whose BS
    /// became 1. Those that nobody copies (BE 0) are passed over. The ids are those that the copy holds, so that no
    /// passkey counts as backed up that came after it was made.
    ///
    /// # Errors
    /// [`Error::Refused`] for [`BackupReason::ToldByKey`], which is no reason any more; [`Error::Locked`].
    pub fn confirm_backup(&self, ids: &[Vec<u8>], reason: BackupReason) -> Result<Vec<Vec<u8>>, Error> {
        if reason == BackupReason::ToldByKey {
            return Err(Error::Refused("a key's word is no backup"));
        }
        self.write(|session| {
            let mut confirmed = Vec::new();
            for id in ids {
                if let Some(mut stored) = session.passkey(id)?
                    && session.confirm_backup(&mut stored, reason, session.now)?
                {
                    confirmed.push(id.clone());
                }
            }
            Ok(confirmed)
        })
    }
}

impl Session<'_> {
    /// A copy that was made at `made` was confirmed; whether BS became 1.
    pub(crate) fn confirm_backup(
        &self,
        stored: &mut Stored,
        reason: BackupReason,
        made: u64,
    ) -> Result<bool, Error> {
        let record = &stored.record;
        let current = record.backup_state && record.backed_up_at.is_some() && !record.changed_since_backup();
        if !record.backup_eligible || current {
            return Ok(false);
        }
        let became = !record.backup_state;
        let note = Note::new(Happened::BackedUp, &Actor::Owner).with(reason.to_string());
        self.change(stored, note, |record| {
            (record.backup_state, record.backup_reason, record.backed_up_at) =
                (true, Some(reason), Some(made));
        })?;
        Ok(became)
    }
}

impl Record {
    fn changed_since_backup(&self) -> bool {
        self.backup_state && self.modified_at > self.backed_up_at
    }
}

impl Passkey {
    /// Whether the copy that was confirmed lacks a later change of names, notes, tags or blobs.
    pub fn changed_since_backup(&self) -> bool {
        self.backup_state && self.modified_at > self.backed_up_at
    }
}
