//! What a person may choose, in `settings.json` of the data folder.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;
use std::{
    io::{ErrorKind, Write},
    path::Path,
    time::Duration,
};

use crate::error::{AppError, Code};

/// The settings. Members that are not known are kept when saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// What proves that the person at the prompt is the owner.
    pub verification: Verification,
    /// When the vault locks by itself.
    pub auto_lock: AutoLock,
}

/// When the vault locks by itself, and how it opens again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AutoLock {
    /// After so many minutes in which neither a person did anything nor a program asked a key; 0 for never.
    pub idle_minutes: u32,
    /// When the screen locks.
    pub screen: bool,
    /// When the computer goes to sleep.
    pub sleep: bool,
    /// How it opens again.
    pub reopen: Reopen,
}

impl Default for AutoLock {
    /// A quarter of an hour is a coffee: long enough not to be switched off, short enough for a desk that is left.
    fn default() -> Self {
        Self { idle_minutes: 15, screen: true, sleep: true, reopen: Reopen::default() }
    }
}

impl AutoLock {
    /// How long nobody may use the vault; `None` for ever.
    pub(crate) fn idle_limit(&self) -> Option<Duration> {
        (self.idle_minutes > 0).then(|| Duration::from_secs(60 * u64::from(self.idle_minutes)))
    }
}

/// How a vault that locked by itself opens again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Reopen {
    /// By its passphrase alone: it is locked for every program, as if by hand.
    Passphrase,
    /// When the person asks for it: by the keyring or by the passphrase.
    #[default]
    Ask,
    /// By itself when the screen is unlocked, where the keyring opens it; until then as for `ask`.
    Screen,
}

/// What proves that the person at the prompt is the owner (user verification, CTAP 2.3 §6.1.2 step 11).
/// A key that has a PIN asks for that PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// Typing the vault's passphrase in the prompt.
    #[default]
    Passphrase,
    /// That the vault is open: approving is enough.
    VaultOpen,
}

impl Settings {
    /// Reads the settings of `folder`; the defaults where nothing was saved.
    ///
    /// # Errors
    /// `failed` where the file is there and cannot be read or understood.
    pub fn load(folder: &Path) -> Result<Self, AppError> {
        let mut members = Self::default().members();
        for (name, value) in read(folder)? {
            // What a group does not say is the default too.
            if let (Some(Value::Object(group)), Value::Object(said)) = (members.get_mut(&name), &value) {
                group.extend(said.clone());
            } else {
                members.insert(name, value);
            }
        }
        serde_json::from_value(members.into()).map_err(|error| not_understood(folder, &error))
    }

    /// Saves whole or not at all.
    ///
    /// # Errors
    /// `failed` where the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), AppError> {
        let failed = |error: std::io::Error| {
            AppError::new(
                Code::Failed,
                format!("The settings could not be saved in {}: {error}.", folder.display()),
                "Check that the folder can be written and that the disk has space.",
            )
        };
        // What cannot be understood is replaced: the person has just chosen anew.
        let mut kept = read(folder).unwrap_or_default();
        kept.extend(self.members());
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&serde_json::to_vec_pretty(&kept).unwrap_or_default()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(folder.join(FILE)).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

impl Settings {
    fn members(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        }
    }
}

const FILE: &str = "settings.json";

/// The members of the file; none where there is no file.
fn read(folder: &Path) -> Result<Map<String, Value>, AppError> {
    let path = folder.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| not_understood(folder, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Map::new()),
        Err(error) => {
            Err(AppError::plain(Code::Failed, format!("{} cannot be read: {error}.", path.display())))
        }
    }
}

fn not_understood(folder: &Path, error: &serde_json::Error) -> AppError {
    AppError::new(
        Code::Failed,
        format!("The settings in {} cannot be understood: {error}.", folder.join(FILE).display()),
        "Correct the file, or remove it to return to the defaults.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_read_again_and_unknown_members_stay() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::load(folder.path()).unwrap(), Settings::default());
        std::fs::write(folder.path().join(FILE), br#"{"ofTomorrow":7}"#).unwrap();
        let auto_lock = AutoLock { idle_minutes: 3, reopen: Reopen::Screen, ..AutoLock::default() };
        let settings = Settings { verification: Verification::VaultOpen, auto_lock };
        settings.save(folder.path()).unwrap();
        assert_eq!(Settings::load(folder.path()).unwrap(), settings);
        assert!(std::fs::read_to_string(folder.path().join(FILE)).unwrap().contains("ofTomorrow"));
    }

    #[test]
    fn what_a_file_does_not_say_of_locking_is_the_default() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), br#"{"autoLock":{"idleMinutes":0}}"#).unwrap();
        let read = Settings::load(folder.path()).unwrap().auto_lock;
        assert_eq!(read, AutoLock { idle_minutes: 0, ..AutoLock::default() });
        assert_eq!(read.idle_limit(), None);
        assert!(read.screen && read.sleep);
    }

    #[test]
    fn a_broken_file_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), b"{").unwrap();
        assert_eq!(Settings::load(folder.path()).unwrap_err().code, Code::Failed);
        assert_eq!(std::fs::read(folder.path().join(FILE)).unwrap(), b"{");
    }
}
