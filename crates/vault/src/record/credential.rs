//! A record from and to an authenticator's credential.

use std::collections::BTreeMap;

use authenticator::{Credential, Kind, PrivateKey, credential::CredRandom};
use ctap::{
    entity::{RelyingParty, User},
    extension::{CredProtect, LargeBlob},
};
use zeroize::Zeroizing;

use super::{CREATED, HmacSecret, LargeBlobRecord, Record};
use crate::{
    error::Error,
    seal::Id,
    secret::{PrivateBytes, Secret},
};

impl Record {
    /// A record of a credential that the key with this AAGUID made.
    pub(crate) fn created(
        credential: &Credential,
        kind: Kind,
        aaguid: [u8; 16],
        sequence: u64,
    ) -> Result<Self, Error> {
        if credential.backup_eligible != (kind == Kind::Synced) {
            return Err(Error::Refused(
                "BE contradicts the kind of the key: synced passkeys have it, others do not",
            ));
        }
        if credential.backup_state {
            return Err(Error::Refused(
                "a passkey cannot be backed up (BS 1) before there is a backup of it; a key whose profile says so \
                 keeps its passkeys in memory (`--store memory`)",
            ));
        }
        if kind == Kind::Synced && credential.sign_count != 0 {
            return Err(Error::Refused(
                "a synced passkey does not count its signatures; a key whose profile says so keeps its passkeys in \
                 memory (`--store memory`)",
            ));
        }
        let mut record = Self {
            credential_id: credential.id.clone(),
            rp_id: credential.rp.id.clone(),
            user_handle: credential.user.id.clone(),
            key: PrivateBytes::new(credential.key.to_bytes()),
            algorithm: credential.key.algorithm(),
            backup_eligible: credential.backup_eligible,
            kind,
            aaguid,
            created_at: credential.created_at,
            source: CREATED.to_owned(),
            sequence,
            rp_name: None,
            user_name: None,
            user_display_name: None,
            backup_state: false,
            backup_reason: None,
            sign_count: 0,
            last_used_at: None,
            cred_protect: 0,
            discoverable: false,
            hmac_secret: None,
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            large_blob: None,
            imported_at: None,
            backed_up_at: None,
            last_used: BTreeMap::new(),
            uses: BTreeMap::new(),
            counter_limit: None,
            modified_at: None,
            notes: None,
            tags: Vec::new(),
            hidden_at: None,
            replaced_at: None,
            replaced_by: None,
            deleted_at: None,
            foreign: None,
            unknown: BTreeMap::new(),
        };
        record.set_mutable(credential);
        Ok(record)
    }

    /// Takes over what a key on `device` may change; refuses a credential whose core is another one.
    pub(crate) fn update(&mut self, credential: &Credential, device: &Id) -> Result<(), Error> {
        let same = credential.id == self.credential_id
            && credential.rp.id == self.rp_id
            && credential.user.id == self.user_handle
            && credential.key.algorithm() == self.algorithm
            && **credential.key.to_bytes() == *self.key.expose()
            && credential.created_at == self.created_at;
        if !same {
            return Err(Error::Refused("the id, site, user handle, key and date of a passkey never change"));
        }
        if credential.backup_eligible != self.backup_eligible {
            return Err(Error::Refused("BE of a passkey never changes (WebAuthn §6.1.3)"));
        }
        if credential.backup_state != self.backup_state {
            return Err(Error::Refused(
                "BS of a passkey changes when a copy of it was confirmed, and not because a key says so",
            ));
        }
        if let Some(used) = credential.last_used_at.filter(|_| credential.last_used_at != self.last_used_at) {
            let device = hex::encode(device);
            *self.uses.entry(device.clone()).or_default() += 1;
            self.last_used.insert(device, used);
        }
        self.set_mutable(credential);
        Ok(())
    }

    /// The authenticator's view.
    pub(crate) fn credential(&self) -> Result<Credential, Error> {
        let damaged = |what: &str| Error::Damaged(format!("a passkey has {what}"));
        Ok(Credential {
            id: self.credential_id.clone(),
            rp: RelyingParty { id: self.rp_id.clone(), name: self.rp_name.clone() },
            user: User {
                id: self.user_handle.clone(),
                name: self.user_name.clone(),
                display_name: self.user_display_name.clone(),
            },
            key: PrivateKey::from_bytes(self.algorithm, self.key.expose())
                .ok_or_else(|| damaged("a key that this version does not know"))?,
            discoverable: self.discoverable,
            cred_protect: cred_protect(self.cred_protect)
                .ok_or_else(|| damaged("an unknown credProtect level"))?,
            cred_random: self.hmac_secret.as_ref().map(|seeds| CredRandom {
                with_uv: *seeds.with_uv.expose(),
                without_uv: *seeds.without_uv.expose(),
            }),
            cred_blob: self.cred_blob.clone(),
            large_blob_key: self.large_blob_key.as_ref().map(|key| Zeroizing::new(*key.expose())),
            large_blob: self.large_blob.as_ref().map(|blob| LargeBlob {
                compressed: blob.compressed.clone(),
                original_size: blob.original_size,
            }),
            third_party_payment: self.third_party_payment,
            backup_eligible: self.backup_eligible,
            backup_state: self.backup_state,
            sign_count: self.sign_count,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        })
    }

    fn set_mutable(&mut self, credential: &Credential) {
        self.rp_name.clone_from(&credential.rp.name);
        self.user_name.clone_from(&credential.user.name);
        self.user_display_name.clone_from(&credential.user.display_name);
        self.sign_count = credential.sign_count;
        self.last_used_at = credential.last_used_at;
        self.cred_protect = credential.cred_protect as u8;
        self.discoverable = credential.discoverable;
        self.hmac_secret = credential.cred_random.as_ref().map(|seeds| HmacSecret {
            with_uv: Secret::new(seeds.with_uv),
            without_uv: Secret::new(seeds.without_uv),
        });
        self.cred_blob.clone_from(&credential.cred_blob);
        self.large_blob_key = credential.large_blob_key.as_ref().map(|key| Secret::new(**key));
        self.third_party_payment = credential.third_party_payment;
        self.large_blob = credential.large_blob.as_ref().map(|blob| LargeBlobRecord {
            compressed: blob.compressed.clone(),
            original_size: blob.original_size,
        });
    }
}

fn cred_protect(level: u8) -> Option<CredProtect> {
    [
        CredProtect::UserVerificationOptional,
        CredProtect::UserVerificationOptionalWithCredentialIdList,
        CredProtect::UserVerificationRequired,
    ]
    .into_iter()
    .find(|known| *known as u8 == level)
}
