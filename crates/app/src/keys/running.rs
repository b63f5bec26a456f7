//! A key that runs; one on the vault goes away with it and comes back with it.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};
use tokio::sync::watch;
use virtual_key::{Address, Link, Running};

use super::{Faults, Touched, explain};
use crate::{app::lock, auto_lock::LockReason, error::AppError, trace::Recording};

/// A key that runs until it is stopped or dropped. One whose passkeys live in the vault is away while that is locked:
/// its device and its sockets are gone, and come back where they were when the vault is open again.
pub struct RunningKey {
    pub(super) place: Arc<Place>,
    pub(super) recording: Option<Arc<Recording>>,
    pub(super) faults: Faults,
    pub(super) touched: Option<Arc<Touched>>,
}

/// Where a key runs, or will run again.
pub(crate) struct Place {
    name: String,
    start: Start,
    presence: Mutex<Presence>,
    changed: watch::Sender<()>,
}

/// Powers a key up on these links.
pub(super) type Start = Box<dyn Fn(Vec<Link>) -> Result<Running, AppError> + Send + Sync>;

enum Presence {
    Here(Running),
    Away(LockReason, Vec<Link>),
    /// It could not come back.
    Failed(AppError),
    Stopped,
}

impl RunningKey {
    /// Its profile's name: what its events and prompts call it.
    pub fn name(&self) -> &str {
        &self.place.name
    }

    /// Where programs reach it: a device, `udp:ADDRESS`, `tcp:ADDRESS`, `unix:PATH`, `nfc:ADDRESS`. None while it is
    /// away.
    pub fn addresses(&self) -> Vec<String> {
        self.place.with_running(|running| running.addresses().iter().map(ToString::to_string).collect())
    }

    /// Why it is away, while it is.
    pub fn away(&self) -> Option<LockReason> {
        match &*lock(&self.place.presence) {
            Presence::Away(reason, _) => Some(*reason),
            _ => None,
        }
    }

    /// Why it stopped by itself, or did not come back, where that is so.
    pub fn failure(&self) -> Option<AppError> {
        match &*lock(&self.place.presence) {
            Presence::Here(running) => running.failure().map(|error| explain(&error)),
            Presence::Failed(error) => Some(error.clone()),
            _ => None,
        }
    }

    /// Waits until it stops by itself, or does not come back, and says why.
    pub async fn stopped(&self) -> AppError {
        let mut changed = self.place.changed.subscribe();
        loop {
            if let Some(error) = self.failure() {
                return error;
            }
            let stopped = self.place.with_running(|running| Some(running.stopped()));
            let stopped = async { if let Some(stopped) = stopped { stopped.await } else { pending().await } };
            tokio::select! {
                error = stopped => return explain(&error),
                moved = changed.changed() => if moved.is_err() { return pending().await },
            }
        }
    }

    /// Why its trace does not go on, where it does not.
    pub fn trace_failure(&self) -> Option<AppError> {
        self.recording.as_ref().and_then(|recording| recording.failure())
    }

    /// Unplugs it and plugs it in again; whether there was room to say so.
    pub(super) fn replug(&self) -> bool {
        match &*lock(&self.place.presence) {
            Presence::Here(running) => running.power_cycle(),
            // What is not plugged in has its power cycle when it comes back.
            _ => true,
        }
    }
}

impl Drop for RunningKey {
    /// Its device is gone when this returns, also where somebody looks at its place just now.
    fn drop(&mut self) {
        *lock(&self.place.presence) = Presence::Stopped;
    }
}

impl Place {
    /// Powers it up for the first time.
    pub(super) fn start(name: String, links: Vec<Link>, start: Start) -> Result<Arc<Self>, AppError> {
        let presence = Mutex::new(Presence::Here(start(links)?));
        Ok(Arc::new(Self { name, start, presence, changed: watch::Sender::new(()) }))
    }

    /// Takes an open question back, closes every link, and waits until that is done; whether it was here.
    pub(crate) fn leave(&self, reason: LockReason) -> bool {
        let mut presence = lock(&self.presence);
        if let Presence::Here(running) = &*presence
            && running.failure().is_none()
        {
            let links = running.addresses().iter().map(same_link).collect();
            *presence = Presence::Away(reason, links);
            self.changed.send_replace(());
            return true;
        }
        false
    }

    /// Comes back to where it was; whether it was away.
    pub(crate) fn come_back(&self) -> bool {
        let mut presence = lock(&self.presence);
        if let Presence::Away(_, links) = &*presence {
            *presence = match (self.start)(links.clone()) {
                Ok(running) => Presence::Here(running),
                Err(error) => Presence::Failed(error),
            };
            self.changed.send_replace(());
            return true;
        }
        false
    }

    /// Whether programs reach it now.
    pub(crate) fn is_here(&self) -> bool {
        matches!(&*lock(&self.presence), Presence::Here(_))
    }

    fn with_running<T: Default>(&self, see: impl FnOnce(&Running) -> T) -> T {
        match &*lock(&self.presence) {
            Presence::Here(running) => see(running),
            _ => T::default(),
        }
    }
}

/// The link that leads to this address again: a port that the system chose once stays.
fn same_link(address: &Address) -> Link {
    match address {
        Address::Uhid(_) => Link::Uhid,
        Address::Udp(address) => Link::Udp(*address),
        Address::Tcp(address) => Link::Tcp(*address),
        Address::Unix(path) => Link::Unix(path.clone()),
        Address::Nfc(reader) => Link::Nfc(*reader),
    }
}
