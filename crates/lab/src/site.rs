use rusqlite::{Connection, params};
use serde::Serialize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use webauthn::{
    Base64Url,
    verify::{Policy, Verdict},
};

use crate::{CeremonyKind, Credential, Database, Error, Session, signal::Telling};

/// Who the relying party is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The RP ID, a domain.
    pub rp_id: String,
    /// What the site calls itself.
    pub rp_name: String,
    /// The one origin that ceremonies come from.
    pub origin: String,
}

/// Seconds since 1970.
type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// The relying party, without HTTP.
pub struct Lab {
    connection: Mutex<Connection>,
    pub(crate) config: Config,
    pub(crate) telling: Telling,
    clock: Clock,
}

/// A ceremony that waits for the browser.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Begun<Options> {
    /// Names the ceremony when it is finished.
    pub ceremony: String,
    /// What the browser is asked.
    pub options: Options,
}

/// What came of a ceremony.
#[derive(Clone)]
pub struct Outcome {
    /// Step by step.
    pub verdict: Verdict,
    /// The credential as it is stored now; none where it is not known or the registration failed.
    pub credential: Option<Credential>,
    /// The browser's new token, where it is signed in now.
    pub session: Option<Session>,
}

impl Lab {
    /// Opens the relying party on a database.
    ///
    /// # Errors
    /// Where the database cannot be opened or is of a later version.
    pub fn open(database: &Database, config: Config) -> Result<Self, Error> {
        let system = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        };
        Self::open_with_clock(database, config, system)
    }

    /// As [`Lab::open`], with another clock: seconds since 1970.
    ///
    /// # Errors
    /// As [`Lab::open`].
    pub fn open_with_clock(
        database: &Database,
        config: Config,
        clock: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let connection = Mutex::new(database.open()?);
        Ok(Self { connection, config, telling: Telling::default(), clock: Box::new(clock) })
    }

    /// A transaction that was open when a thread panicked was rolled back: the connection is sound.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// What every ceremony here is judged by.
    pub(crate) fn policy(&self, challenge: Base64Url, require_user_verification: bool) -> Policy {
        Policy {
            rp_id: self.config.rp_id.clone(),
            origins: vec![self.config.origin.clone()],
            challenge,
            require_user_verification,
            require_user_presence: true,
            algorithms: vec![-8, -7],
            allow_cross_origin: false,
            top_origins: vec![],
            allow_credentials: vec![],
            require_user_handle: false,
            attestation: webauthn::verify::AttestationPolicy::None,
            trust_anchors: vec![],
            counter: webauthn::verify::CounterPolicy::Reject,
        }
    }
}

/// Writes a ceremony into the history.
pub(crate) fn record(
    connection: &Connection,
    kind: CeremonyKind,
    credential: Option<&[u8]>,
    verdict: &Verdict,
    now: i64,
) -> Result<(), Error> {
    let json = serde_json::to_string(verdict).map_err(|error| Error::Stored(error.to_string()))?;
    connection.execute(
        "INSERT INTO ceremony (kind, credential, at, verdict) VALUES (?1, ?2, ?3, ?4)",
        params![kind.word(), credential, now, json],
    )?;
    Ok(())
}
