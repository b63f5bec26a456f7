//! Signing in (WebAuthn §7.2).

use rusqlite::Connection;
use serde_json::Map;
use webauthn::{
    authentication::{AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON},
    verify::{CredentialRecord, assertion},
};

use crate::{
    Begun, CeremonyKind, Error, Lab, Outcome, Session, account,
    challenge::{self, Purpose},
    credential,
    registration::{TIMEOUT, descriptors},
    session::{self, random},
    site::record,
};

impl Lab {
    /// Begins to sign in: to the account `name`, or to whichever the passkey belongs to. The person is verified
    /// in either case, because the passkey stands alone.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], or from the database.
    pub fn begin_authentication(
        &self,
        session: &Session,
        name: Option<&str>,
    ) -> Result<Begun<PublicKeyCredentialRequestOptionsJSON>, Error> {
        let connection = self.connection();
        let allow_credentials = match name.map(str::trim) {
            Some(name) => descriptors(&connection, account::id(&connection, name)?)?,
            None => vec![],
        };
        let options = PublicKeyCredentialRequestOptionsJSON {
            challenge: random::<32>()?,
            timeout: Some(TIMEOUT),
            rp_id: Some(self.config.rp_id.clone()),
            allow_credentials,
            user_verification: Some("required".to_owned()),
            hints: vec![],
            extensions: Map::new(),
        };
        let mut policy = self.policy(options.challenge.clone(), true);
        policy.require_user_handle = name.is_none();
        policy.allow_credentials = options.allow_credentials.iter().map(|entry| entry.id.clone()).collect();
        let purpose = Purpose::Authentication { policy };
        let ceremony = challenge::store(&connection, session, &purpose, self.now())?;
        Ok(Begun { ceremony, options })
    }

    /// Judges what the browser handed back. Where it verifies, the browser is signed in to the owner's account.
    ///
    /// # Errors
    /// [`Error::NotOpen`], [`Error::Expired`], or from the database.
    pub fn finish_authentication(
        &self,
        session: &Session,
        ceremony: &str,
        response: &AuthenticationResponseJSON,
    ) -> Result<Outcome, Error> {
        let now = self.now();
        let mut connection = self.connection();
        let purpose = challenge::take(&connection, session, ceremony, now)?;
        let Purpose::Authentication { policy } = purpose else {
            return Err(Error::NotOpen);
        };
        let transaction = connection.transaction()?;
        let stored = credential::record(&transaction, &response.raw_id.0)?;
        let verdict = assertion(&policy, stored.as_ref(), response);
        let known = stored.as_ref().map(|stored| stored.id.0.as_slice());
        record(&transaction, CeremonyKind::Authentication, known, &verdict, now)?;
        let signed_in = match &verdict.credential {
            Some(updated) => Some(sign_in(&transaction, session, updated, now)?),
            None => None,
        };
        let credential = credential::find(&transaction, &response.raw_id.0)?;
        transaction.commit()?;
        drop(connection);
        match &credential {
            Some(credential) if verdict.verified => self.tell_of_account(&credential.user_name)?,
            Some(_) => {}
            None => self.tell(self.unknown_credential(&response.raw_id))?,
        }
        Ok(Outcome { verdict, credential, session: signed_in })
    }
}

/// The account is the credential's owner, never what the browser names.
fn sign_in(
    connection: &Connection,
    session: &Session,
    updated: &CredentialRecord,
    now: i64,
) -> Result<Session, Error> {
    credential::update(connection, updated)?;
    let owner =
        connection
            .query_row("SELECT account FROM credential WHERE id = ?1", [&updated.id.0], |row| row.get(0))?;
    session::close(connection, session)?;
    session::open(connection, Some(owner), now)
}
