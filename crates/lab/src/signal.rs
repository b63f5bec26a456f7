//! What the site says of its passkeys (WebAuthn §5.1.10). A browser hands it to passkey managers; whoever runs the
//! lab hears it here, and the page shows it.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};
use webauthn::{
    Base64Url,
    signal::{AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, Signal, UnknownCredentialOptions},
};

use crate::{Error, Lab};

/// Does what a signal says, and tells in a sentence what came of it.
pub type Listener = Box<dyn Fn(&Signal) -> String + Send + Sync>;

/// A signal that was sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Grows with every signal since the lab was started.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// The static method of `PublicKeyCredential` that a browser is asked for.
    pub method: &'static str,
    /// Its argument.
    pub options: Signal,
    /// What came of it where the lab's owner listens.
    pub effect: Option<String>,
}

/// How many signals are remembered.
const REMEMBERED: usize = 50;

#[derive(Default)]
pub(crate) struct Telling {
    listener: OnceLock<Listener>,
    told: Mutex<VecDeque<Told>>,
}

impl Lab {
    /// Has `listener` hear every signal from now on. Only the first listener is kept.
    pub fn on_signal(&self, listener: Listener) {
        // A second listener would be a second owner.
        let _ = self.telling.listener.set(listener);
    }

    /// The signals since the lab was started, newest first; fifty at most.
    pub fn signals(&self) -> Vec<Told> {
        self.told().iter().cloned().collect()
    }

    pub(crate) fn tell(&self, signal: Signal) -> Result<(), Error> {
        let effect = self.telling.listener.get().map(|listener| listener(&signal));
        let at = Timestamp::from_second(self.now()).map_err(|error| Error::Stored(error.to_string()))?;
        let mut told = self.told();
        let number = told.front().map_or(1, |last| last.number + 1);
        told.push_front(Told { number, at, method: signal.method(), options: signal, effect });
        told.truncate(REMEMBERED);
        Ok(())
    }

    /// What a site says after each sign-in: which passkeys it takes, and what the account is called.
    pub(crate) fn tell_of_account(&self, name: &str) -> Result<(), Error> {
        let signals = {
            let connection = self.connection();
            let id = crate::account::id(&connection, name)?;
            [self.all_accepted(&connection, id)?, self.current_user(&connection, id)?]
        };
        signals.into_iter().try_for_each(|signal| self.tell(signal))
    }

    pub(crate) fn unknown_credential(&self, id: &Base64Url) -> Signal {
        Signal::UnknownCredential(UnknownCredentialOptions {
            rp_id: self.config.rp_id.clone(),
            credential_id: id.clone(),
        })
    }

    pub(crate) fn all_accepted(&self, connection: &Connection, account: i64) -> Result<Signal, Error> {
        let user_id =
            connection.query_row("SELECT user_handle FROM account WHERE id = ?1", [account], |row| {
                Ok(Base64Url(row.get(0)?))
            })?;
        let mut statement = connection.prepare_cached(
            "SELECT id FROM credential WHERE account = ?1 AND removed_at IS NULL ORDER BY created_at, rowid",
        )?;
        let ids = statement.query_map(params![account], |row| Ok(Base64Url(row.get(0)?)))?;
        Ok(Signal::AllAcceptedCredentials(AllAcceptedCredentialsOptions {
            rp_id: self.config.rp_id.clone(),
            user_id,
            all_accepted_credential_ids: ids.collect::<Result<_, _>>()?,
        }))
    }

    pub(crate) fn current_user(&self, connection: &Connection, account: i64) -> Result<Signal, Error> {
        let rp_id = self.config.rp_id.clone();
        let details = connection.query_row(
            "SELECT user_handle, name, display_name FROM account WHERE id = ?1",
            [account],
            |row| {
                let (user_id, name, display_name) = (Base64Url(row.get(0)?), row.get(1)?, row.get(2)?);
                Ok(CurrentUserDetailsOptions { rp_id, user_id, name, display_name })
            },
        )?;
        Ok(Signal::CurrentUserDetails(details))
    }

    fn told(&self) -> MutexGuard<'_, VecDeque<Told>> {
        self.telling.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
