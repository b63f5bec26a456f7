//! What an open vault keeps in memory beside its keys.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use authenticator::{platform::Clock, state::PersistentState};
use rusqlite::Connection;

use crate::{
    catalogue::Catalogue, clock::SystemClock, counter::Uses, error::Error, forgettable::Forgettable,
    seal::Id, session::Session, vault::guard,
};

/// Shared by all clones of one vault.
pub(crate) struct Live {
    clock: Mutex<Arc<dyn Clock>>,
    /// The time that the vault last took note of here; 0 before it did.
    pub(crate) noted: AtomicU64,
    /// Locked after `second`, and before the vault's first connection is.
    uses: Forgettable<Uses>,
    /// Locked before any connection is.
    catalogue: Forgettable<Catalogue>,
    /// Taken while uses are written; false when the vault is closed.
    pub(crate) turn: Arc<Mutex<bool>>,
    /// The connection that writes them.
    pub(crate) second: Mutex<Option<Connection>>,
    states: Mutex<HashMap<Id, KeyState>>,
}

/// The state of a key as it was at a revision, and its counter limit.
struct KeyState {
    revision: u64,
    state: Arc<PersistentState>,
    counter_limit: Option<u32>,
}

impl Live {
    pub(crate) fn now(&self) -> u64 {
        guard(&self.clock).unix_seconds()
    }

    pub(crate) fn set_clock(&self, clock: Arc<dyn Clock>) {
        *guard(&self.clock) = clock;
        self.noted.store(0, Ordering::Relaxed);
    }

    /// The time is written down now.
    pub(crate) fn note_time(&self) {
        self.noted.store(self.now(), Ordering::Relaxed);
    }

    pub(crate) fn uses(&self) -> MutexGuard<'_, Uses> {
        self.uses.hold()
    }

    pub(crate) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.catalogue.hold()
    }

    /// The state of a key and its counter limit; read anew where anything was written since.
    pub(crate) fn state(
        &self,
        session: &Session<'_>,
        aaguid: &Id,
    ) -> Result<(Arc<PersistentState>, Option<u32>), Error> {
        let mut states = guard(&self.states);
        if let Some(known) = states.get(aaguid).filter(|known| known.revision == session.revision) {
            return Ok((Arc::clone(&known.state), known.counter_limit));
        }
        let (state, counter_limit) = (Arc::new(session.state(aaguid)?), session.counter_limit(aaguid)?);
        let known = KeyState { revision: session.revision, state: Arc::clone(&state), counter_limit };
        states.insert(*aaguid, known);
        Ok((state, counter_limit))
    }

    /// Wipes what the vault's key gave.
    pub(crate) fn forget(&self) {
        self.noted.store(0, Ordering::Relaxed);
        guard(&self.states).clear();
        self.uses.forget();
        self.catalogue.forget();
    }
}

impl Default for Live {
    fn default() -> Self {
        Self {
            clock: Mutex::new(Arc::new(SystemClock::started_now())),
            noted: AtomicU64::new(0),
            uses: Forgettable::default(),
            catalogue: Forgettable::default(),
            turn: Arc::new(Mutex::new(true)),
            second: Mutex::default(),
            states: Mutex::default(),
        }
    }
}
