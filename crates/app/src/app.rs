use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{Notify, broadcast};

use crate::{
    auto_lock::Locking,
    error::{AppError, Code},
    import::Pending,
    keys::{Place, RunningKey},
    metadata::Loaded,
    prompts::Prompts,
    settings::Settings,
};

/// One program's view of the data folder: its vault, its running keys and lab, its prompts.
pub struct App {
    folder: PathBuf,
    /// The questions that keys ask.
    pub prompts: Prompts,
    pub(crate) vault: Arc<Mutex<Option<::vault::Vault>>>,
    /// Told when a request to a security key is taken back.
    pub(crate) key_cancelled: Notify,
    /// Why the keyring could not open the vault, where a person has to know.
    pub(crate) keyring_trouble: Mutex<Option<::vault::Error>>,
    pub(crate) keys: Mutex<HashMap<String, RunningKey>>,
    /// Every key on the vault, also those that the face keeps itself.
    pub(crate) on_vault: Mutex<Vec<Weak<Place>>>,
    pub(crate) locking: Arc<Locking>,
    pub(crate) lab: Mutex<Option<::lab::Running>>,
    /// The import that waits for its person.
    pub(crate) import: Mutex<Option<Pending>>,
    /// The files about models as they were read last.
    pub(crate) metadata: Mutex<Option<Arc<Loaded>>>,
    changes: broadcast::Sender<Change>,
}

/// What changed; whoever shows it asks for it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The vault was made, opened or locked.
    Vault,
    /// A passkey came, went, or was used, here or in another program.
    Passkeys,
    /// A virtual key was started or stopped.
    Keys,
    /// The lab was started or stopped.
    Lab,
}

/// How often [`App::watch`] looks.
const WATCH_EVERY: Duration = Duration::from_millis(500);

impl App {
    /// A view of `folder`, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            prompts: Prompts::default(),
            vault: Arc::default(),
            key_cancelled: Notify::new(),
            keyring_trouble: Mutex::default(),
            keys: Mutex::default(),
            on_vault: Mutex::default(),
            locking: Arc::default(),
            lab: Mutex::default(),
            import: Mutex::default(),
            metadata: Mutex::default(),
            changes: broadcast::Sender::new(64),
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Tells of what changes by itself, until dropped: what other programs do to the vault, and keys that stop. Keys on
    /// a vault that another program locks leave, and come back when it is unlocked there.
    pub async fn watch(self: &Arc<Self>) {
        let mut seen = (None, false, Vec::new());
        loop {
            let vault = lock(&self.vault).clone();
            let (revision, open) =
                vault.map_or((None, false), |vault| (vault.revision().ok(), vault.is_open()));
            if seen.1 && !open {
                self.was_locked();
            }
            if !open && revision != seen.0 {
                self.follow_owner().await;
            }
            self.follow_vault();
            let now = (revision, open, self.key_statuses());
            if now.1 != seen.1 {
                self.changed(Change::Vault);
            }
            if (now.0, now.1) != (seen.0, seen.1) {
                self.changed(Change::Passkeys);
            }
            if now.2 != seen.2 {
                self.changed(Change::Keys);
            }
            seen = now;
            tokio::time::sleep(WATCH_EVERY).await;
        }
    }

    /// The settings.
    ///
    /// # Errors
    /// Where the file is there and cannot be understood.
    pub fn settings(&self) -> Result<Settings, AppError> {
        Settings::load(&self.folder)
    }

    /// Saves the settings.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), AppError> {
        settings.save(&self.folder)
    }

    pub(crate) fn changes(&self) -> broadcast::Sender<Change> {
        self.changes.clone()
    }

    pub(crate) fn changed(&self, change: Change) {
        // Nobody listening is fine: the command line shows what it did itself.
        let _ = self.changes.send(change);
    }
}

/// The folder of `LATCHKEY_DATA_DIR`, else `latchkey` in the platform's folder for user data.
///
/// # Errors
/// `failed` where neither is known.
pub fn default_folder() -> Result<PathBuf, AppError> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("LATCHKEY_DATA_DIR")
        .or_else(|| user_data_folder(set).map(|folder| folder.join("latchkey")))
        .ok_or_else(|| {
            AppError::new(
                Code::Failed,
                "There is no folder to keep the vault in: neither HOME nor a data folder is set.",
                "Name one with --data-dir or LATCHKEY_DATA_DIR.",
            )
        })
}

#[cfg(target_os = "macos")]
fn user_data_folder(set: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    set("HOME").map(|home| home.join("Library/Application Support"))
}

#[cfg(windows)]
fn user_data_folder(set: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    set("APPDATA")
}

#[cfg(not(any(target_os = "macos", windows)))]
fn user_data_folder(set: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))
}

/// A poisoned lock guards nothing that a panic could have left half-done here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
