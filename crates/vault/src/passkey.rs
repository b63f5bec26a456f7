//! A passkey as its owner sees it.

use std::collections::BTreeMap;

use authenticator::Kind;

use crate::{
    counter::Uses,
    record::{BackupReason, Record, Standing},
};

/// A passkey without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The credential id.
    pub id: Vec<u8>,
    /// The RP ID.
    pub rp_id: String,
    /// What the site calls itself.
    pub rp_name: Option<String>,
    /// The account's name at the site.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// The user handle.
    pub user_handle: Vec<u8>,
    /// The COSE algorithm identifier.
    pub algorithm: i64,
    /// Device-bound or synced.
    pub kind: Kind,
    /// BE.
    pub backup_eligible: bool,
    /// BS.
    pub backup_state: bool,
    /// Why BS is 1.
    pub backup_reason: Option<BackupReason>,
    /// Seconds since 1970 when BS became 1.
    pub backed_up_at: Option<u64>,
    /// The last counter that was signed.
    pub sign_count: u32,
    /// Found without its id.
    pub discoverable: bool,
    /// The credProtect level: 1, 2 or 3.
    pub cred_protect: u8,
    /// Whether it carries `hmac-secret` seeds.
    pub hmac_secret: bool,
    /// The model of the key that made it.
    pub aaguid: [u8; 16],
    /// Seconds since 1970.
    pub created_at: u64,
    /// Seconds since 1970 of the last assertion.
    pub last_used_at: Option<u64>,
    /// Seconds since 1970 of the last assertion by each device, by the device's id in hex.
    pub last_used: BTreeMap<String, u64>,
    /// How often it signed for somebody who was there, on all devices.
    pub uses: u64,
    /// Where it comes from: `created`, or the format it was imported from.
    pub source: String,
    /// Seconds since 1970 of the import.
    pub imported_at: Option<u64>,
    /// What its owner wrote beside it.
    pub notes: Option<String>,
    /// Its owner's own marks.
    pub tags: Vec<String>,
    /// Whether sites are offered it.
    pub standing: Standing,
    /// Seconds since 1970 of the last change of its names, notes, tags or blobs.
    pub modified_at: Option<u64>,
    /// Seconds since 1970 when it was hidden.
    pub hidden_at: Option<u64>,
    /// Seconds since 1970 when it was replaced.
    pub replaced_at: Option<u64>,
    /// The credential id of the one that replaced it.
    pub replaced_by: Option<Vec<u8>>,
    /// Seconds since 1970 when it was deleted.
    pub deleted_at: Option<u64>,
}

impl Passkey {
    /// With what was signed and is not written yet.
    pub(crate) fn now(record: &Record, uses: &mut Uses) -> Self {
        let mut passkey = Self::from(record);
        passkey.sign_count = uses.sign_count(record);
        if let Some((at, times)) = uses.last_use(&record.credential_id) {
            passkey.last_used_at = passkey.last_used_at.max(Some(at));
            passkey.uses += times;
        }
        passkey
    }
}

impl From<&Record> for Passkey {
    fn from(record: &Record) -> Self {
        Self {
            id: record.credential_id.clone(),
            rp_id: record.rp_id.clone(),
            rp_name: record.rp_name.clone(),
            user_name: record.user_name.clone(),
            user_display_name: record.user_display_name.clone(),
            user_handle: record.user_handle.clone(),
            algorithm: record.algorithm,
            kind: record.kind,
            backup_eligible: record.backup_eligible,
            backup_state: record.backup_state,
            backup_reason: record.backup_reason,
            backed_up_at: record.backed_up_at,
            sign_count: record.sign_count,
            discoverable: record.discoverable,
            cred_protect: record.cred_protect,
            hmac_secret: record.hmac_secret.is_some(),
            aaguid: record.aaguid,
            created_at: record.created_at,
            last_used_at: record.last_used_at,
            last_used: record.last_used.clone(),
            uses: record.uses.values().sum(),
            source: record.source.clone(),
            imported_at: record.imported_at,
            notes: record.notes.clone(),
            tags: record.tags.clone(),
            standing: record.standing(),
            modified_at: record.modified_at,
            hidden_at: record.hidden_at,
            replaced_at: record.replaced_at,
            replaced_by: record.replaced_by.clone(),
            deleted_at: record.deleted_at,
        }
    }
}
