//! `passkey …` and the Passkeys room: what the vault holds.

use authenticator::{Credential, Kind};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    App, Change,
    error::{AppError, Code},
    vault::explain,
};
use ::vault::{Filter, Restore, Sort, Vault};

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
    /// How it came here: `created`, or the name of the format that it was imported from.
    pub source: String,
    /// RFC 3339, UTC, of the import.
    pub imported_at: Option<String>,
    /// Why BS is 1.
    pub backup_reason: Option<BackupReason>,
    /// RFC 3339, UTC, when BS became 1.
    pub backed_up_at: Option<String>,
    /// The copy that was confirmed lacks a later change of names, notes, tags or blobs.
    pub changed_since_backup: bool,
    /// How often it signed for somebody who was there.
    pub uses: u32,
    /// It carries the seeds of hmac-secret, which the prf extension stands on.
    pub hmac_secret: bool,
    /// What its owner wrote beside it.
    pub notes: Option<String>,
    /// Its owner's own marks.
    pub tags: Vec<String>,
    /// Whether sites are offered it, and why not.
    pub standing: Standing,
    /// RFC 3339, UTC, since when it is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_at: Option<String>,
    /// RFC 3339, UTC, since when another stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_at: Option<String>,
    /// The credential id of that other one, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// RFC 3339, UTC, since when it is in the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
    /// RFC 3339, UTC, when it is destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purge_at: Option<String>,
}

/// How long the trash keeps a passkey, in seconds.
const TRASH: u64 = 30 * 24 * 60 * 60;

/// Whether sites are offered a passkey, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// They are.
    #[default]
    Offered,
    /// Its site does not know it any more, or its owner hid it.
    Hidden,
    /// A newer one of the same account took its place.
    Replaced,
    /// It is in the trash.
    Deleted,
}

/// Why BS of a passkey is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum BackupReason {
    /// An encrypted backup was written, read back and verified.
    Backup,
    /// The place that it was uploaded to confirmed the copy.
    Upload,
    /// It came from another program, which keeps it too.
    Import,
    /// The key that held it said so, in a vault of an earlier version.
    ToldByKey,
}

/// What to change of a passkey. A member that is `null` stays as it is; an empty text goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct PasskeyEdit {
    /// What the site calls itself: at most 256 characters, like the other names.
    pub rp_name: Option<String>,
    /// The account's name at the site.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// At most 4096 characters.
    pub notes: Option<String>,
    /// All tags that it has then: at most 32 of at most 64 characters.
    pub tags: Option<Vec<String>>,
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
        let changed_since_backup = passkey.changed_since_backup();
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
            imported_at: passkey.imported_at.map(rfc3339),
            backup_reason: passkey.backup_reason.map(BackupReason::from),
            backed_up_at: passkey.backed_up_at.map(rfc3339),
            changed_since_backup,
            uses: u32::try_from(passkey.uses).unwrap_or(u32::MAX),
            hmac_secret: passkey.hmac_secret,
            notes: passkey.notes,
            tags: passkey.tags,
            standing: passkey.standing.into(),
            hidden_at: passkey.hidden_at.map(rfc3339),
            replaced_at: passkey.replaced_at.map(rfc3339),
            replaced_by: passkey.replaced_by.map(|id| URL_SAFE_NO_PAD.encode(id)),
            deleted_at: passkey.deleted_at.map(rfc3339),
            purge_at: passkey.deleted_at.map(|at| rfc3339(at.saturating_add(TRASH))),
        }
    }
}

impl From<::vault::Standing> for Standing {
    fn from(standing: ::vault::Standing) -> Self {
        match standing {
            ::vault::Standing::Offered => Self::Offered,
            ::vault::Standing::Hidden => Self::Hidden,
            ::vault::Standing::Replaced => Self::Replaced,
            ::vault::Standing::Deleted => Self::Deleted,
        }
    }
}

impl From<::vault::BackupReason> for BackupReason {
    fn from(reason: ::vault::BackupReason) -> Self {
        match reason {
            ::vault::BackupReason::Backup => Self::Backup,
            ::vault::BackupReason::Upload => Self::Upload,
            ::vault::BackupReason::Import => Self::Import,
            ::vault::BackupReason::ToldByKey => Self::ToldByKey,
        }
    }
}

impl From<PasskeyEdit> for ::vault::Edit {
    fn from(edit: PasskeyEdit) -> Self {
        let PasskeyEdit { rp_name, user_name, user_display_name, notes, tags } = edit;
        Self { rp_name, user_name, user_display_name, notes, tags }
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
            imported_at: None,
            backup_reason: None,
            backed_up_at: None,
            changed_since_backup: false,
            uses: 0,
            hmac_secret: credential.cred_random.is_some(),
            notes: None,
            tags: Vec::new(),
            standing: Standing::Offered,
            hidden_at: None,
            replaced_at: None,
            replaced_by: None,
            deleted_at: None,
            purge_at: None,
        }
    }
}

impl App {
    /// Every passkey of the vault that was not put aside, oldest first.
    ///
    /// # Errors
    /// `locked` and what else keeps the vault from being read.
    pub fn passkeys(&self) -> Result<Vec<Passkey>, AppError> {
        let passkeys = self.open_vault()?.passkeys().map_err(explain)?;
        Ok(passkeys.into_iter().map(Passkey::from).collect())
    }

    /// What is in the trash and what was replaced, oldest first.
    ///
    /// # Errors
    /// As for [`App::passkeys`].
    pub fn put_aside(&self) -> Result<Vec<Passkey>, AppError> {
        let passkeys = self.open_vault()?.put_aside().map_err(explain)?;
        Ok(passkeys.into_iter().map(Passkey::from).collect())
    }

    /// The passkeys that hold every word of `words` in a site, name, note or tag; of those that were put aside, or of
    /// the others; oldest first. Case and accents do not matter.
    ///
    /// # Errors
    /// As for [`App::passkeys`].
    pub fn find_passkeys(&self, words: &str, put_aside: bool) -> Result<Vec<Passkey>, AppError> {
        if words.trim().is_empty() {
            return if put_aside { self.put_aside() } else { self.passkeys() };
        }
        let standings = if put_aside {
            vec![::vault::Standing::Deleted, ::vault::Standing::Replaced]
        } else {
            Vec::new()
        };
        let filter = Filter { standings, ..Filter::default() };
        let page = self.open_vault()?.search(words, &filter, Sort::Created, 0, usize::MAX);
        Ok(page.map_err(explain)?.items.into_iter().rev().map(Passkey::from).collect())
    }

    /// The passkey with this credential id (base64url), wherever it stands.
    ///
    /// # Errors
    /// `not-found`, or as for [`App::passkeys`].
    pub fn passkey(&self, id: &str) -> Result<Passkey, AppError> {
        let found = self.open_vault()?.passkey(&credential_id(id)?).map_err(explain)?;
        found.map(Passkey::from).ok_or_else(|| not_found(id))
    }

    /// Puts a passkey into the trash, for thirty days.
    ///
    /// # Errors
    /// As for [`App::passkey`].
    pub fn delete_passkey(&self, id: &str) -> Result<(), AppError> {
        self.change(id, Vault::delete_passkey)
    }

    /// Offers sites a passkey again that was put aside or hidden. Where another of the same account stands in its
    /// place, `in_place` has the two trade places.
    ///
    /// # Errors
    /// As for [`App::passkey`]; `usage` where another one is in the way.
    pub fn restore_passkey(&self, id: &str, in_place: bool) -> Result<(), AppError> {
        let how = if in_place { Restore::InPlace } else { Restore::IfFree };
        self.change(id, |vault, id| vault.restore_passkey(id, how))
    }

    /// Destroys a passkey that was put aside. It cannot be undone.
    ///
    /// # Errors
    /// As for [`App::passkey`]; `usage` for one that is in use.
    pub fn purge_passkey(&self, id: &str) -> Result<(), AppError> {
        self.change(id, Vault::purge_passkey)
    }

    /// Destroys all that is in the trash; how many there were.
    ///
    /// # Errors
    /// As for [`App::passkeys`].
    pub fn empty_trash(&self) -> Result<u64, AppError> {
        let emptied = self.open_vault()?.empty_trash().map_err(explain)?;
        self.changed(Change::Passkeys);
        Ok(emptied)
    }

    /// Changes names, notes and tags.
    ///
    /// # Errors
    /// As for [`App::passkey`]; `usage` for texts that are too long.
    pub fn edit_passkey(&self, id: &str, edit: PasskeyEdit) -> Result<(), AppError> {
        let edit = ::vault::Edit::from(edit);
        self.change(id, |vault, id| vault.edit_passkey(id, &edit))
    }

    /// Keeps sites from being offered a passkey, or lets them be.
    ///
    /// # Errors
    /// As for [`App::passkey`]; `usage` for one that was put aside.
    pub fn hide_passkey(&self, id: &str, hidden: bool) -> Result<(), AppError> {
        self.change(id, |vault, id| vault.set_hidden(id, hidden))
    }

    /// Runs `change`, which says whether there is such a passkey.
    fn change(
        &self,
        id: &str,
        change: impl FnOnce(&Vault, &[u8]) -> Result<bool, ::vault::Error>,
    ) -> Result<(), AppError> {
        if !change(&self.open_vault()?, &credential_id(id)?).map_err(explain)? {
            return Err(not_found(id));
        }
        self.changed(Change::Passkeys);
        Ok(())
    }
}

/// The bytes of an id in base64url.
pub(crate) fn credential_id(id: &str) -> Result<Vec<u8>, AppError> {
    URL_SAFE_NO_PAD.decode(id).map_err(|_| not_found(id))
}

pub(crate) fn not_found(id: &str) -> AppError {
    AppError::new(
        Code::NotFound,
        format!("The vault holds no passkey with the id {id}."),
        "See the ids with `latchkey passkey list`.",
    )
}

pub(crate) fn algorithm_name(algorithm: i64) -> String {
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
