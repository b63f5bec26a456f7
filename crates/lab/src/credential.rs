//! What is stored and shown of a credential.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use serde::Serialize;
use webauthn::{
    Base64Url,
    verify::{Attestation, CredentialRecord, Flags, Outcome, Verdict},
};

use crate::{Error, Lab};

/// A credential as a site sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// The credential id.
    pub id: Base64Url,
    /// The account's name.
    pub user_name: String,
    /// The person's name.
    pub user_display_name: String,
    /// The account's user handle.
    pub user_handle: Base64Url,
    /// Which of the four kinds the backup flags say it is.
    pub kind: Kind,
    /// BE, fixed at registration.
    pub backup_eligible: bool,
    /// BS of the last accepted ceremony.
    pub backup_state: bool,
    /// The flags that the credential signed last.
    pub flags: Flags,
    /// The last counter that was accepted.
    pub sign_count: u32,
    /// A counter came that did not grow though the key counts: it may have been cloned.
    pub clone_suspected: bool,
    /// The COSE identifier.
    pub algorithm: Option<i64>,
    /// The COSE key.
    pub public_key: Base64Url,
    /// The model that the authenticator claims, as 8-4-4-4-12 hexadecimal digits.
    pub aaguid: String,
    /// As the browser reported them.
    pub transports: Vec<String>,
    /// `platform` or `cross-platform`, as the browser reported it.
    pub attachment: Option<String>,
    /// What vouched for it at registration.
    pub attestation: Option<Attestation>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last signed somebody in.
    pub last_used_at: Option<Timestamp>,
    /// Every ceremony it took part in, oldest first; failed ones included.
    pub history: Vec<Ceremony>,
}

/// The kinds of passkeys by their backup flags (WebAuthn §6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// BE 0, BS 0: lives in one place.
    DeviceBound,
    /// BE 1, BS 0: can be copied, no copy is confirmed.
    NotBackedUp,
    /// BE 1, BS 1: a confirmed copy exists.
    Synced,
    /// BE 0, BS 1: no authenticator may say this.
    Impossible,
}

/// One ceremony that a credential took part in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ceremony {
    /// Which.
    pub kind: CeremonyKind,
    /// When it was judged.
    pub at: Timestamp,
    /// No step failed.
    pub verified: bool,
    /// The flags, where the credential signed them.
    pub flags: Option<Flags>,
    /// The counter that came, where the credential signed it.
    pub sign_count: Option<u32>,
    /// What came of the counter step; none at registration.
    pub counter: Option<Outcome>,
    /// The first failed step's title, where one failed.
    pub failure: Option<String>,
}

/// The two ceremonies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CeremonyKind {
    /// A passkey was created.
    Registration,
    /// Somebody signed in.
    Authentication,
}

impl Kind {
    /// By the two backup flags.
    pub const fn of(backup_eligible: bool, backup_state: bool) -> Self {
        match (backup_eligible, backup_state) {
            (false, false) => Self::DeviceBound,
            (true, false) => Self::NotBackedUp,
            (true, true) => Self::Synced,
            (false, true) => Self::Impossible,
        }
    }
}

impl CeremonyKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
        }
    }
}

impl Lab {
    /// Every credential, newest first.
    ///
    /// # Errors
    /// From the database.
    pub fn credentials(&self) -> Result<Vec<Credential>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!(
            "{SELECT} WHERE removed_at IS NULL ORDER BY credential.created_at DESC, credential.rowid DESC"
        ))?;
        let rows = statement.query_map([], Stored::read)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(|stored| show(&connection, stored)).collect()
    }

    /// One credential.
    ///
    /// # Errors
    /// [`Error::UnknownCredential`], or from the database.
    pub fn credential(&self, id: &Base64Url) -> Result<Credential, Error> {
        find(&self.connection(), &id.0)?.ok_or(Error::UnknownCredential)
    }

    /// Takes a credential no more, and tells so. The name of an account without credentials is free.
    ///
    /// # Errors
    /// [`Error::UnknownCredential`], or from the database.
    pub fn remove_credential(&self, id: &Base64Url) -> Result<(), Error> {
        let sql =
            "UPDATE credential SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL RETURNING account";
        let signal = {
            let mut connection = self.connection();
            let transaction = connection.transaction()?;
            let account = changed(&transaction, sql, params![id.0, self.now()])?;
            // Nobody is signed in to an account that nothing opens.
            transaction.execute(
                "UPDATE session SET account = NULL WHERE account = ?1
                 AND NOT EXISTS (SELECT 1 FROM credential WHERE account = ?1 AND removed_at IS NULL)",
                [account],
            )?;
            transaction.commit()?;
            self.all_accepted(&connection, account)?
        };
        self.tell(signal)
    }

    /// Takes a removed credential again, and tells so.
    ///
    /// # Errors
    /// [`Error::UnknownCredential`], or from the database.
    pub fn put_back_credential(&self, id: &Base64Url) -> Result<(), Error> {
        let sql = "UPDATE credential SET removed_at = NULL WHERE id = ?1 AND removed_at IS NOT NULL RETURNING account";
        let signal = {
            let connection = self.connection();
            let account = changed(&connection, sql, [&id.0])?;
            self.all_accepted(&connection, account)?
        };
        self.tell(signal)
    }
}

/// The account of the credential that the statement changed.
fn changed(connection: &Connection, sql: &str, values: impl Params) -> Result<i64, Error> {
    let account = connection.query_row(sql, values, |row| row.get(0)).optional()?;
    account.ok_or(Error::UnknownCredential)
}

/// The stored record, where there is one that is taken.
pub(crate) fn record(connection: &Connection, id: &[u8]) -> Result<Option<CredentialRecord>, Error> {
    let record: Option<String> = connection
        .query_row("SELECT record FROM credential WHERE id = ?1 AND removed_at IS NULL", [id], |row| {
            row.get(0)
        })
        .optional()?;
    record.map(|record| parse_record(&record)).transpose()
}

/// Whether the id was ever registered: a removed one may be put back, so nobody else gets it.
pub(crate) fn is_registered(connection: &Connection, id: &[u8]) -> Result<bool, Error> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM credential WHERE id = ?1")?;
    Ok(statement.exists([id])?)
}

pub(crate) fn parse_record(record: &str) -> Result<CredentialRecord, Error> {
    serde_json::from_str(record).map_err(|error| Error::Stored(error.to_string()))
}

pub(crate) fn update(connection: &Connection, record: &CredentialRecord) -> Result<(), Error> {
    let json = serde_json::to_string(record).map_err(|error| Error::Stored(error.to_string()))?;
    connection.execute("UPDATE credential SET record = ?2 WHERE id = ?1", params![record.id.0, json])?;
    Ok(())
}

pub(crate) fn find(connection: &Connection, id: &[u8]) -> Result<Option<Credential>, Error> {
    let stored = connection
        .query_row(&format!("{SELECT} WHERE credential.id = ?1 AND removed_at IS NULL"), [id], Stored::read)
        .optional()?;
    stored.map(|stored| show(connection, stored)).transpose()
}

const SELECT: &str =
    "SELECT record, algorithm, aaguid, attestation, attachment, created_at, name, display_name, user_handle
    FROM credential JOIN account ON account.id = credential.account";

struct Stored {
    record: String,
    algorithm: Option<i64>,
    aaguid: String,
    attestation: String,
    attachment: Option<String>,
    created_at: i64,
    name: String,
    display_name: String,
    user_handle: Vec<u8>,
}

impl Stored {
    fn read(row: &Row) -> rusqlite::Result<Self> {
        Ok(Self {
            record: row.get(0)?,
            algorithm: row.get(1)?,
            aaguid: row.get(2)?,
            attestation: row.get(3)?,
            attachment: row.get(4)?,
            created_at: row.get(5)?,
            name: row.get(6)?,
            display_name: row.get(7)?,
            user_handle: row.get(8)?,
        })
    }
}

fn show(connection: &Connection, stored: Stored) -> Result<Credential, Error> {
    let record = parse_record(&stored.record)?;
    let history = history(connection, &record.id)?;
    let last_use = history
        .iter()
        .rev()
        .find(|ceremony| ceremony.verified && ceremony.kind == CeremonyKind::Authentication);
    Ok(Credential {
        user_name: stored.name,
        user_display_name: stored.display_name,
        user_handle: stored.user_handle.into(),
        kind: Kind::of(record.backup_eligible, record.backup_state),
        backup_eligible: record.backup_eligible,
        backup_state: record.backup_state,
        flags: history.iter().rev().find_map(|ceremony| ceremony.flags).unwrap_or_default(),
        sign_count: record.sign_count,
        clone_suspected: history
            .iter()
            .any(|ceremony| matches!(ceremony.counter, Some(Outcome::Fail | Outcome::Warn))),
        algorithm: stored.algorithm,
        aaguid: stored.aaguid,
        attachment: stored.attachment,
        attestation: serde_json::from_str(&stored.attestation)
            .map_err(|error| Error::Stored(error.to_string()))?,
        created_at: timestamp(stored.created_at)?,
        last_used_at: last_use.map(|ceremony| ceremony.at),
        id: record.id,
        public_key: record.public_key,
        transports: record.transports,
        history,
    })
}

fn history(connection: &Connection, id: &Base64Url) -> Result<Vec<Ceremony>, Error> {
    let mut statement = connection
        .prepare_cached("SELECT kind, at, verdict FROM ceremony WHERE credential = ?1 ORDER BY id")?;
    let rows = statement
        .query_map([&id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    rows.map(|row| {
        let (kind, at, verdict) = row?;
        let verdict: Verdict =
            serde_json::from_str(&verdict).map_err(|error| Error::Stored(error.to_string()))?;
        let signed = Some(&verdict).filter(|verdict| is_signed(verdict));
        let data = signed.and_then(|verdict| verdict.authenticator_data.as_ref());
        Ok(Ceremony {
            kind: if kind == CeremonyKind::Registration.word() {
                CeremonyKind::Registration
            } else {
                CeremonyKind::Authentication
            },
            at: timestamp(at)?,
            verified: verdict.verified,
            flags: data.map(|data| data.flags),
            sign_count: data.map(|data| data.sign_count),
            counter: signed.and_then(|verdict| verdict.step("counter")).map(|step| step.outcome),
            failure: verdict.failure().map(|step| step.title.clone()),
        })
    })
    .collect()
}

/// Whether the credential's own signature stands for what came: else anybody could raise the clone alarm.
fn is_signed(verdict: &Verdict) -> bool {
    verdict.step("signature").map_or(verdict.verified, |step| step.outcome == Outcome::Pass)
}

fn timestamp(seconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_second(seconds).map_err(|error| Error::Stored(error.to_string()))
}
