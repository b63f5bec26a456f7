//! The passkey record: what is sealed, and how it becomes an authenticator's credential and back.

use std::collections::BTreeMap;

use authenticator::{Credential, Kind, PrivateKey, credential::CredRandom};
use ciborium::Value;
use ctap::{
    entity::{RelyingParty, User},
    extension::{CredProtect, LargeBlob},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    error::Error,
    secret::{PrivateBytes, Secret},
};

/// The schema this version writes.
pub(crate) const SCHEMA: u16 = 1;
/// `source` of a passkey that a virtual key made.
const CREATED: &str = "created";
/// `backupReason` where the key that holds the passkey set BS.
const TOLD_BY_KEY: &str = "told by the key";

/// A passkey as sealed: a CBOR map (docs/formats/vault.md). The members up to `sequence` never change.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    #[serde(with = "serde_bytes")]
    pub(crate) credential_id: Vec<u8>,
    pub(crate) rp_id: String,
    #[serde(with = "serde_bytes")]
    pub(crate) user_handle: Vec<u8>,
    key: PrivateBytes,
    pub(crate) algorithm: i64,
    pub(crate) backup_eligible: bool,
    pub(crate) kind: Kind,
    #[serde(with = "serde_bytes")]
    pub(crate) aaguid: [u8; 16],
    pub(crate) created_at: u64,
    pub(crate) source: String,
    /// The vault's revision when it was added: the order of adding, whatever the clock said.
    pub(crate) sequence: u64,

    pub(crate) rp_name: Option<String>,
    pub(crate) user_name: Option<String>,
    pub(crate) user_display_name: Option<String>,
    pub(crate) backup_state: bool,
    /// Why BS is 1; absent where it is 0.
    pub(crate) backup_reason: Option<String>,
    pub(crate) sign_count: u32,
    pub(crate) last_used_at: Option<u64>,
    pub(crate) cred_protect: u8,
    pub(crate) discoverable: bool,
    pub(crate) hmac_secret: Option<HmacSecret>,
    #[serde(default, with = "serde_bytes")]
    cred_blob: Option<Vec<u8>>,
    #[serde(default)]
    large_blob_key: Option<Secret>,
    #[serde(default)]
    third_party_payment: bool,
    #[serde(default)]
    large_blob: Option<LargeBlobRecord>,

    /// Members of a later version, kept as they are.
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

/// The seeds of `hmac-secret`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HmacSecret {
    with_uv: Secret,
    without_uv: Secret,
}

/// The blob of the `largeBlob` extension.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LargeBlobRecord {
    #[serde(with = "serde_bytes")]
    compressed: Vec<u8>,
    original_size: u64,
}

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
            unknown: BTreeMap::new(),
        };
        record.set_mutable(credential)?;
        Ok(record)
    }

    /// Takes over what may change; refuses a credential whose core is another one.
    pub(crate) fn update(&mut self, credential: &Credential) -> Result<(), Error> {
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
        self.set_mutable(credential)
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

    fn set_mutable(&mut self, credential: &Credential) -> Result<(), Error> {
        if credential.backup_state && !self.backup_eligible {
            return Err(Error::Refused(
                "a passkey that cannot be backed up cannot be backed up (BS without BE)",
            ));
        }
        if credential.backup_state != self.backup_state {
            self.backup_reason = credential.backup_state.then(|| TOLD_BY_KEY.to_owned());
        }
        self.rp_name.clone_from(&credential.rp.name);
        self.user_name.clone_from(&credential.user.name);
        self.user_display_name.clone_from(&credential.user.display_name);
        self.backup_state = credential.backup_state;
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
        Ok(())
    }
}

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
    pub backup_reason: Option<String>,
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
    /// Where it comes from: `created`.
    pub source: String,
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
            backup_reason: record.backup_reason.clone(),
            sign_count: record.sign_count,
            discoverable: record.discoverable,
            cred_protect: record.cred_protect,
            hmac_secret: record.hmac_secret.is_some(),
            aaguid: record.aaguid,
            created_at: record.created_at,
            last_used_at: record.last_used_at,
            source: record.source.clone(),
        }
    }
}

/// CBOR in a buffer that wipes itself.
pub(crate) fn encode(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Room for any record of today, so that the buffer never moves and leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    ciborium::into_writer(value, &mut *bytes)
        .map_err(|_| Error::Refused("the record does not fit into CBOR"))?;
    Ok(bytes)
}

/// The inverse of [`encode`].
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // The decoder's words may quote what it read; they stay here.
    ciborium::from_reader(bytes).map_err(|_| Error::Damaged("a record is not what its kind says".to_owned()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use authenticator::testing::SeededRng;

    #[test]
    fn unknown_members_survive_a_change() {
        let later = Value::Map(vec![(Value::Text("deep".into()), Value::Bytes(vec![1, 2]))]);
        let mut record = Record::created(&credential(false), Kind::DeviceBound, [3; 16], 1).unwrap();
        record.unknown.insert("later".to_owned(), later.clone());
        let mut read: Record = decode(&encode(&record).unwrap()).unwrap();
        let mut changed = read.credential().unwrap();
        changed.sign_count = 9;
        read.update(&changed).unwrap();
        let read: Record = decode(&encode(&read).unwrap()).unwrap();
        assert_eq!((read.unknown.get("later"), read.sign_count), (Some(&later), 9));
    }

    #[test]
    fn a_credential_comes_back_as_it_was() {
        let credential = credential(true);
        let record = Record::created(&credential, Kind::Synced, [3; 16], 1).unwrap();
        let read: Record = decode(&encode(&record).unwrap()).unwrap();
        assert!(read.credential().unwrap() == credential);
        assert_eq!(read.backup_reason.as_deref(), Some(TOLD_BY_KEY));
    }

    #[test]
    fn the_largest_record_fits_into_the_buffer_it_is_encoded_in() {
        let largest = Credential {
            key: PrivateKey::generate(ctap::cose::RS256, &SeededRng::new(1)).unwrap(),
            cred_blob: Some(vec![4; 128]),
            large_blob: Some(LargeBlob { compressed: vec![5; 4096], original_size: 90_000 }),
            ..credential(true)
        };
        let record = Record::created(&largest, Kind::Synced, [3; 16], 1).unwrap();
        let bytes = encode(&record).unwrap();
        assert!(bytes.len() > 5000, "{}", bytes.len());
        assert_eq!(bytes.capacity(), 8 * 1024, "the buffer did not move");
    }

    #[test]
    fn flags_that_contradict_are_refused() {
        let mut made = credential(false);
        assert!(Record::created(&made, Kind::Synced, [3; 16], 1).is_err(), "BE 0 in a synced key");
        let mut record = Record::created(&made, Kind::DeviceBound, [3; 16], 1).unwrap();
        made.backup_state = true;
        assert!(record.update(&made).is_err(), "BS without BE");
        made.backup_eligible = true;
        assert!(record.update(&made).is_err(), "BE that changes");
        assert!(!record.backup_state && !record.backup_eligible);
    }

    #[test]
    fn the_core_never_changes() {
        let made = credential(false);
        let mut record = Record::created(&made, Kind::DeviceBound, [3; 16], 1).unwrap();
        let changes: [fn(&mut Credential); 5] = [
            |c| c.id.push(0),
            |c| c.rp.id.push('x'),
            |c| c.user.id.push(0),
            |c| c.key = PrivateKey::from_bytes(ctap::cose::ES256, &[6; 32]).unwrap(),
            |c| c.created_at += 1,
        ];
        for change in changes {
            let mut other = made.clone();
            change(&mut other);
            assert!(record.update(&other).is_err());
        }
        assert!(record.credential().unwrap() == made);
    }

    fn credential(synced: bool) -> Credential {
        Credential {
            id: vec![1; 32],
            rp: RelyingParty { id: "example.com".into(), name: Some("Example".into()) },
            user: User { id: vec![2; 16], name: Some("erika".into()), display_name: None },
            key: PrivateKey::from_bytes(ctap::cose::ES256, &[5; 32]).unwrap(),
            discoverable: true,
            cred_protect: CredProtect::UserVerificationRequired,
            cred_random: Some(CredRandom { with_uv: [8; 32], without_uv: [9; 32] }),
            cred_blob: Some(vec![4; 32]),
            large_blob_key: Some(Zeroizing::new([6; 32])),
            large_blob: Some(LargeBlob { compressed: vec![5; 100], original_size: 300 }),
            third_party_payment: true,
            backup_eligible: synced,
            backup_state: synced,
            sign_count: 4,
            created_at: 1_700_000_000,
            last_used_at: Some(1_700_000_001),
        }
    }
}
