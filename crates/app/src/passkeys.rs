//! `passkey …` and the Passkeys room: what the vault holds.

use authenticator::{Credential, Kind};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use specta::Type;

use crate::{
    App, Change,
    error::{AppError, Code},
    vault::explain,
};

/// A passkey as both faces show it; the private key never comes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The credential id, base64url.
    pub id: String,
    /// The site.
    pub rp_id: String,
    /// What the site calls itself.
    pub rp_name: Option<String>,
    /// The account's name at the site.
    pub user_name: Option<String>,
    /// The person's name at the site.
    pub user_display_name: Option<String>,
    /// The site's own number for the account, base64url.
    pub user_handle: String,
    /// `ES256` or `EdDSA`.
    pub algorithm: String,
    /// Device-bound or synced.
    pub kind: PasskeyKind,
    /// BE (WebAuthn §6.1.3).
    pub backup_eligible: bool,
    /// BS.
    pub backup_state: bool,
    /// The last signature counter; 0 where nothing is counted.
    pub sign_count: u32,
    /// Found by a site without its id.
    pub discoverable: bool,
    /// The model of the key that holds it, as a UUID.
    pub aaguid: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub last_used_at: Option<String>,
    /// How it came here: `created`.
    pub source: String,
}

/// The two kinds of passkeys (WebAuthn §6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum PasskeyKind {
    /// BE 0: lives in one place.
    DeviceBound,
    /// BE 1: may be copied.
    Synced,
}

impl From<Kind> for PasskeyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::DeviceBound => Self::DeviceBound,
            Kind::Synced => Self::Synced,
        }
    }
}

impl From<::vault::Passkey> for Passkey {
    fn from(passkey: ::vault::Passkey) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(&passkey.id),
            rp_id: passkey.rp_id,
            rp_name: passkey.rp_name,
            user_name: passkey.user_name,
            user_display_name: passkey.user_display_name,
            user_handle: URL_SAFE_NO_PAD.encode(&passkey.user_handle),
            algorithm: algorithm_name(passkey.algorithm),
            kind: passkey.kind.into(),
            backup_eligible: passkey.backup_eligible,
            backup_state: passkey.backup_state,
            sign_count: passkey.sign_count,
            discoverable: passkey.discoverable,
            aaguid: uuid(passkey.aaguid),
            created_at: rfc3339(passkey.created_at),
            last_used_at: passkey.last_used_at.map(rfc3339),
            source: passkey.source,
        }
    }
}

impl Passkey {
    /// What is shown of `credential`, held by a key of model `aaguid`.
    pub fn of(credential: &Credential, aaguid: [u8; 16]) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(&credential.id),
            rp_id: credential.rp.id.clone(),
            rp_name: credential.rp.name.clone(),
            user_name: credential.user.name.clone(),
            user_display_name: credential.user.display_name.clone(),
            user_handle: URL_SAFE_NO_PAD.encode(&credential.user.id),
            algorithm: algorithm_name(credential.key.algorithm()),
            kind: if credential.backup_eligible { PasskeyKind::Synced } else { PasskeyKind::DeviceBound },
            backup_eligible: credential.backup_eligible,
            backup_state: credential.backup_state,
            sign_count: credential.sign_count,
            discoverable: credential.discoverable,
            aaguid: uuid(aaguid),
            created_at: rfc3339(credential.created_at),
            last_used_at: credential.last_used_at.map(rfc3339),
            source: "created".to_owned(),
        }
    }
}

impl App {
    /// Every passkey of the vault, oldest first.
    ///
    /// # Errors
    /// `locked` and what else keeps the vault from being read.
    pub fn passkeys(&self) -> Result<Vec<Passkey>, AppError> {
        let passkeys = self.open_vault()?.passkeys().map_err(explain)?;
        Ok(passkeys.into_iter().map(Passkey::from).collect())
    }

    /// The passkey with this credential id (base64url).
    ///
    /// # Errors
    /// `not-found`, or as for [`App::passkeys`].
    pub fn passkey(&self, id: &str) -> Result<Passkey, AppError> {
        self.passkeys()?.into_iter().find(|passkey| passkey.id == id).ok_or_else(|| not_found(id))
    }

    /// Deletes a passkey for good.
    ///
    /// # Errors
    /// As for [`App::passkey`].
    pub fn delete_passkey(&self, id: &str) -> Result<(), AppError> {
        let bytes = URL_SAFE_NO_PAD.decode(id).map_err(|_| not_found(id))?;
        if !self.open_vault()?.delete_passkey(&bytes).map_err(explain)? {
            return Err(not_found(id));
        }
        self.changed(Change::Passkeys);
        Ok(())
    }
}

pub(crate) fn not_found(id: &str) -> AppError {
    AppError::new(
        Code::NotFound,
        format!("The vault holds no passkey with the id {id}."),
        "See the ids with `latchkey passkey list`.",
    )
}

fn algorithm_name(algorithm: i64) -> String {
    match algorithm {
        ctap::cose::ES256 => "ES256".to_owned(),
        ctap::cose::EDDSA => "EdDSA".to_owned(),
        other => other.to_string(),
    }
}

/// An AAGUID in the usual form, 8-4-4-4-12 hexadecimal digits.
pub fn uuid(aaguid: [u8; 16]) -> String {
    let digits = hex::encode(aaguid);
    let mut groups = [8, 4, 4, 4, 12].iter();
    let mut rest = digits.as_str();
    std::iter::from_fn(|| {
        let (group, tail) = rest.split_at_checked(*groups.next()?)?;
        rest = tail;
        Some(group)
    })
    .collect::<Vec<_>>()
    .join("-")
}

pub(crate) fn rfc3339(unix_seconds: u64) -> String {
    i64::try_from(unix_seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or(jiff::Timestamp::MAX)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_have_their_usual_forms() {
        assert_eq!(
            uuid(authenticator::Profile::device_bound().aaguid),
            "6fb18d4c-09f2-4e57-a3c6-51d07e94b218"
        );
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert!(rfc3339(u64::MAX).starts_with("9999"));
    }
}
