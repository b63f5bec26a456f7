//! How a passkey changes: sealed again, told to its key, noted in its history.

use crate::{
    audit::{Actor, Happened, Note},
    error::Error,
    record::{Record, Standing},
    session::{Session, Stored},
};

impl Session<'_> {
    pub(crate) fn change(
        &self,
        stored: &mut Stored,
        note: Note<'_>,
        change: impl FnOnce(&mut Record),
    ) -> Result<(), Error> {
        let before = seen_by_key(&stored.record);
        change(&mut stored.record);
        if seen_by_key(&stored.record) != before {
            self.mark_changed(&stored.record.aaguid)?;
        }
        self.replace(stored)?;
        self.note(&stored.record, note)
    }

    /// Puts a new passkey into the vault.
    pub(crate) fn add(&self, record: &Record, note: Note<'_>) -> Result<(), Error> {
        if seen_by_key(record).is_some() {
            self.mark_changed(&record.aaguid)?;
        }
        self.insert(record)?;
        self.note(record, note)
    }

    pub(crate) fn put_into_trash(&self, stored: &mut Stored, by: &Actor) -> Result<(), Error> {
        self.change(stored, Note::new(Happened::Deleted, by), |record| record.deleted_at = Some(self.now))
    }

    /// Puts a passkey behind the one that takes its place.
    pub(crate) fn shadow(&self, stored: &mut Stored, behind: &[u8], by: &Actor) -> Result<(), Error> {
        self.change(stored, Note::new(Happened::Replaced, by), |record| {
            record.replaced_at = Some(self.now);
            record.replaced_by = Some(behind.to_vec());
        })
    }

    /// Destroys a passkey; its history stays.
    pub(crate) fn purge(&self, stored: &Stored, by: &Actor) -> Result<(), Error> {
        self.take_out(&stored.id)?;
        self.note(&stored.record, Note::new(Happened::Purged, by))
    }

    /// The passkey that sites are offered for the same account by the same key: where there is one, another
    /// cannot be offered beside it (CTAP 2.3 §6.1.2 step 17).
    pub(crate) fn rival(&self, record: &Record) -> Result<Option<Stored>, Error> {
        let offered = self.passkeys_for(&record.aaguid, &record.rp_id)?;
        Ok(offered.into_iter().find(|other| {
            other.record.discoverable
                && record.discoverable
                && other.record.user_handle == record.user_handle
                && other.record.credential_id != record.credential_id
        }))
    }
}

/// What a key tells programs of a passkey that they may list.
fn seen_by_key(record: &Record) -> Option<(Option<String>, Option<String>, Option<String>)> {
    let listed = record.discoverable && record.standing() == Standing::Offered;
    listed.then(|| (record.rp_name.clone(), record.user_name.clone(), record.user_display_name.clone()))
}
