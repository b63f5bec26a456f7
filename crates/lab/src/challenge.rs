//! What a ceremony hangs on: a challenge that counts once, for one purpose, in one browser, for five minutes.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use webauthn::{Base64Url, verify::Policy};

use crate::{Error, Session, session::random};

/// What a ceremony was begun for, with all that finishing it needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "camelCase")]
pub(crate) enum Purpose {
    /// A new credential for an account, which exists or is made when it is finished.
    #[serde(rename_all = "camelCase")]
    Registration { policy: Policy, user_handle: Base64Url, name: String, display_name: String },
    /// A sign-in, to a named account or to whichever the credential belongs to.
    Authentication { policy: Policy },
}

const LIFETIME: i64 = 5 * 60;

pub(crate) fn store(
    connection: &Connection,
    session: &Session,
    purpose: &Purpose,
    now: i64,
) -> Result<String, Error> {
    let id = random::<16>()?.to_string();
    let json = serde_json::to_string(purpose).map_err(|error| Error::Stored(error.to_string()))?;
    connection.execute("DELETE FROM challenge WHERE expires_at <= ?1", [now - LIFETIME])?;
    connection.execute(
        "INSERT INTO challenge (id, session, purpose, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![id, session.hash(), json, now + LIFETIME],
    )?;
    Ok(id)
}

/// Takes the challenge out, whatever comes of the ceremony.
pub(crate) fn take(connection: &Connection, session: &Session, id: &str, now: i64) -> Result<Purpose, Error> {
    let taken: Option<(String, i64)> = connection
        .query_row(
            "DELETE FROM challenge WHERE id = ?1 AND session = ?2 RETURNING purpose, expires_at",
            params![id, session.hash()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (purpose, expires_at) = taken.ok_or(Error::NotOpen)?;
    if expires_at <= now {
        return Err(Error::Expired);
    }
    serde_json::from_str(&purpose).map_err(|error| Error::Stored(error.to_string()))
}
