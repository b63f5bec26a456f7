//! Locking by itself: when nobody uses the vault, when the screen locks, when the computer goes to sleep. The keys on
//! the vault leave with it and come back with it, whoever locked it (docs/decisions/0011-locking-by-itself.md).
//!
//! | Where | What |
//! |---|---|
//! | [`App::auto_lock`] | does it, as the settings say |
//! | `idle` | how long nobody has used the vault |
//! | `session` | what the desktop tells on D-Bus |
//! | [`Listening`] | whether anybody tells anything |

mod idle;
#[cfg(target_os = "linux")]
mod session;
#[cfg(test)]
mod tests;

pub(crate) use idle::Idle;

use serde::Serialize;
use specta::Type;
use std::sync::{Arc, Mutex};

use crate::{
    App, AppError, Change,
    app::lock,
    settings::{AutoLock, Reopen},
};

/// Why the vault was locked while this program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum LockReason {
    /// Somebody locked it, here or in another program.
    Owner,
    /// Nobody used it for as long as the settings say.
    Idle,
    /// The screen was locked.
    Screen,
    /// The computer went to sleep.
    Sleep,
}

impl LockReason {
    /// In plain words, behind "the vault was locked:".
    pub fn text(self) -> &'static str {
        match self {
            Self::Owner => "somebody locked it",
            Self::Idle => "nobody used it for a while",
            Self::Screen => "the screen was locked",
            Self::Sleep => "the computer goes to sleep",
        }
    }
}

/// Whether somebody tells this program when the screen locks and when the computer goes to sleep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Listening {
    /// The session manager (logind) does: locked sessions and sleep.
    pub sessions: bool,
    /// Sleep waits for the vault to be locked.
    pub holds_sleep: bool,
    /// The desktop's screen saver may.
    pub screen_saver: bool,
    /// What does not, and why.
    pub trouble: Vec<String>,
}

/// What a program knows of its vault's locking.
#[derive(Default)]
pub(crate) struct Locking {
    pub(crate) idle: Idle,
    reason: Mutex<Option<LockReason>>,
    /// Whether the file says that only the passphrase opens it.
    by_owner: Mutex<bool>,
    listening: Mutex<Option<Listening>>,
    opener: Mutex<Option<Opener>>,
}

/// Opens the vault again without asking anybody.
pub type Opener = Arc<dyn Fn(&App) -> Result<(), AppError> + Send + Sync>;

impl App {
    /// Locks the vault when the settings say so, until dropped; within a runtime. Without anybody who tells of screen
    /// and sleep it goes on looking for them.
    pub async fn auto_lock(self: &Arc<Self>) {
        #[cfg(target_os = "linux")]
        tokio::join!(self.lock_when_idle(), session::follow(self));
        #[cfg(not(target_os = "linux"))]
        self.lock_when_idle().await;
    }

    /// The person does something at this program.
    pub fn used(&self) {
        if !self.locking.idle.touch() {
            self.lock_by_itself(LockReason::Idle);
        }
    }

    /// Why it was locked while this program runs; `None` while it is open, and where it was not opened yet.
    pub fn lock_reason(&self) -> Option<LockReason> {
        *lock(&self.locking.reason)
    }

    /// Whether somebody tells of screen and sleep; `None` where [`App::auto_lock`] does not run.
    pub fn listening(&self) -> Option<Listening> {
        lock(&self.locking.listening).clone()
    }

    /// How [`App::reopen`] opens the vault, where that is not by the keyring.
    pub fn reopen_with(&self, opener: Opener) {
        *lock(&self.locking.opener) = Some(opener);
    }

    /// Opens the vault again as it was opened at the start: without asking for a passphrase.
    ///
    /// # Errors
    /// As for [`App::unlock`].
    pub fn reopen(&self) -> Result<(), AppError> {
        let opener = lock(&self.locking.opener).clone();
        opener.map_or_else(|| self.unlock(None), |open| open(self))
    }

    /// How the vault locks by itself. Settings that cannot be read must not keep it open.
    pub(crate) fn auto_lock_choice(&self) -> AutoLock {
        self.settings().unwrap_or_default().auto_lock
    }

    /// Keys leave a vault that is locked, and come back to one that is open.
    pub(crate) fn follow_vault(&self) {
        let open = lock(&self.vault).as_ref().is_some_and(::vault::Vault::is_open);
        let reason = {
            let mut reason = lock(&self.locking.reason);
            if open {
                *reason = None;
            }
            reason.unwrap_or(LockReason::Owner)
        };
        let places: Vec<_> = {
            let mut places = lock(&self.on_vault);
            places.retain(|place| place.strong_count() > 0);
            places.iter().filter_map(std::sync::Weak::upgrade).collect()
        };
        let mut moved = false;
        for place in places {
            moved |= if open { place.come_back() } else { place.leave(reason) };
        }
        if moved {
            self.changed(Change::Keys);
        }
    }

    /// Somebody locked it, unless the reason is known.
    pub(crate) fn was_locked(&self) {
        // It holds private keys.
        self.cancel_import();
        lock(&self.locking.reason).get_or_insert(LockReason::Owner);
    }

    /// Somebody who gives the passphrase in another program opens the vault here too, where it was open before.
    pub(crate) async fn follow_owner(self: &Arc<Self>) {
        let by_owner = self.locked_by_owner();
        let before = std::mem::replace(&mut *lock(&self.locking.by_owner), by_owner);
        if before && !by_owner && self.lock_reason().is_some() {
            let app = Arc::clone(self);
            // Where that does not work, the vault stays locked here, which its status says.
            let _ = tokio::task::spawn_blocking(move || app.reopen()).await;
        }
    }

    /// Hears what passes through a key on the vault: a program that asks it for something is a use. getInfo is none,
    /// because programs send it to every key they see.
    pub(crate) fn observe_use(&self, then: Option<virtual_key::Observer>) -> virtual_key::Observer {
        let (locking, vault) = (Arc::clone(&self.locking), lock(&self.vault).clone());
        Arc::new(move |event| {
            let used = match event {
                virtual_key::Event::Request { command, .. } => command != Some(ctap::Command::GetInfo),
                virtual_key::Event::U2fRequest { .. } => true,
                _ => false,
            };
            // Too late: the key is wiped before the request is looked at. This is the key's own thread, so it cannot
            // leave here; that is for `lock_when_idle`.
            if used
                && !locking.idle.touch()
                && let Some(vault) = &vault
            {
                lock(&locking.reason).get_or_insert(LockReason::Idle);
                vault.close();
            }
            if let Some(then) = &then {
                then(event);
            }
        })
    }

    async fn lock_when_idle(self: &Arc<Self>) {
        loop {
            self.locking.idle.over(|| self.auto_lock_choice().idle_limit()).await;
            self.lock_now(LockReason::Idle).await;
            self.locking.idle.restart();
        }
    }

    /// Beside the runtime: closing a device takes a moment.
    async fn lock_now(self: &Arc<Self>, reason: LockReason) {
        let app = Arc::clone(self);
        // Nothing in there panics; if it did, the vault would be closed first.
        let _ = tokio::task::spawn_blocking(move || app.lock_by_itself(reason)).await;
    }

    /// Wipes the key, then lets the keys leave. When this returns, both are done.
    pub(crate) fn lock_by_itself(&self, reason: LockReason) {
        let vault = lock(&self.vault).clone();
        // An idle vault may have been closed by the use that came too late.
        let Some(vault) =
            vault.filter(|vault| vault.is_open() || reason == LockReason::Idle && self.has_keys_here())
        else {
            return;
        };
        lock(&self.locking.reason).get_or_insert(reason);
        if self.auto_lock_choice().reopen == Reopen::Passphrase {
            // The key is gone from here also where the file cannot say so to the other programs.
            let _ = vault.lock();
        } else {
            vault.close();
        }
        self.cancel_import();
        self.follow_vault();
        self.changed(Change::Vault);
    }

    /// The screen was unlocked: a vault that locked by itself opens again where the person chose so.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nobody tells of the screen"))]
    async fn screen_unlocked(self: &Arc<Self>) {
        let by_itself = self.lock_reason().is_some_and(|reason| reason != LockReason::Owner);
        if by_itself && self.auto_lock_choice().reopen == Reopen::Screen && !self.locked_by_owner() {
            let app = Arc::clone(self);
            // Where that does not work, the vault stays locked, which its status says.
            let _ = tokio::task::spawn_blocking(move || app.reopen()).await;
        }
    }

    fn locked_by_owner(&self) -> bool {
        lock(&self.vault).as_ref().is_some_and(::vault::Vault::is_locked_by_owner)
    }

    fn has_keys_here(&self) -> bool {
        lock(&self.on_vault).iter().filter_map(std::sync::Weak::upgrade).any(|place| place.is_here())
    }
}
