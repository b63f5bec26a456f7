//! Unlocking: from what a person has to the keys in memory.

use std::sync::Arc;

use rusqlite::TransactionBehavior;
use secrecy::SecretString;

use crate::{
    error::Error,
    header::{Header, Proof},
    keyring::{self, Item},
    memory::{KeyPage, MemoryStatus},
    open::Open,
    random::random,
    rollback::Alarm,
    seal,
    secret::Secret,
    session,
    slot::{Argon2id, HmacOutput, NewSlot, Opened, RecoveryKey, Slot, SlotId, SlotInfo, SlotRow, normalised},
    transaction::Meta,
    vault::{Vault, guard},
};

/// What was handed in for a slot.
pub(crate) enum Key<'a> {
    /// Its key-encryption key.
    Slot(&'a Secret),
    /// The vault key itself, as the keyring held it in formats 1 and 2.
    Vault(&'a Secret),
}

impl Vault {
    /// Unlocks by the OS keyring, which may ask the person.
    ///
    /// # Errors
    /// [`Error::LockedByOwner`], [`Error::NoKeyringSlot`], [`Error::KeyMissing`], [`Error::WrongKey`],
    /// [`Error::KeyringLocked`], [`Error::KeyringUnavailable`].
    pub fn unlock_with_keyring(&self) -> Result<(), Error> {
        let rows = {
            let connection = self.connection();
            if Meta::load(&connection)?.locked {
                return Err(Error::LockedByOwner);
            }
            SlotRow::of(&connection, Slot::Keyring)?
        };
        let mut failed = Error::NoKeyringSlot;
        for row in rows {
            match self.unlock_with_entry_of(&row) {
                // Another computer's keyring, perhaps: the next slot may be this one's.
                Err(error @ (Error::KeyMissing | Error::WrongKey)) => failed = error,
                opened => {
                    opened?;
                    self.take_note_of_time();
                    return Ok(());
                }
            }
        }
        Err(failed)
    }

    fn unlock_with_entry_of(&self, row: &SlotRow) -> Result<(), Error> {
        let (vault, old) = (*self.id(), Item::VaultKey(*self.id()));
        if row.is_outdated() {
            if !self.admit(row, &Key::Vault(&keyring::read(old)?))? {
                return Err(Error::WrongKey);
            }
            self.watch()?;
            // The vault is open; where the rest does not work, the next unlocking tries it again.
            drop(self.renew_keyring_slot(row));
            return Ok(());
        }
        if !self.admit(row, &Key::Slot(&keyring::read(Item::Slot(vault, row.id))?))? {
            return Err(Error::WrongKey);
        }
        if row.info().is_some_and(|info| info.created_at.is_none()) {
            // It was brought to today's form, and perhaps interrupted before the old entry was gone.
            drop(keyring::delete(old));
        }
        self.watch()
    }

    /// Unlocks by a passphrase, and takes back what [`Vault::lock`] said.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`], [`Error::NoSlot`].
    pub fn unlock_with_passphrase(&self, passphrase: &SecretString) -> Result<(), Error> {
        let passphrase = normalised(passphrase);
        let mut failed = None;
        for row in self.slots_of(Slot::Passphrase)? {
            // The connection is free while Argon2id works.
            let opened = row
                .require_intact(self.id())
                .and_then(|()| Argon2id::load(&row.parameters)?.stretch(&passphrase))
                .and_then(|key| self.admit(&row, &Key::Slot(&key)));
            match opened {
                Ok(false) => {}
                Ok(true) => {
                    self.take_back_lock()?;
                    if row.is_outdated() || row.is_cheap() {
                        // As above: the vault is open whatever becomes of this.
                        drop(self.renew_passphrase_slot(&row, &passphrase));
                    }
                    return Ok(());
                }
                Err(error @ Error::Damaged(_)) => failed = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failed.unwrap_or(Error::WrongPassphrase))
    }

    /// Unlocks by what a security key answered for a slot, and takes back what [`Vault::lock`] said.
    ///
    /// # Errors
    /// [`Error::WrongSecurityKey`], [`Error::NoSuchSlot`].
    pub fn unlock_with_security_key(&self, slot: &SlotId, output: &HmacOutput) -> Result<(), Error> {
        let rows = self.slots_of(Slot::SecurityKey)?;
        let row = rows.into_iter().find(|row| row.id == slot.0).ok_or(Error::NoSuchSlot)?;
        let key = output.key_encryption_key(row.place(self.id()))?;
        if !self.admit(&row, &Key::Slot(&key))? {
            return Err(Error::WrongSecurityKey);
        }
        self.take_back_lock()
    }

    /// Unlocks by a recovery key as a person types it, and takes back what [`Vault::lock`] said.
    ///
    /// # Errors
    /// [`Error::RecoveryKeyText`], [`Error::WrongRecoveryKey`], [`Error::NoSlot`].
    pub fn unlock_with_recovery_key(&self, text: &SecretString) -> Result<(), Error> {
        let recovery = RecoveryKey::parse(text)?;
        for row in self.slots_of(Slot::Recovery)? {
            let key = recovery.key_encryption_key(row.place(self.id()))?;
            if self.admit(&row, &Key::Slot(&key))? {
                return self.take_back_lock();
            }
        }
        Err(Error::WrongRecoveryKey)
    }

    /// Whether this is a passphrase of the vault. Changes nothing, works on a locked vault too.
    ///
    /// # Errors
    /// A damaged slot and what the database says.
    pub fn verify_passphrase(&self, passphrase: &SecretString) -> Result<bool, Error> {
        let passphrase = normalised(passphrase);
        for row in self.slots_of(Slot::Passphrase)? {
            row.require_intact(self.id())?;
            let key = Argon2id::load(&row.parameters)?.stretch(&passphrase)?;
            if row.open(self.id(), &key)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What opened it here; `None` while locked.
    pub fn opened_by(&self) -> Option<SlotInfo> {
        guard(&self.inner.open).as_ref().map(|open| open.by.clone())
    }

    /// Whether the keys may be written to the swap space; `None` while locked: then there are none.
    pub fn memory(&self) -> Option<MemoryStatus> {
        guard(&self.inner.open).as_ref().map(|open| open.page.status())
    }

    /// Keeps the vault key if `key` opens the slot; whether it did.
    pub(crate) fn admit(&self, row: &SlotRow, key: &Key<'_>) -> Result<bool, Error> {
        let mut connection = self.connection();
        // One view of slot and header: a new vault key may come at any moment.
        let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let now = SlotRow::find(&transaction, &row.id)?.ok_or(Error::NoSuchSlot)?;
        if now.parameters != row.parameters {
            return Err(Error::Busy);
        }
        let opened = match key {
            Key::Slot(key) => now.open(self.id(), key)?,
            Key::Vault(key) => Some(Opened { vault_key: (*key).clone(), secret: None }),
        };
        let Some(Opened { vault_key, secret }) = opened else { return Ok(false) };
        let mut header = match (Header::load(&transaction, self.id(), &vault_key), key) {
            (Err(Error::Damaged(_)), Key::Vault(_)) => return Ok(false),
            (header, _) => header?,
        };
        if header.proof.is_none() || header.slot_seed.is_none() {
            drop(transaction);
            transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // No new vault key came in between: an earlier format has none.
            header = Header::load(&transaction, self.id(), &vault_key)?;
            complete(&mut header, &transaction, self.id())?;
            header.store(&transaction, self.id(), &vault_key)?;
        }
        let epoch = Meta::load(&transaction)?.epoch;
        transaction.commit()?;
        let index_key = seal::index_key(&header.index_seed, self.id())?;
        let open = Open {
            page: KeyPage::new(&vault_key, &index_key, secret.as_ref()),
            device: header.proof_mut()?.device,
            by: now.info().ok_or(Error::NoSuchSlot)?,
            epoch,
        };
        // The keyring is asked anew; what is damaged stays so.
        guard(&self.inner.alarm).take_if(|alarm| matches!(alarm, Alarm::OlderCopy { .. }));
        *guard(&self.inner.open) = Some(Arc::new(open));
        Ok(true)
    }

    /// Brings a passphrase slot to today's form and cost.
    fn renew_passphrase_slot(&self, row: &SlotRow, passphrase: &str) -> Result<(), Error> {
        let argon2id = Argon2id::today(row.info().and_then(|info| info.created_at))?;
        let key = argon2id.stretch(passphrase)?;
        self.renew(row, argon2id.parameters()?, key)
    }

    /// Brings a keyring slot to today's form: another entry holds its own key, and the vault key leaves the keyring.
    pub(crate) fn renew_keyring_slot(&self, row: &SlotRow) -> Result<(), Error> {
        let key = Secret::new(random()?);
        keyring::write(Item::Slot(*self.id(), row.id), &key)?;
        self.renew(row, row.parameters.clone(), key)?;
        keyring::delete(Item::VaultKey(*self.id()))
    }

    /// Puts a slot of today in the place of `row`.
    fn renew(&self, row: &SlotRow, parameters: Vec<u8>, key_encryption_key: Secret) -> Result<(), Error> {
        let kind = Slot::from_number(row.kind).ok_or(Error::NoSuchSlot)?;
        let new = NewSlot { id: row.id, kind, label: row.label.clone(), parameters, key_encryption_key };
        let (row, secret) = self.write(|session| {
            let mut header = Header::load(session.transaction, session.vault, &session.open.vault_key)?;
            let (row, secret) = new.make(session.vault, header.slot_seed()?, &session.open.vault_key)?;
            row.store(session.transaction)?;
            header.list(session.vault, &row);
            header.store(session.transaction, session.vault, &session.open.vault_key)?;
            Ok((row, secret))
        })?;
        self.hold(&row, &secret);
        Ok(())
    }

    /// Remembers what a slot wraps now, if that slot opened the vault here.
    pub(crate) fn hold(&self, row: &SlotRow, secret: &seal::slot::SlotSecret) {
        let mut held = guard(&self.inner.open);
        let (Some(open), Some(info)) = (held.as_ref().filter(|open| open.by.id.0 == row.id), row.info())
        else {
            return;
        };
        let page = KeyPage::new(&open.vault_key, &open.index_key, Some(secret));
        *held = Some(Arc::new(Open { page, device: open.device, by: info, epoch: open.epoch }));
    }

    fn slots_of(&self, kind: Slot) -> Result<Vec<SlotRow>, Error> {
        let rows = SlotRow::of(&self.connection(), kind)?;
        if rows.is_empty() { Err(Error::NoSlot(kind.name())) } else { Ok(rows) }
    }

    /// What [`Vault::lock`] said holds no more: its owner is here.
    fn take_back_lock(&self) -> Result<(), Error> {
        self.connection()
            .execute("UPDATE vault SET locked = 0, revision = revision + 1 WHERE locked = 1", [])?;
        self.watch()?;
        self.take_note_of_time();
        Ok(())
    }
}

/// Gives the header of an earlier format what it lacks.
fn complete(
    header: &mut Header,
    transaction: &rusqlite::Transaction<'_>,
    vault: &seal::Id,
) -> Result<(), Error> {
    if header.proof.is_none() {
        let index_key = seal::index_key(&header.index_seed, vault)?;
        let digest = session::digest(transaction, &index_key)?;
        header.proof = Some(Proof { generation: 0, digest, device: random()? });
    }
    if header.slot_seed.is_none() {
        header.slot_seed = Some(Secret::new(random()?));
    }
    Ok(())
}
