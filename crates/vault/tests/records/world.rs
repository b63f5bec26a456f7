//! A vault in a folder of its own, at a time that the test says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use authenticator::{
    Credential, PrivateKey, Profile,
    platform::{Clock, Store},
};
use ctap::{
    cose,
    entity::{RelyingParty, User},
    extension::CredProtect,
};
use secrecy::SecretString;
use vault::{Actor, Happened, Keyring, Vault, VaultStore};

pub(crate) const DAY: u64 = 24 * 60 * 60;
/// 2026-01-01T00:00:00Z
pub(crate) const START: u64 = 1_767_225_600;

pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<SetClock>,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (vault, _) = Vault::create(folder.path(), &passphrase(), Keyring::Skip).unwrap();
        let clock = Arc::new(SetClock(AtomicU64::new(START)));
        vault.set_clock(clock.clone());
        Self { folder, vault, clock }
    }

    /// The same vault as another program sees it.
    pub(crate) fn other(&self) -> Vault {
        let vault = Vault::open(self.folder.path()).unwrap();
        vault.set_clock(self.clock.clone());
        vault.unlock_with_passphrase(&passphrase()).unwrap();
        vault
    }

    pub(crate) fn unlock(&self) {
        self.vault.unlock_with_passphrase(&passphrase()).unwrap();
    }

    /// Uses the vault once a day.
    pub(crate) fn live(&self, days: u64) {
        for _ in 0..days {
            self.clock.advance(DAY);
            self.use_vault();
        }
    }

    /// Writes something that concerns no passkey.
    pub(crate) fn use_vault(&self) {
        self.bound().update_state(&mut |state| state.pin_retries ^= 1).unwrap();
    }

    pub(crate) fn bound(&self) -> VaultStore {
        self.vault.store(&Profile::device_bound())
    }

    pub(crate) fn synced(&self) -> VaultStore {
        self.vault.store(&Profile::synced())
    }

    /// What happened to a passkey, oldest first.
    pub(crate) fn history(&self, id: &[u8]) -> Vec<(Happened, Actor)> {
        self.vault.history(id).unwrap().into_iter().rev().map(|event| (event.what, event.by)).collect()
    }
}

/// A clock that leaps wherever it is told to.
pub(crate) struct SetClock(AtomicU64);

impl SetClock {
    pub(crate) fn set(&self, unix_seconds: u64) {
        self.0.store(unix_seconds, Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn uptime(&self) -> Duration {
        Duration::ZERO
    }

    fn unix_seconds(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn passphrase() -> SecretString {
    "correct horse battery".into()
}

/// A passkey of a device-bound key; those of one account differ by their number alone.
pub(crate) fn passkey(number: u8, account: &str) -> Credential {
    Credential {
        id: vec![number; 32],
        rp: RelyingParty { id: "shop.example".into(), name: Some("The Shop".into()) },
        user: User { id: account.into(), name: Some(account.into()), display_name: None },
        key: PrivateKey::from_bytes(cose::ES256, &[7; 32]).unwrap(),
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_random: None,
        cred_blob: None,
        large_blob_key: None,
        large_blob: None,
        third_party_payment: false,
        backup_eligible: false,
        backup_state: false,
        sign_count: 0,
        created_at: START,
        last_used_at: None,
    }
}

pub(crate) fn copyable(number: u8, account: &str) -> Credential {
    Credential { backup_eligible: true, ..passkey(number, account) }
}

pub(crate) fn of_key(name: &str) -> Actor {
    Actor::Key(name.to_owned())
}
