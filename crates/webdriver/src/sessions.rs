//! What lives while the endpoint runs: sessions, each with its virtual authenticators (WebAuthn §11.2).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Config, Event, problem::Problem, virtual_authenticator::VirtualAuthenticator};

/// How many sessions there may be at a time.
const SESSIONS: usize = 16;
/// How many virtual authenticators a session may have at a time: each is a thread, and may be a device.
pub(crate) const AUTHENTICATORS: usize = 16;
/// The bytes of randomness in an id.
const ID_LENGTH: usize = 16;

/// A session's virtual authenticator database.
pub(crate) type Database = HashMap<String, VirtualAuthenticator>;

/// What every command sees.
#[derive(Clone)]
pub(crate) struct Endpoint {
    config: Arc<Config>,
    sessions: Arc<Mutex<HashMap<String, Database>>>,
}

impl Endpoint {
    pub(crate) fn new(config: Config) -> Self {
        Self { config: Arc::new(config), sessions: Arc::default() }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A new session's id.
    ///
    /// # Errors
    /// `session not created` where there are too many.
    pub(crate) fn new_session(&self) -> Result<String, Problem> {
        let id = self.new_id();
        let mut sessions = self.sessions();
        if sessions.len() >= SESSIONS {
            let message =
                format!("There are {SESSIONS} sessions already. Delete one, as `driver.quit()` does.");
            return Err(Problem::session_not_created(message));
        }
        sessions.insert(id.clone(), Database::new());
        Ok(id)
    }

    /// Ends a session: its virtual authenticators are gone when this returns.
    ///
    /// # Errors
    /// `invalid session id`.
    pub(crate) fn delete_session(&self, session: &str) -> Result<(), Problem> {
        let database = self.sessions().remove(session).ok_or_else(Problem::invalid_session_id)?;
        self.stop(database);
        Ok(())
    }

    /// Ends every session.
    pub(crate) fn clear(&self) {
        let sessions = std::mem::take(&mut *self.sessions());
        for database in sessions.into_values() {
            self.stop(database);
        }
    }

    /// Runs `work` on a session's database.
    ///
    /// # Errors
    /// `invalid session id`, else those of `work`.
    pub(crate) fn with_database<T>(
        &self,
        session: &str,
        work: impl FnOnce(&mut Database) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        work(self.sessions().get_mut(session).ok_or_else(Problem::invalid_session_id)?)
    }

    /// Runs `work` on a virtual authenticator.
    ///
    /// # Errors
    /// `invalid session id`, `invalid argument` for an unknown authenticator, else those of `work`.
    pub(crate) fn with_authenticator<T>(
        &self,
        session: &str,
        authenticator: &str,
        work: impl FnOnce(&VirtualAuthenticator) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.with_database(session, |database| work(database.get(authenticator).ok_or_else(unknown)?))
    }

    /// An id of hexadecimal digits, all of them unreserved characters of RFC 3986.
    pub(crate) fn new_id(&self) -> String {
        let mut id = [0; ID_LENGTH];
        self.config.rng.fill(&mut id);
        hex::encode(id)
    }

    pub(crate) fn tell(&self, event: Event<'_>) {
        if let Some(listener) = &self.config.listener {
            listener(event);
        }
    }

    fn stop(&self, database: Database) {
        for (id, authenticator) in database {
            drop(authenticator);
            self.tell(Event::AuthenticatorRemoved { id: &id });
        }
    }

    /// No command leaves a half-made session behind, so a poisoned lock is as good as any.
    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Database>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An `authenticatorId` that the session's database does not have.
pub(crate) fn unknown() -> Problem {
    Problem::invalid_argument("There is no such virtual authenticator in this session.")
}
