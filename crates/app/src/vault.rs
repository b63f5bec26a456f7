//! `vault …` and the window's vault screens: making, opening and locking it.

use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use std::{path::Path, sync::Mutex};

use crate::{
    App, Change,
    app::lock,
    auto_lock::{Listening, LockReason},
    error::{AppError, Code},
    process::{KeyMemory, ProcessProtection},
    slots::{VaultSlot, in_order},
};
use ::vault::{Error, Keyring, Vault};

/// The vault's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// What can be done with it now.
    pub state: VaultState,
    /// What can open it.
    pub slots: Vec<VaultSlot>,
    /// What opened it here.
    pub opened_by: Option<VaultSlot>,
    /// Where it lies.
    pub folder: String,
    /// More about the state, in plain words.
    pub message: Option<String>,
    /// Why it was locked while this program runs; `null` while it is open, and where it was not opened yet.
    pub lock_reason: Option<LockReason>,
    /// Whether somebody tells this program when the screen locks and when the computer goes to sleep; `null` where it
    /// does not wait for that.
    pub listening: Option<Listening>,
    /// Who may read the memory of this program.
    pub process: ProcessProtection,
    /// Where its keys lie; `null` while it is locked: then there are none.
    pub memory: Option<KeyMemory>,
    /// Whether it is known to be the newest copy of itself; `null` while it is locked.
    pub freshness: Option<Freshness>,
}

/// Whether an open vault is known to be the newest copy of itself: the keyring remembers how new it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// What is known.
    pub state: FreshnessState,
    /// Why it could not be checked.
    pub reason: Option<String>,
    /// How many changes an older copy lacks.
    pub missing: u32,
}

/// What is known of a vault's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum FreshnessState {
    /// No keyring holds this vault, so none remembers.
    NotKept,
    /// The keyring could not be asked, or knows nothing yet.
    Unchecked,
    /// It is the newest.
    Newest,
    /// It is an older copy: nothing is written to it until its owner accepts that.
    OlderCopy,
}

impl From<::vault::Freshness> for Freshness {
    fn from(freshness: ::vault::Freshness) -> Self {
        let (state, reason, missing) = match freshness {
            ::vault::Freshness::NotKept => (FreshnessState::NotKept, None, 0),
            ::vault::Freshness::Unchecked(reason) => (FreshnessState::Unchecked, Some(reason), 0),
            ::vault::Freshness::Newest => (FreshnessState::Newest, None, 0),
            ::vault::Freshness::OlderCopy { missing } => (FreshnessState::OlderCopy, None, missing),
        };
        Self { state, reason, missing: u32::try_from(missing).unwrap_or(u32::MAX) }
    }
}

/// What can be done with a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum VaultState {
    /// There is none yet.
    Absent,
    /// It wants its passphrase or the keyring.
    Locked,
    /// It is open in this program.
    Open,
    /// It has a keyring slot and the keyring does not hold its key.
    KeyMissing,
    /// The file is damaged.
    Damaged,
    /// A newer Latchkey wrote it.
    Newer,
}

impl App {
    /// What the vault's state is. Never asks anybody and changes nothing.
    pub fn vault_status(&self) -> VaultStatus {
        let mut status = VaultStatus {
            state: VaultState::Absent,
            slots: Vec::new(),
            opened_by: None,
            folder: self.folder().display().to_string(),
            message: None,
            lock_reason: self.lock_reason(),
            listening: self.listening(),
            process: crate::process::protection(),
            memory: None,
            freshness: None,
        };
        let vault = match self.known_vault() {
            Ok(Some(vault)) => vault,
            Ok(None) => return status,
            Err(error) => {
                status.state = state_of(&error);
                status.message = Some(format!("{} {}", crate::error::sentence(&error), error.hint()));
                return status;
            }
        };
        status.state = if vault.is_open() { VaultState::Open } else { VaultState::Locked };
        if let Some(error) = lock(&self.keyring_trouble).as_ref().filter(|_| !vault.is_open()) {
            status.state = state_of(error);
            status.message = Some(format!("{} {}", crate::error::sentence(error), error.hint()));
        }
        match vault.slots() {
            Ok(slots) => status.slots = in_order(slots),
            Err(error) => {
                status.state = state_of(&error);
                status.message = Some(format!("{} {}", crate::error::sentence(&error), error.hint()));
            }
        }
        status.memory = vault.memory().map(KeyMemory::from);
        status.opened_by = vault.opened_by().map(VaultSlot::from);
        status.freshness = vault.freshness().map(Freshness::from);
        status
    }

    /// Makes the vault: behind a passphrase always, and in the keyring where one answers. Where none does,
    /// the sentence says so.
    ///
    /// # Errors
    /// `usage` for a passphrase that is too short, `busy` where there is a vault already.
    pub fn init_vault(&self, passphrase: &SecretString) -> Result<Option<String>, AppError> {
        let (vault, created) = Vault::create(self.folder(), passphrase, Keyring::Use).map_err(explain)?;
        *lock(&self.vault) = Some(vault);
        self.locking.idle.restart();
        self.changed(Change::Vault);
        Ok(created.keyring_error.map(|error| {
            format!("{} The passphrase alone opens this vault.", crate::error::sentence(&error))
        }))
    }

    /// Opens the vault, by the passphrase where one is given, else by the keyring. Blocks while the
    /// passphrase is stretched or the keyring asks the person.
    ///
    /// # Errors
    /// `not-found` without a vault, `wrong-secret`, `locked`, `key-missing`.
    pub fn unlock(&self, passphrase: Option<&SecretString>) -> Result<(), AppError> {
        let vault = self.known_vault().map_err(explain)?.ok_or_else(no_vault)?;
        let opened = match passphrase {
            Some(passphrase) => vault.unlock_with_passphrase(passphrase),
            None if vault.is_open() => Ok(()),
            None => self.unlock_with_keyring(&vault),
        };
        self.tried_to_unlock(opened)
    }

    /// The keys on a vault that was opened come back.
    pub(crate) fn tried_to_unlock(&self, opened: Result<(), Error>) -> Result<(), AppError> {
        if opened.is_ok() {
            self.locking.idle.restart();
            self.follow_vault();
        }
        self.changed(Change::Vault);
        opened.map_err(explain)
    }

    /// A lost key is remembered for [`App::vault_status`]: it is no ordinary lock.
    fn unlock_with_keyring(&self, vault: &Vault) -> Result<(), Error> {
        let opened = vault.unlock_with_keyring();
        *lock(&self.keyring_trouble) = match &opened {
            Err(Error::KeyMissing) => Some(Error::KeyMissing),
            Err(Error::WrongKey) => Some(Error::WrongKey),
            _ => None,
        };
        opened
    }

    /// Locks the vault for every program, until its passphrase is given. The keys on it have left when this returns.
    ///
    /// # Errors
    /// `not-found` without a vault.
    pub fn lock_vault(&self) -> Result<(), AppError> {
        let locked = self.known_vault().map_err(explain)?.ok_or_else(no_vault)?.lock();
        self.was_locked();
        self.follow_vault();
        self.changed(Change::Vault);
        locked.map_err(explain)
    }

    /// Takes an older copy of the vault for the vault: from now on it is written to again.
    ///
    /// # Errors
    /// `locked`.
    pub fn accept_older_copy(&self) -> Result<(), AppError> {
        self.open_vault()?.accept_older_copy().map_err(explain)?;
        self.changed(Change::Vault);
        Ok(())
    }

    /// Replaces the passphrase; the vault must be open.
    ///
    /// # Errors
    /// `usage` for a passphrase that is too short, `locked`.
    pub fn change_passphrase(&self, new: &SecretString) -> Result<(), AppError> {
        self.open_vault()?.change_passphrase(new).map_err(explain)
    }

    /// The vault, open.
    pub(crate) fn open_vault(&self) -> Result<Vault, AppError> {
        let vault = self.any_vault()?;
        if vault.is_open() { Ok(vault) } else { Err(explain(Error::Locked)) }
    }

    /// The vault, open or not.
    pub(crate) fn any_vault(&self) -> Result<Vault, AppError> {
        self.known_vault().map_err(explain)?.ok_or_else(no_vault)
    }

    /// The vault of the data folder, open or not; `None` where there is none.
    fn known_vault(&self) -> Result<Option<Vault>, Error> {
        known_vault(&self.vault, self.folder())
    }
}

/// The vault of `folder`, opened into `known` where that was not done yet.
pub(crate) fn known_vault(known: &Mutex<Option<Vault>>, folder: &Path) -> Result<Option<Vault>, Error> {
    let mut known = lock(known);
    if known.is_none() && Vault::exists(folder) {
        *known = Some(Vault::open(folder)?);
    }
    Ok(known.clone())
}

fn state_of(error: &Error) -> VaultState {
    match error {
        Error::NewerVersion { .. } => VaultState::Newer,
        Error::KeyMissing | Error::WrongKey => VaultState::KeyMissing,
        Error::Absent(_) => VaultState::Absent,
        _ => VaultState::Damaged,
    }
}

fn no_vault() -> AppError {
    AppError::new(
        Code::NotFound,
        "There is no vault yet.",
        "Make one with `latchkey vault init`, or in the window.",
    )
}

/// The vault's own words, with the code that scripts know.
#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
pub(crate) fn explain(error: Error) -> AppError {
    let code = match &error {
        Error::Absent(_) | Error::NoSuchSlot | Error::NoSlot(_) => Code::NotFound,
        Error::Exists(_) | Error::FileExists(_) | Error::Busy => Code::Busy,
        Error::Locked
        | Error::LockedByOwner
        | Error::NoKeyringSlot
        | Error::KeyringLocked
        | Error::KeyringUnavailable(_) => Code::Locked,
        Error::WrongPassphrase
        | Error::WrongSecurityKey
        | Error::WrongRecoveryKey
        | Error::WrongFilePassphrase
        | Error::WrongIdentity => Code::WrongSecret,
        Error::Cancelled => Code::Refused,
        Error::KeyMissing | Error::WrongKey => Code::KeyMissing,
        Error::PassphraseTooShort { .. }
        | Error::RecoveryKeyText(_)
        | Error::NoIdentity
        | Error::LastSlot
        | Error::Occupied(_)
        | Error::Refused(_) => Code::Usage,
        Error::NotVerified(_) => Code::VerificationFailed,
        _ => Code::Failed,
    };
    AppError::new(code, crate::error::sentence(&error), error.hint())
}
