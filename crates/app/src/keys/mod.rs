//! `emulate` and the Virtual key room: starting and stopping virtual keys, and what they tell.

mod approval;
mod control;
mod event;
mod observed_store;
mod owner;
mod running;
mod touched;
mod u2f;

pub use authenticator::fault::Faults;
pub use control::{ControlSocket, faults};
pub use event::Event;
pub(crate) use running::Place;
pub use running::RunningKey;

use authenticator::{
    Kind, MemoryStore, Profile,
    platform::{Clock, Platform, Rng, Store, User},
    profile::CounterPolicy,
};
use serde::Serialize;
use specta::Type;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use crate::{
    App, Change,
    app::lock,
    error::{AppError, Code},
    passkeys::{PasskeyKind, uuid},
    platform::{SeededClock, SeededRng, SystemClock, SystemRng},
    profiles,
    trace::{Recording, TraceOptions},
};
pub(crate) use approval::Fixed;
use observed_store::ObservedStore;
use owner::Owner;
pub(crate) use touched::Touched;
use virtual_key::{Config, Link, VirtualKey};

/// What a key shall be.
#[derive(Clone, Debug)]
pub struct KeyConfig {
    /// What it claims to be ([`crate::profiles::load`]).
    pub profile: Profile,
    /// How programs reach it; several are one key.
    pub links: Vec<KeyLink>,
    /// Where its passkeys live.
    pub store: KeyStore,
    /// Who answers its questions.
    pub approval: Approval,
    /// Where what passes through it is recorded.
    pub trace: Option<TraceOptions>,
    /// How it misbehaves; more can be switched on while it runs.
    pub faults: Faults,
}

/// How programs reach a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyLink {
    /// As a USB security key.
    Uhid,
    /// Raw 64-byte reports.
    Udp(SocketAddr),
    /// Length-prefixed reports.
    Tcp(SocketAddr),
    /// Length-prefixed reports.
    Unix(PathBuf),
    /// As a card in the virtual reader that pcscd's driver vpcd serves here.
    Nfc(SocketAddr),
}

/// Where a key's passkeys live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStore {
    /// In the vault.
    Vault,
    /// In memory until it stops; with a seed everything it makes is repeatable.
    Memory {
        /// Of the key's randomness.
        seed: Option<[u8; 32]>,
    },
}

/// Who answers a key's questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// The person, through [`crate::prompts`].
    Ask,
    /// Yes and verified, without asking: for tests.
    Always,
    /// No, without asking.
    Never,
    /// A finger on the key: [`RunningKey::touch`], for tests. It counts as verified, at a key with a sensor where it is
    /// enrolled. At a key that is a card alone, the way into the reader's field is a touch too (CTAP 2.3 §5, evidence
    /// of user interaction).
    Touch,
}

/// A key as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyStatus {
    /// The name of what it claims to be.
    pub profile: String,
    /// One plain sentence for people who choose.
    pub description: String,
    /// What its passkeys are.
    pub kind: PasskeyKind,
    /// Whether programs reach it now.
    pub running: bool,
    /// Whether it left because the vault was locked, and comes back when that is open again.
    pub away: bool,
    /// Where.
    pub addresses: Vec<String>,
    /// Why it stopped, where it did so by itself.
    pub error: Option<AppError>,
}

/// Hears what a key tells.
pub type Listener = Arc<dyn Fn(Event) + Send + Sync>;

impl App {
    /// Starts a key. The vault must be open where its passkeys live there.
    ///
    /// # Errors
    /// `usage` where the vault's passkeys of this AAGUID are of the other kind, `locked`, `device-gone` and `no-permission` for /dev/uhid, `busy`
    /// for an address in use.
    pub fn start_key(&self, config: &KeyConfig, listener: Option<Listener>) -> Result<RunningKey, AppError> {
        let profile = config.profile.clone();
        let store: Arc<dyn Store> = match config.store {
            KeyStore::Vault => {
                let vault = self.open_vault()?;
                require_kind(&vault, &profile)?;
                require_truth(&profile)?;
                Arc::new(vault.store(&profile))
            }
            KeyStore::Memory { .. } => {
                Arc::new(MemoryStore::with_capacity(profile.limits.discoverable_credentials))
            }
        };
        let mut touched = None;
        let user: Arc<dyn User> = match config.approval {
            Approval::Ask => {
                let owner = self.owner(config.store, &store, &profile);
                Arc::new(self.prompts.asker(&profile.name, owner))
            }
            Approval::Always => Arc::new(Fixed::approving(&profile)),
            Approval::Never => Arc::new(Fixed::declining()),
            Approval::Touch => touched.insert(Arc::new(Touched::new(&profile))).clone(),
        };
        let trace = config.trace.as_ref();
        let recording = trace.map(|options| Recording::start(options, &profile, config)).transpose()?;
        let store: Arc<dyn Store> = match &listener {
            Some(listener) => Arc::new(ObservedStore::new(store, &profile, Arc::clone(listener))),
            None => store,
        };
        let is_card = config.links.iter().all(|link| matches!(link, KeyLink::Nfc(_)));
        let card = touched.clone().filter(|_| is_card);
        let told = observer(profile.name.clone(), listener, recording.as_ref(), card);
        let observer = if config.store == KeyStore::Vault { Some(self.observe_use(told)) } else { told };
        let (name, tap) = (profile.name.clone(), recording.as_ref().map(Recording::tap));
        let (kind, faults) = (config.store, config.faults.clone());
        let start = move |links| {
            let (clock, rng) = powered_now(kind);
            let platform = Platform { user: Arc::clone(&user), store: Arc::clone(&store), clock, rng };
            VirtualKey::start(Config {
                serial: profile.name.clone(),
                profile: profile.clone(),
                platform,
                links,
                tap: tap.clone(),
                observer: observer.clone(),
                allow_remote: false,
                faults: faults.clone(),
            })
            .map_err(|error| explain(&error))
        };
        let links = config.links.iter().map(link).collect();
        let place = Place::start(name, links, Box::new(start))?;
        if config.store == KeyStore::Vault {
            lock(&self.on_vault).push(Arc::downgrade(&place));
        }
        Ok(RunningKey { place, recording, faults: config.faults.clone(), touched })
    }

    /// Starts the key of the shipped `profile` as a USB device on the vault, for the window.
    ///
    /// # Errors
    /// As for [`profiles::load`] and [`App::start_key`].
    pub fn start_window_key(&self, profile: &str) -> Result<(), AppError> {
        let runs = lock(&self.keys).get(profile).is_some_and(|key| key.failure().is_none());
        if !runs {
            // A key that stopped by itself gives up its place, and its device, before another takes it.
            self.stop_window_key(profile);
            let config = KeyConfig {
                profile: profiles::load(profile)?,
                links: vec![KeyLink::Uhid],
                store: KeyStore::Vault,
                approval: Approval::Ask,
                trace: None,
                faults: Faults::default(),
            };
            let key = self.start_key(&config, None)?;
            lock(&self.keys).insert(profile.to_owned(), key);
            self.changed(Change::Keys);
        }
        Ok(())
    }

    /// Stops it; nothing where it does not run.
    pub fn stop_window_key(&self, profile: &str) {
        let key = lock(&self.keys).remove(profile);
        if key.is_some() {
            drop(key);
            self.changed(Change::Keys);
        }
    }

    /// The shipped keys and whether they run.
    pub fn key_statuses(&self) -> Vec<KeyStatus> {
        let keys = lock(&self.keys);
        let status = |profile: &Profile| {
            let key = keys.get(&profile.name);
            let error = key.and_then(RunningKey::failure);
            let away = key.is_some_and(|key| key.away().is_some());
            KeyStatus {
                running: key.is_some() && error.is_none() && !away,
                away,
                addresses: key.map(RunningKey::addresses).unwrap_or_default(),
                error,
                kind: profile.kind.into(),
                profile: profile.name.clone(),
                description: profile.description.clone(),
            }
        };
        Profile::shipped().map(status).collect()
    }

    fn owner(&self, kind: KeyStore, store: &Arc<dyn Store>, profile: &Profile) -> Arc<Owner> {
        let vault = lock(&self.vault).clone().filter(|_| kind == KeyStore::Vault);
        Arc::new(Owner::new(Arc::clone(store), vault, self.folder().to_owned(), profile))
    }
}

/// A key's clock and randomness from now on.
fn powered_now(kind: KeyStore) -> (Arc<dyn Clock>, Arc<dyn Rng>) {
    match kind {
        KeyStore::Memory { seed: Some(seed) } => {
            (Arc::new(SeededClock::powered_now()), Arc::new(SeededRng::new(seed)))
        }
        _ => (Arc::new(SystemClock::powered_now()), Arc::new(SystemRng)),
    }
}

/// Tells whoever listens, the trace, and the person of a card: it gets its power where somebody holds it to a reader.
fn observer(
    key: String,
    listener: Option<Listener>,
    recording: Option<&Arc<Recording>>,
    card: Option<Arc<Touched>>,
) -> Option<virtual_key::Observer> {
    let told = listener.map(|listener| event::observer(key, listener));
    let recording = recording.map(Arc::clone);
    if recording.is_none() && card.is_none() {
        return told;
    }
    Some(Arc::new(move |event| {
        if let Some(recording) = &recording {
            recording.hear(event);
        }
        if let (Some(card), virtual_key::Event::PowerCycle { .. }) = (&card, event) {
            card.tap();
        }
        if let Some(told) = &told {
            told(event);
        }
    }))
}

/// BE of a passkey never changes, so a key of the other kind has no business with them (WebAuthn §6.1.3).
fn require_kind(vault: &::vault::Vault, profile: &Profile) -> Result<(), AppError> {
    let held = vault.kind_of(&profile.aaguid).map_err(crate::vault::explain)?;
    match held {
        Some(held) if held != profile.kind => Err(AppError::new(
            Code::Usage,
            format!(
                "The vault holds {} passkeys of the AAGUID {}, and the profile {} says {}.",
                word(held),
                uuid(profile.aaguid),
                profile.name,
                word(profile.kind)
            ),
            "Give the profile an AAGUID of its own; uuidgen makes one.",
        )),
        _ => Ok(()),
    }
}

/// What a profile may claim of passkeys in memory, the vault says only where it is so (WebAuthn §6.1.1, §6.1.3).
fn require_truth(profile: &Profile) -> Result<(), AppError> {
    let (claim, truth, member) = if profile.backup_state {
        ("new passkeys are backed up", "says so after a backup of them alone", "backup-state = false")
    } else if profile.kind == Kind::Synced && profile.counter != CounterPolicy::Zero {
        (
            "synced passkeys count their signatures",
            "counts those of device-bound ones alone",
            "counter = \"zero\"",
        )
    } else {
        return Ok(());
    };
    Err(AppError::new(
        Code::Usage,
        format!("The profile {} says that {claim}, and the vault {truth}.", profile.name),
        format!("Write `{member}` into it, or start the key with `--store memory`."),
    ))
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::DeviceBound => "device-bound",
        Kind::Synced => "synced",
    }
}

fn link(link: &KeyLink) -> Link {
    match link {
        KeyLink::Uhid => Link::Uhid,
        KeyLink::Udp(address) => Link::Udp(*address),
        KeyLink::Tcp(address) => Link::Tcp(*address),
        KeyLink::Unix(path) => Link::Unix(path.clone()),
        KeyLink::Nfc(reader) => Link::Nfc(*reader),
    }
}

pub(crate) fn explain(error: &virtual_key::Error) -> AppError {
    use virtual_key::Error;

    let code = match error {
        Error::NoUhid => Code::DeviceGone,
        Error::NoPermission => Code::NoPermission,
        Error::AddressInUse { .. } => Code::Busy,
        Error::NotLoopback { .. } => Code::Usage,
        _ => Code::Failed,
    };
    AppError { hint: error.hint(), ..AppError::plain(code, error.to_string()) }
}
