//! Changing the ways to open a vault.

use std::ops::ControlFlow;

use secrecy::SecretString;

use crate::{
    error::Error,
    header::Header,
    keyring::{self, Item},
    random::random,
    rotation::Progress,
    seal::{Id, Place},
    secret::Secret,
    session::Session,
    slot::{
        Argon2id, Dated, HmacOutput, NewSlot, Recovery, RecoveryKey, SecurityKeySlot, Slot, SlotId, SlotInfo,
        SlotRow, normalised, require_length,
    },
    vault::Vault,
};

/// The most code points of a label.
const LABEL: usize = 64;

fn order(slot: &SlotInfo) -> (u8, Option<u64>, &str, &SlotId) {
    (slot.kind.number(), slot.created_at, &slot.label, &slot.id)
}

impl Vault {
    /// What can open it, the passphrases first and in each kind the oldest first, those of one second by their names.
    /// Works while locked.
    ///
    /// # Errors
    /// What the database says.
    pub fn slots(&self) -> Result<Vec<SlotInfo>, Error> {
        let mut slots: Vec<_> = SlotRow::all(&self.connection())?.iter().filter_map(SlotRow::info).collect();
        slots.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(slots)
    }

    /// Adds a passphrase to an open vault.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::PassphraseTooShort`], [`Error::Refused`] for a long label.
    pub fn add_passphrase_slot(&self, label: &str, passphrase: &SecretString) -> Result<SlotId, Error> {
        self.read(|_| Ok(()))?;
        self.add(passphrase_slot(label, passphrase, self.live().now())?)
    }

    /// Gives an open vault to the OS keyring, also where the entry got lost: the slot of this computer's keyring is
    /// replaced.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::KeyringLocked`], [`Error::KeyringUnavailable`].
    pub fn add_keyring_slot(&self) -> Result<SlotId, Error> {
        self.read(|_| Ok(()))?;
        let new = keyring_slot(self.id(), self.live().now())?;
        let added = self.write(|session| {
            for row in SlotRow::of(session.transaction, Slot::Keyring)? {
                if row.is_outdated() || row.label == new.label {
                    remove(session, &row)?;
                }
            }
            add(session, new)
        })?;
        self.watch()?;
        Ok(added)
    }

    /// Adds a security key to an open vault; `output` is what it answered for this slot's salt.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Refused`] for a long label.
    pub fn add_security_key_slot(
        &self,
        label: &str,
        slot: &SecurityKeySlot,
        output: &HmacOutput,
    ) -> Result<SlotId, Error> {
        let (id, kind) = (random()?, Slot::SecurityKey);
        let key = output.key_encryption_key(Place { vault: self.id(), record: &id, kind: kind.number() })?;
        let (label, parameters) = (checked(label)?, slot.parameters(Some(self.live().now()))?);
        self.add(NewSlot { id, kind, label, parameters, key_encryption_key: key })
    }

    /// Adds a fresh recovery key to an open vault. It is shown once: the vault keeps only its recipient.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Refused`] for a long label.
    pub fn add_recovery_slot(&self, label: &str) -> Result<RecoveryKey, Error> {
        let (id, kind) = (random()?, Slot::Recovery);
        let recovery = RecoveryKey::generate();
        let key =
            recovery.key_encryption_key(Place { vault: self.id(), record: &id, kind: kind.number() })?;
        let parameters =
            Recovery { recipient: recovery.recipient(), created_at: Some(self.live().now()) }.parameters()?;
        self.add(NewSlot { id, kind, label: checked(label)?, parameters, key_encryption_key: key })?;
        Ok(recovery)
    }

    /// Names a slot of an open vault.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::NoSuchSlot`], [`Error::Refused`] for a long label.
    pub fn rename_slot(&self, slot: &SlotId, label: &str) -> Result<(), Error> {
        let label = checked(label)?;
        self.write(|session| {
            let mut row = SlotRow::find(session.transaction, &slot.0)?.ok_or(Error::NoSuchSlot)?;
            let mut header = load(session)?;
            let trusted = header.lists(session.vault, &row);
            row.label = label;
            row.store(session.transaction)?;
            // A slot that the list does not know gets into it by no renaming.
            if trusted {
                header.list(session.vault, &row);
            }
            header.store(session.transaction, session.vault, &session.open.vault_key)
        })
    }

    /// Replaces a passphrase of an open vault: the one that opened it, else the first. The vault gets a new key, so
    /// that the old passphrase with an old copy of the file opens nothing written later.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::PassphraseTooShort`], [`Error::NoSlot`] and those of [`Vault::rotate`].
    pub fn change_passphrase(&self, new: &SecretString) -> Result<(), Error> {
        let row = self.read(|session| {
            let mut rows = SlotRow::of(session.transaction, Slot::Passphrase)?;
            let at = rows.iter().position(|row| row.id == session.open.by.id.0).unwrap_or_default();
            if rows.is_empty() {
                Err(Error::NoSlot(Slot::Passphrase.name()))
            } else {
                Ok(rows.swap_remove(at))
            }
        })?;
        self.renew_keyring_slots(None)?;
        let new = NewSlot { id: row.id, ..passphrase_slot(&row.label, new, self.live().now())? };
        let (row, secret) = self.rekey(&mut |_| ControlFlow::Continue(()), |session, header| {
            let (row, secret) = new.make(session.vault, header.slot_seed()?, &session.open.vault_key)?;
            row.store(session.transaction)?;
            header.list(session.vault, &row);
            Ok((row, secret))
        })?;
        self.hold(&row, &secret);
        Ok(())
    }

    /// Removes a slot of an open vault, and the keyring's entry where it has one; the vault gets a new key, so that
    /// the removed slot with an old copy of the file opens nothing written later.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::NoSuchSlot`], [`Error::LastSlot`] and those of [`Vault::rotate`]; where the keyring
    /// is locked, its entry and the slot stay.
    pub fn remove_slot(
        &self,
        slot: &SlotId,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let row = self.read(|session| removable(session, slot))?;
        if row.kind == Slot::Keyring.number() {
            let item =
                if row.is_outdated() { Item::VaultKey(*self.id()) } else { Item::Slot(*self.id(), row.id) };
            match keyring::delete(item) {
                // An entry that stays, because there is no keyring any more, opens nothing but old copies.
                Ok(()) | Err(Error::KeyMissing | Error::KeyringUnavailable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.renew_keyring_slots(Some(slot))?;
        self.rekey(progress, |session, header| {
            let row = removable(session, slot)?;
            header.unlist(&row);
            row.delete(session.transaction)
        })?;
        if !self.slots()?.iter().any(|slot| slot.kind == Slot::Keyring) {
            self.watch()?;
            // What it remembers is of no use any more, and no harm.
            drop(keyring::delete(Item::Generation(*self.id())));
        }
        Ok(())
    }

    /// Takes an open vault out of the OS keyring: every slot of this kind.
    ///
    /// # Errors
    /// As [`Vault::remove_slot`].
    pub fn remove_keyring_slot(&self) -> Result<(), Error> {
        self.read(|_| Ok(()))?;
        for slot in self.slots()?.iter().filter(|slot| slot.kind == Slot::Keyring) {
            self.remove_slot(&slot.id, &mut |_| ControlFlow::Continue(()))?;
        }
        Ok(())
    }

    fn add(&self, new: NewSlot) -> Result<SlotId, Error> {
        self.write(|session| add(session, new))
    }
}

/// A passphrase slot at today's cost.
pub(crate) fn passphrase_slot(label: &str, passphrase: &SecretString, now: u64) -> Result<NewSlot, Error> {
    let passphrase = normalised(passphrase);
    require_length(&passphrase)?;
    let argon2id = Argon2id::today(Some(now))?;
    Ok(NewSlot {
        id: random()?,
        kind: Slot::Passphrase,
        label: checked(label)?,
        parameters: argon2id.parameters()?,
        key_encryption_key: argon2id.stretch(&passphrase)?,
    })
}

/// A slot whose key the keyring holds already.
// The keyring first: a crash in between leaves an entry without a slot, not a slot without its entry.
pub(crate) fn keyring_slot(vault: &Id, now: u64) -> Result<NewSlot, Error> {
    let (id, key_encryption_key) = (random()?, Secret::new(random()?));
    keyring::write(Item::Slot(*vault, id), &key_encryption_key)?;
    Ok(NewSlot {
        id,
        kind: Slot::Keyring,
        label: keyring::name(),
        parameters: Dated { created_at: Some(now) }.parameters()?,
        key_encryption_key,
    })
}

fn add(session: &Session<'_>, new: NewSlot) -> Result<SlotId, Error> {
    let mut header = load(session)?;
    let (row, _) = new.make(session.vault, header.slot_seed()?, &session.open.vault_key)?;
    row.store(session.transaction)?;
    header.list(session.vault, &row);
    header.store(session.transaction, session.vault, &session.open.vault_key)?;
    Ok(SlotId(row.id))
}

/// Without a new vault key: for a slot that another of the same kind takes the place of.
fn remove(session: &Session<'_>, row: &SlotRow) -> Result<(), Error> {
    let mut header = load(session)?;
    header.unlist(row);
    header.store(session.transaction, session.vault, &session.open.vault_key)?;
    row.delete(session.transaction)
}

/// The slot, unless the vault could not be opened without it.
fn removable(session: &Session<'_>, slot: &SlotId) -> Result<SlotRow, Error> {
    let row = SlotRow::find(session.transaction, &slot.0)?.ok_or(Error::NoSuchSlot)?;
    let header = load(session)?;
    // The keyring does not open a vault that its owner locked, so it does not count.
    let opens = |row: &SlotRow| {
        row.info().is_some_and(|info| info.kind != Slot::Keyring)
            && (row.is_outdated() || header.lists(session.vault, row))
    };
    let others = SlotRow::all(session.transaction)?.iter().any(|other| other.id != row.id && opens(other));
    if others { Ok(row) } else { Err(Error::LastSlot) }
}

fn load(session: &Session<'_>) -> Result<Header, Error> {
    Header::load(session.transaction, session.vault, &session.open.vault_key)
}

fn checked(label: &str) -> Result<String, Error> {
    let label = label.trim();
    if label.chars().count() > LABEL {
        return Err(Error::Refused("the label of a slot has at most 64 characters"));
    }
    Ok(label.to_owned())
}
