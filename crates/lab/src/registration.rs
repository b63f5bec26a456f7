//! Creating a passkey (WebAuthn §7.1).

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use webauthn::{
    Base64Url,
    registration::{
        AuthenticatorSelectionCriteria, PublicKeyCredentialCreationOptionsJSON,
        PublicKeyCredentialDescriptorJSON, PublicKeyCredentialParameters, PublicKeyCredentialRpEntity,
        PublicKeyCredentialUserEntityJSON, RegistrationResponseJSON,
    },
    verify::{AttestationPolicy, CredentialRecord, Verdict, registration},
};

use crate::{
    Begun, CeremonyKind, Error, Lab, Outcome, Session, account,
    challenge::{self, Purpose},
    credential,
    session::{self, random},
    site::record,
};

/// What the site wishes of a new passkey, in WebAuthn's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wishes {
    /// `required`, `preferred` or `discouraged`; what is required is also enforced.
    pub user_verification: String,
    /// `required`, `preferred` or `discouraged`.
    pub resident_key: String,
    /// `none`, `indirect`, `direct` or `enterprise`.
    pub attestation: String,
    /// COSE identifiers, preferred first; others than EdDSA and ES256 are not judged here.
    pub algorithms: Vec<i64>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            user_verification: "required".to_owned(),
            resident_key: "required".to_owned(),
            attestation: "none".to_owned(),
            algorithms: vec![-8, -7],
        }
    }
}

/// In milliseconds, as long as the browser asks the person.
pub(crate) const TIMEOUT: u64 = 60_000;

struct Account {
    id: i64,
    user_handle: Base64Url,
}

impl Lab {
    /// Begins to create a passkey for the account `name`: a new one, or the one that this browser is signed in to.
    /// `display_name` falls back to the name.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::NameTaken`], or from the database.
    pub fn begin_registration(
        &self,
        session: &Session,
        name: &str,
        display_name: &str,
        wishes: &Wishes,
    ) -> Result<Begun<PublicKeyCredentialCreationOptionsJSON>, Error> {
        let (name, display_name) = account::names(name, display_name)?;
        let signed_in = self.signed_in_as(session)?;
        let connection = self.connection();
        let account = find(&connection, name)?;
        let opened =
            account.as_ref().map_or(Ok(false), |account| has_credentials(&connection, account.id))?;
        if opened && signed_in.as_deref() != Some(name) {
            return Err(Error::NameTaken(name.to_owned()));
        }
        let exclude_credentials = match &account {
            Some(account) => descriptors(&connection, account.id)?,
            None => vec![],
        };
        let user_handle = account.map_or_else(random::<32>, |account| Ok(account.user_handle))?;
        let options = PublicKeyCredentialCreationOptionsJSON {
            rp: PublicKeyCredentialRpEntity {
                id: Some(self.config.rp_id.clone()),
                name: self.config.rp_name.clone(),
            },
            user: PublicKeyCredentialUserEntityJSON {
                id: user_handle.clone(),
                name: name.to_owned(),
                display_name: display_name.to_owned(),
            },
            challenge: random::<32>()?,
            pub_key_cred_params: wishes
                .algorithms
                .iter()
                .copied()
                .map(PublicKeyCredentialParameters::public_key)
                .collect(),
            timeout: Some(TIMEOUT),
            exclude_credentials,
            authenticator_selection: Some(AuthenticatorSelectionCriteria {
                authenticator_attachment: None,
                resident_key: Some(wishes.resident_key.clone()),
                require_resident_key: wishes.resident_key == "required",
                user_verification: Some(wishes.user_verification.clone()),
            }),
            hints: vec![],
            attestation: Some(wishes.attestation.clone()),
            attestation_formats: vec![],
            extensions: Map::from_iter([("credProps".to_owned(), Value::Bool(true))]),
        };
        let mut policy = self.policy(options.challenge.clone(), wishes.user_verification == "required");
        policy.algorithms.clone_from(&wishes.algorithms);
        if wishes.attestation != "none" {
            policy.attestation = AttestationPolicy::Any;
        }
        let purpose = Purpose::Registration {
            policy,
            user_handle,
            name: name.to_owned(),
            display_name: display_name.to_owned(),
        };
        let ceremony = challenge::store(&connection, session, &purpose, self.now())?;
        Ok(Begun { ceremony, options })
    }

    /// Judges what the browser handed back. A verified passkey is stored, and the browser is signed in.
    ///
    /// # Errors
    /// [`Error::NotOpen`], [`Error::Expired`], [`Error::NameTaken`] where somebody was faster, or from the database.
    pub fn finish_registration(
        &self,
        session: &Session,
        ceremony: &str,
        response: &RegistrationResponseJSON,
    ) -> Result<Outcome, Error> {
        let now = self.now();
        let mut connection = self.connection();
        let purpose = challenge::take(&connection, session, ceremony, now)?;
        let Purpose::Registration { policy, user_handle, name, display_name } = purpose else {
            return Err(Error::NotOpen);
        };
        let transaction = connection.transaction()?;
        let registered = |id: &[u8]| credential::is_registered(&transaction, id).ok();
        let mut verdict = registration(&policy, response, &registered);
        let Some(record_now) = verdict.credential.as_mut() else {
            record(&transaction, CeremonyKind::Registration, None, &verdict, now)?;
            transaction.commit()?;
            return Ok(Outcome { verdict, credential: None, session: None });
        };
        record_now.user_handle = Some(user_handle.clone());

        let account = match find(&transaction, &name)? {
            // Whoever else began while nothing opened the account comes too late.
            Some(account)
                if account.user_handle == user_handle
                    && (!has_credentials(&transaction, account.id)?
                        || session::account(&transaction, session, now)? == Some(account.id)) =>
            {
                account.id
            }
            Some(_) => return Err(Error::NameTaken(name)),
            None => add_account(&transaction, &user_handle, &name, &display_name)?,
        };
        let record_now = record_now.clone();
        add_credential(&transaction, account, &record_now, &verdict, response, now)?;
        record(&transaction, CeremonyKind::Registration, Some(&record_now.id.0), &verdict, now)?;
        session::close(&transaction, session)?;
        let signed_in = session::open(&transaction, Some(account), now)?;
        let credential = credential::find(&transaction, &record_now.id.0)?;
        transaction.commit()?;
        drop(connection);
        self.tell_of_account(&name)?;
        Ok(Outcome { verdict, credential, session: Some(signed_in) })
    }
}

fn find(connection: &Connection, name: &str) -> Result<Option<Account>, Error> {
    let found = connection
        .query_row("SELECT id, user_handle FROM account WHERE name = ?1", [name], |row| {
            Ok(Account { id: row.get(0)?, user_handle: Base64Url(row.get(1)?) })
        })
        .optional()?;
    Ok(found)
}

fn add_account(
    transaction: &Transaction,
    handle: &Base64Url,
    name: &str,
    display_name: &str,
) -> Result<i64, Error> {
    transaction.execute(
        "INSERT INTO account (user_handle, name, display_name) VALUES (?1, ?2, ?3)",
        params![handle.0, name, display_name],
    )?;
    Ok(transaction.last_insert_rowid())
}

fn add_credential(
    transaction: &Transaction,
    account: i64,
    record: &CredentialRecord,
    verdict: &Verdict,
    response: &RegistrationResponseJSON,
    now: i64,
) -> Result<(), Error> {
    let json = |error: serde_json::Error| Error::Stored(error.to_string());
    let signed = verdict.authenticator_data.as_ref();
    transaction.execute(
        "INSERT INTO credential (id, account, record, algorithm, aaguid, attestation, attachment, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            record.id.0,
            account,
            serde_json::to_string(record).map_err(json)?,
            signed.and_then(|signed| signed.algorithm),
            signed.and_then(|signed| signed.aaguid.as_deref()).unwrap_or_default(),
            serde_json::to_string(&verdict.attestation).map_err(json)?,
            response.authenticator_attachment,
            now,
        ],
    )?;
    Ok(())
}

fn has_credentials(connection: &Connection, account: i64) -> Result<bool, Error> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM credential WHERE account = ?1 AND removed_at IS NULL")?;
    Ok(statement.exists([account])?)
}

/// The credentials of an account, for `excludeCredentials` and `allowCredentials`.
pub(crate) fn descriptors(
    connection: &Connection,
    account: i64,
) -> Result<Vec<PublicKeyCredentialDescriptorJSON>, Error> {
    let mut statement = connection.prepare(
        "SELECT record FROM credential WHERE account = ?1 AND removed_at IS NULL ORDER BY created_at",
    )?;
    let records = statement.query_map([account], |row| row.get::<_, String>(0))?;
    records
        .map(|record| {
            let record = credential::parse_record(&record?)?;
            Ok(PublicKeyCredentialDescriptorJSON::public_key(record.id, record.transports))
        })
        .collect()
}
