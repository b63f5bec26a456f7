//! `vault slot …` and the window's ways in: what opens the vault, and changing it.

mod security_key;

use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use std::ops::ControlFlow;

use crate::{
    App, Change,
    error::{AppError, Code},
    passkeys::rfc3339,
    vault::explain,
};
pub use ::vault::Progress;
use ::vault::{Slot, SlotId, SlotInfo};

/// A way to open the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VaultSlot {
    /// Names it: 32 hexadecimal digits.
    pub id: String,
    /// How it opens the vault.
    pub kind: SlotKind,
    /// The owner's name for it; may be empty.
    pub label: String,
    /// RFC 3339, UTC; unknown of slots that an earlier version made.
    pub created_at: Option<String>,
    /// An earlier version made it, and it was not used since: a new vault key cannot reach it.
    pub outdated: bool,
}

/// The kinds of ways to open a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// A passphrase.
    Passphrase,
    /// The operating system's keyring.
    Keyring,
    /// A security key that is touched, by its hmac-secret extension.
    SecurityKey,
    /// A key on paper.
    Recovery,
}

impl From<SlotInfo> for VaultSlot {
    fn from(slot: SlotInfo) -> Self {
        let kind = match slot.kind {
            Slot::Passphrase => SlotKind::Passphrase,
            Slot::Keyring => SlotKind::Keyring,
            Slot::SecurityKey => SlotKind::SecurityKey,
            Slot::Recovery => SlotKind::Recovery,
        };
        Self {
            id: slot.id.to_string(),
            kind,
            label: slot.label,
            created_at: slot.created_at.map(rfc3339),
            outdated: slot.outdated,
        }
    }
}

/// As they are shown: by kind, then the oldest first.
pub(crate) fn in_order(slots: Vec<SlotInfo>) -> Vec<VaultSlot> {
    let mut slots: Vec<_> = slots.into_iter().map(VaultSlot::from).collect();
    slots.sort_by(|one, other| (one.kind, &one.created_at).cmp(&(other.kind, &other.created_at)));
    slots
}

impl App {
    /// What opens the vault; works while it is locked.
    ///
    /// # Errors
    /// `not-found` without a vault.
    pub fn slots(&self) -> Result<Vec<VaultSlot>, AppError> {
        Ok(in_order(self.any_vault()?.slots().map_err(explain)?))
    }

    /// Adds a passphrase to the open vault.
    ///
    /// # Errors
    /// `usage` for a passphrase that is too short, `locked`.
    pub fn add_passphrase_slot(&self, label: &str, passphrase: &SecretString) -> Result<(), AppError> {
        self.change_slots(|vault| vault.add_passphrase_slot(label, passphrase).map(drop))
    }

    /// Gives the open vault to the keyring of this computer.
    ///
    /// # Errors
    /// `locked`, also where no keyring answers.
    pub fn add_keyring_slot(&self) -> Result<(), AppError> {
        self.change_slots(|vault| vault.add_keyring_slot().map(drop))
    }

    /// Makes a recovery key for the open vault, `AGE-SECRET-KEY-1…`. It is shown this once.
    ///
    /// # Errors
    /// `locked`.
    pub fn add_recovery_slot(&self, label: &str) -> Result<SecretString, AppError> {
        self.change_slots(|vault| Ok(vault.add_recovery_slot(label)?.text()))
    }

    /// Removes a way in; the vault gets a new key, so that an old copy of the file and the way that was removed open
    /// nothing that is written later.
    ///
    /// # Errors
    /// `not-found`, `usage` for the last way in, `locked`.
    pub fn remove_slot(&self, id: &str, mut progress: impl FnMut(Progress)) -> Result<(), AppError> {
        let id = slot_id(id)?;
        self.change_slots(|vault| vault.remove_slot(&id, &mut |at| unstoppable(&mut progress, at)))
    }

    /// Names a way in.
    ///
    /// # Errors
    /// `not-found`, `locked`.
    pub fn rename_slot(&self, id: &str, label: &str) -> Result<(), AppError> {
        let id = slot_id(id)?;
        self.change_slots(|vault| vault.rename_slot(&id, label))
    }

    /// Gives the open vault a new key.
    ///
    /// # Errors
    /// `locked`, and `failed` where a way in must be used or removed first.
    pub fn rotate_vault(&self, mut progress: impl FnMut(Progress)) -> Result<(), AppError> {
        self.change_slots(|vault| vault.rotate(&mut |at| unstoppable(&mut progress, at)))
    }

    /// Opens the vault by a recovery key as a person types it.
    ///
    /// # Errors
    /// `wrong-secret`, `usage` for what is no recovery key, `not-found` without a vault.
    pub fn unlock_with_recovery_key(&self, text: &SecretString) -> Result<(), AppError> {
        self.tried_to_unlock(self.any_vault()?.unlock_with_recovery_key(text))
    }

    fn change_slots<T>(
        &self,
        change: impl FnOnce(&::vault::Vault) -> Result<T, ::vault::Error>,
    ) -> Result<T, AppError> {
        let changed = change(&self.open_vault()?).map_err(explain)?;
        self.changed(Change::Vault);
        Ok(changed)
    }
}

impl App {
    /// The way in that is meant by its id, the beginning of its id, or its label.
    ///
    /// # Errors
    /// `not-found`, or `usage` where several are meant.
    pub fn find_slot(&self, text: &str) -> Result<VaultSlot, AppError> {
        let slots = self.slots()?;
        let meant = |slot: &&VaultSlot| slot.label == text || !text.is_empty() && slot.id.starts_with(text);
        match slots.iter().filter(meant).collect::<Vec<_>>().as_slice() {
            [slot] => Ok((*slot).clone()),
            [] => Err(explain(::vault::Error::NoSuchSlot)),
            _ => Err(AppError::new(
                Code::Usage,
                format!("Several ways in are called {text}."),
                "Name one by its id: `latchkey vault slot list` shows them.",
            )),
        }
    }
}

fn slot_id(text: &str) -> Result<SlotId, AppError> {
    text.parse().map_err(explain)
}

fn unstoppable(progress: &mut impl FnMut(Progress), at: Progress) -> ControlFlow<()> {
    progress(at);
    ControlFlow::Continue(())
}
