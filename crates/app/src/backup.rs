//! `vault backup`, `vault restore` and the window's backup: one encrypted file that a vault can be made from again.

use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use std::path::Path;
use vault::{BackedUp, Existing, Keys};

use crate::{
    App, Change,
    error::{AppError, Code},
    export::recipient,
    import::{Opens, Plan, Secrets, opener},
    vault::explain,
};

/// What a backup is written as.
pub struct Backup<'a> {
    /// Where to.
    pub file: &'a Path,
    /// A passphrase of its own that opens it.
    pub passphrase: Option<&'a SecretString>,
    /// Public keys of age whose holders open it, beside those of the vault's recovery keys.
    pub recipients: &'a [String],
    /// Whether a file of this name gives way.
    pub replace: bool,
}

/// What a backup is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading the vault.
    Collecting,
    /// Encrypting.
    Encrypting,
    /// Writing the file to the disk.
    Writing,
    /// Reading it back and comparing it.
    Verifying,
    /// Noting in the vault what is backed up.
    Confirming,
}

/// What a backup did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupDone {
    /// The file.
    pub file: String,
    /// Passkeys in it.
    pub passkeys: u32,
    /// Of how many of them this is the first confirmed copy.
    pub newly_backed_up: u32,
    /// Passkeys that live in one place and are in no backup.
    pub device_bound: u32,
    /// How many recovery keys of the vault open it.
    pub recovery_keys: u32,
    /// Bytes of the file.
    pub size: u32,
}

impl App {
    /// Whether a recovery key of the open vault would open a backup, so that no passphrase is needed.
    ///
    /// # Errors
    /// `locked`.
    pub fn has_recovery_key(&self) -> Result<bool, AppError> {
        Ok(!self.open_vault()?.recovery_recipients().map_err(explain)?.is_empty())
    }

    /// Writes a backup, reads it back, and notes what is backed up.
    ///
    /// # Errors
    /// `locked`; `usage` without anything to open it; `busy` where there is a file of this name; what the disk says.
    /// Then there is no new file and nothing counts as backed up.
    pub fn back_up(
        &self,
        backup: &Backup<'_>,
        progress: &mut dyn FnMut(Phase),
    ) -> Result<BackupDone, AppError> {
        let vault = self.open_vault()?;
        let mut recipients = vault.recovery_recipients().map_err(explain)?;
        let recovery_keys = recipients.len();
        for text in backup.recipients {
            recipients.push(recipient(text)?);
        }
        if backup.passphrase.is_none() && recipients.is_empty() {
            return Err(AppError::new(
                Code::Usage,
                "A backup needs something that opens it.",
                "Give it a passphrase, name a recipient, or add a recovery key to the vault.",
            ));
        }
        let keys = Keys { passphrase: backup.passphrase, recipients: &recipients };
        let existing = if backup.replace { Existing::Replace } else { Existing::Keep };
        let done = vault.backup(backup.file, keys, existing, &mut |phase| progress(phase.into()));
        let BackedUp { passkeys, confirmed, device_bound, size } = done.map_err(explain)?;
        self.changed(Change::Passkeys);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(BackupDone {
            file: backup.file.display().to_string(),
            passkeys: count(passkeys),
            newly_backed_up: count(confirmed.len()),
            device_bound: count(device_bound),
            recovery_keys: count(recovery_keys),
            size: u32::try_from(size).unwrap_or(u32::MAX),
        })
    }

    /// What opens a backup: its passphrase where it has one.
    ///
    /// # Errors
    /// Where the file is not there or is no backup.
    pub fn backup_opens(&self, file: &Path) -> Result<Opens, AppError> {
        let bytes = ::vault::Backup::read(file).map_err(explain)?;
        let by_passphrase = ::vault::Backup::has_passphrase(&bytes).map_err(explain)?;
        Ok(if by_passphrase { Opens::ByPassphrase } else { Opens::ByIdentity })
    }

    /// What would become of the passkeys of a backup, in the open vault or, where there is none yet, in a new one.
    /// Changes nothing; [`App::import`] does it.
    ///
    /// # Errors
    /// `locked`; `wrong-secret` where `secrets` do not open it; what is wrong with the file.
    pub fn plan_restore(&self, file: &Path, secrets: &Secrets) -> Result<Plan, AppError> {
        let bytes = ::vault::Backup::read(file).map_err(explain)?;
        let opens = if secrets.identities.is_some() { Opens::ByIdentity } else { Opens::ByPassphrase };
        let backup = ::vault::Backup::open(&bytes, opener(opens, secrets)?).map_err(explain)?;
        let plan = match self.open_vault() {
            Err(error) if error.code == Code::NotFound => backup.into_plan(),
            vault => vault?.plan_restore(backup).map_err(explain)?,
        };
        Ok(self.wait_for_choices(None, plan))
    }
}

impl From<::vault::Phase> for Phase {
    fn from(phase: ::vault::Phase) -> Self {
        match phase {
            ::vault::Phase::Collecting => Self::Collecting,
            ::vault::Phase::Encrypting => Self::Encrypting,
            ::vault::Phase::Writing => Self::Writing,
            ::vault::Phase::Verifying => Self::Verifying,
            ::vault::Phase::Confirming => Self::Confirming,
        }
    }
}
