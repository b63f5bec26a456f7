//! Browsers, told apart by a token that only they know.

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use webauthn::Base64Url;

use crate::{Error, Lab};

/// A browser's token. Only its hash is stored; it changes whenever the browser signs in or out.
#[derive(Clone, PartialEq, Eq)]
pub struct Session(pub(crate) String);

const LIFETIME: i64 = 12 * 60 * 60;

impl Session {
    /// As it comes back in a cookie.
    pub fn from_token(token: &str) -> Self {
        Self(token.to_owned())
    }

    /// As it goes into a cookie.
    pub fn token(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

impl Lab {
    /// A new browser, signed in to nothing.
    ///
    /// # Errors
    /// From the database.
    pub fn open_session(&self) -> Result<Session, Error> {
        open(&self.connection(), None, self.now())
    }

    /// Whether the token is one of ours and not too old.
    ///
    /// # Errors
    /// From the database.
    pub fn knows(&self, session: &Session) -> Result<bool, Error> {
        let known = self
            .connection()
            .query_row(
                "SELECT 1 FROM session WHERE token_hash = ?1 AND expires_at > ?2",
                params![session.hash(), self.now()],
                |_| Ok(()),
            )
            .optional()?;
        Ok(known.is_some())
    }

    /// The name of the account that this browser is signed in to.
    ///
    /// # Errors
    /// From the database.
    pub fn signed_in_as(&self, session: &Session) -> Result<Option<String>, Error> {
        let name = self
            .connection()
            .query_row(
                "SELECT account.name FROM session JOIN account ON account.id = session.account
                 WHERE token_hash = ?1 AND expires_at > ?2",
                params![session.hash(), self.now()],
                |row| row.get(0),
            )
            .optional()?;
        Ok(name)
    }

    /// Signs the browser out; its token and its open ceremonies are worth nothing from now on.
    ///
    /// # Errors
    /// From the database.
    pub fn sign_out(&self, session: &Session) -> Result<(), Error> {
        close(&self.connection(), session)
    }
}

/// The account that the browser is signed in to.
pub(crate) fn account(connection: &Connection, session: &Session, now: i64) -> Result<Option<i64>, Error> {
    let account = connection
        .query_row(
            "SELECT account FROM session WHERE token_hash = ?1 AND expires_at > ?2",
            params![session.hash(), now],
            |row| row.get(0),
        )
        .optional()?;
    Ok(account.flatten())
}

pub(crate) fn open(connection: &Connection, account: Option<i64>, now: i64) -> Result<Session, Error> {
    let session = Session(random::<32>()?.to_string());
    connection.execute("DELETE FROM session WHERE expires_at <= ?1", [now])?;
    connection.execute(
        "INSERT INTO session (token_hash, account, expires_at) VALUES (?1, ?2, ?3)",
        params![session.hash(), account, now + LIFETIME],
    )?;
    Ok(session)
}

pub(crate) fn close(connection: &Connection, session: &Session) -> Result<(), Error> {
    connection.execute("DELETE FROM session WHERE token_hash = ?1", [session.hash()])?;
    Ok(())
}

pub(crate) fn random<const N: usize>() -> Result<Base64Url, Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::Randomness)?;
    Ok(Base64Url(bytes.to_vec()))
}
