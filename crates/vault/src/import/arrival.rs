//! A record of a passkey that comes from a file.

use std::collections::BTreeMap;

use authenticator::{Kind, PrivateKey, Profile};
use exchange::Passkey;

use super::Source;
use crate::{
    error::Error,
    random::random,
    record::{BackupReason, Foreign, HmacSecret, LargeBlobRecord, Record},
    secret::{PrivateBytes, Secret},
};

/// What was read of one row.
pub(super) struct Arrival {
    pub(super) record: Record,
    pub(super) dated: bool,
    pub(super) flags_known: bool,
}

/// The record, or why there is none, in one plain sentence; `notes` hears what is not as in the file.
pub(super) fn read(
    passkey: &Passkey,
    source: Source<'_>,
    now: u64,
    notes: &mut Vec<String>,
) -> Result<Arrival, String> {
    // A copy may not count, and one that starts anew looks like a clone (WebAuthn §6.1.1; CXF 1.0, Passkey).
    if let Some(count @ 1..) = passkey.sign_count {
        return Err(format!(
            "Its site has counted {count} signatures, and a copy that counts from 0 again looks like a clone."
        ));
    }
    let invalid = || "Its private key is no valid key.".to_owned();
    let key = PrivateKey::from_pkcs8(&passkey.key).ok_or_else(invalid)?;
    let mut record = Record {
        credential_id: passkey.credential_id.clone(),
        rp_id: passkey.rp_id.clone(),
        user_handle: passkey.user_handle.clone(),
        key: PrivateBytes::new(key.to_bytes()),
        algorithm: key.algorithm(),
        backup_eligible: false,
        kind: Kind::Synced,
        aaguid: Profile::synced().aaguid,
        created_at: passkey.created_at.unwrap_or(now),
        source: source.name.to_owned(),
        // The transaction that adds it says.
        sequence: 0,
        rp_name: passkey.rp_name.clone(),
        user_name: passkey.user_name.clone(),
        user_display_name: passkey.user_display_name.clone(),
        backup_state: false,
        backup_reason: None,
        sign_count: 0,
        last_used_at: passkey.last_used_at,
        cred_protect: 1,
        discoverable: passkey.discoverable.unwrap_or(true),
        hmac_secret: seeds(passkey, notes).map_err(|error| error.to_string())?,
        cred_blob: passkey.cred_blob.clone(),
        large_blob_key: None,
        third_party_payment: passkey.third_party_payment,
        large_blob: passkey.large_blob.as_ref().map(|blob| LargeBlobRecord {
            compressed: blob.compressed.clone(),
            original_size: blob.original_size,
        }),
        imported_at: Some(now),
        backed_up_at: None,
        last_used: BTreeMap::new(),
        uses: BTreeMap::new(),
        counter_limit: None,
        modified_at: None,
        notes: passkey.notes.clone(),
        tags: passkey.tags.clone(),
        hidden_at: None,
        replaced_at: None,
        replaced_by: None,
        deleted_at: None,
        foreign: Foreign::of(passkey).map_err(|error| error.to_string())?,
        unknown: BTreeMap::new(),
    };
    let backup_eligible = passkey.backup_eligible.unwrap_or(source.backup_eligible);
    set_flags(&mut record, backup_eligible, backup_eligible).map_err(|error| error.to_string())?;
    Ok(Arrival {
        record,
        dated: passkey.created_at.is_some(),
        flags_known: passkey.backup_eligible.is_some(),
    })
}

/// BE as the site saw it. BS is 1 where it may be: the file and the vault are two places.
pub(super) fn set_flags(record: &mut Record, backup_eligible: bool, backup_state: bool) -> Result<(), Error> {
    if backup_state && !backup_eligible {
        return Err(Error::Refused("a passkey that cannot be backed up cannot be backed up (BS without BE)"));
    }
    record.backup_eligible = backup_eligible;
    record.backup_state = backup_state;
    record.backup_reason = backup_state.then_some(BackupReason::Import);
    record.backed_up_at = record.imported_at.filter(|_| backup_state);
    Ok(())
}

fn seeds(passkey: &Passkey, notes: &mut Vec<String>) -> Result<Option<HmacSecret>, Error> {
    let Some(seeds) = &passkey.hmac_secret else { return Ok(None) };
    let without_uv = if let Some(seed) = &seeds.without_uv {
        Secret::new(**seed)
    } else {
        notes.push("Its secrets without user verification are new: the file has none.".to_owned());
        Secret::new(random()?)
    };
    Ok(Some(HmacSecret { with_uv: Secret::new(*seeds.with_uv), without_uv }))
}
