//! The passkey record: what is sealed (docs/vault-format.md).

mod credential;
mod foreign;
#[cfg(test)]
mod tests;

pub(crate) use foreign::Foreign;

use std::{collections::BTreeMap, fmt, io};

use authenticator::Kind;
use ciborium::Value;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    error::Error,
    secret::{PrivateBytes, Secret},
};

/// The schema this version writes.
pub(crate) const SCHEMA: u16 = 2;
/// `source` of a passkey that a virtual key made.
const CREATED: &str = "created";

/// A passkey as sealed: a CBOR map. The members up to `sequence` never change.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    #[serde(with = "serde_bytes")]
    pub(crate) credential_id: Vec<u8>,
    pub(crate) rp_id: String,
    #[serde(with = "serde_bytes")]
    pub(crate) user_handle: Vec<u8>,
    pub(crate) key: PrivateBytes,
    pub(crate) algorithm: i64,
    pub(crate) backup_eligible: bool,
    pub(crate) kind: Kind,
    #[serde(with = "serde_bytes")]
    pub(crate) aaguid: [u8; 16],
    pub(crate) created_at: u64,
    /// `created`, or the name of the format it was imported from.
    pub(crate) source: String,
    /// The vault's revision when it was added: the order of adding, whatever the clock said.
    pub(crate) sequence: u64,

    pub(crate) rp_name: Option<String>,
    pub(crate) user_name: Option<String>,
    pub(crate) user_display_name: Option<String>,
    pub(crate) backup_state: bool,
    /// Why BS is 1; absent where it is 0.
    pub(crate) backup_reason: Option<BackupReason>,
    pub(crate) sign_count: u32,
    pub(crate) last_used_at: Option<u64>,
    pub(crate) cred_protect: u8,
    pub(crate) discoverable: bool,
    pub(crate) hmac_secret: Option<HmacSecret>,
    #[serde(default, with = "serde_bytes")]
    pub(crate) cred_blob: Option<Vec<u8>>,
    #[serde(default)]
    pub(crate) large_blob_key: Option<Secret>,
    #[serde(default)]
    pub(crate) third_party_payment: bool,
    #[serde(default)]
    pub(crate) large_blob: Option<LargeBlobRecord>,

    /// Seconds since 1970 of the import; absent where a virtual key made it.
    #[serde(default)]
    pub(crate) imported_at: Option<u64>,
    /// Seconds since 1970 when BS became 1.
    #[serde(default)]
    pub(crate) backed_up_at: Option<u64>,
    /// The last use by each device, by the device's id in hex.
    #[serde(default)]
    pub(crate) last_used: BTreeMap<String, u64>,
    /// How often each device used it, by the device's id in hex.
    #[serde(default)]
    pub(crate) uses: BTreeMap<String, u64>,
    /// No counter above this was signed by anybody; absent where `sign_count` is the last one.
    #[serde(default)]
    pub(crate) counter_limit: Option<u32>,
    /// Seconds since 1970 of the last change of its names, notes, tags or blobs.
    #[serde(default)]
    pub(crate) modified_at: Option<u64>,
    #[serde(default)]
    pub(crate) notes: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// Since when no site is offered it, because its site does not know it or its owner said so.
    #[serde(default)]
    pub(crate) hidden_at: Option<u64>,
    /// Since when another passkey stands in its place for the same site and user handle.
    #[serde(default)]
    pub(crate) replaced_at: Option<u64>,
    /// The credential id of that other one.
    #[serde(default, with = "serde_bytes")]
    pub(crate) replaced_by: Option<Vec<u8>>,
    /// Since when it is in the trash.
    #[serde(default)]
    pub(crate) deleted_at: Option<u64>,

    /// What the file that it was imported from says of it and no key needs.
    #[serde(default)]
    pub(crate) foreign: Option<Foreign>,

    /// Members of a later version, kept as they are.
    #[serde(flatten)]
    pub(crate) unknown: BTreeMap<String, Value>,
}

/// The seeds of `hmac-secret`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HmacSecret {
    pub(crate) with_uv: Secret,
    pub(crate) without_uv: Secret,
}

/// The blob of the `largeBlob` extension.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LargeBlobRecord {
    #[serde(with = "serde_bytes")]
    pub(crate) compressed: Vec<u8>,
    pub(crate) original_size: u64,
}

/// Why BS of a passkey is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupReason {
    /// An encrypted backup was written, read back and verified.
    Backup,
    /// A copy was confirmed by the place it was uploaded to.
    Upload,
    /// It came from another program, which keeps it too.
    Import,
    /// The key that held it said so: in a vault of an earlier format alone.
    #[serde(rename = "told by the key")]
    ToldByKey,
}

impl fmt::Display for BackupReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backup => "backup",
            Self::Upload => "upload",
            Self::Import => "import",
            Self::ToldByKey => "told by the key",
        })
    }
}

/// Whether sites are offered a passkey, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are.
    Offered,
    /// Its site does not know it any more, or its owner hid it.
    Hidden,
    /// A newer one for the same site and user handle took its place.
    Replaced,
    /// It is in the trash.
    Deleted,
}

impl Record {
    pub(crate) fn standing(&self) -> Standing {
        match self {
            Self { deleted_at: Some(_), .. } => Standing::Deleted,
            Self { replaced_at: Some(_), .. } => Standing::Replaced,
            Self { hidden_at: Some(_), .. } => Standing::Hidden,
            _ => Standing::Offered,
        }
    }

    /// The highest counter that may have been signed.
    pub(crate) fn counted(&self) -> u32 {
        self.sign_count.max(self.counter_limit.unwrap_or_default())
    }

    /// Sites are offered it again.
    pub(crate) fn offer(&mut self) {
        (self.deleted_at, self.replaced_at, self.replaced_by, self.hidden_at) = (None, None, None, None);
    }
}

/// CBOR in a buffer that wipes itself.
pub(crate) fn encode(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let unfit = |_: ciborium::ser::Error<io::Error>| Error::Refused("the record does not fit into CBOR");
    // Measured first, so that the buffer never moves and leaves a copy behind.
    let mut length = Length(0);
    ciborium::into_writer(value, &mut length).map_err(unfit)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    ciborium::into_writer(value, &mut *bytes).map_err(unfit)?;
    Ok(bytes)
}

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The inverse of [`encode`].
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // The decoder's words may quote what it read; they stay here.
    ciborium::from_reader(bytes).map_err(|_| Error::Damaged("a record is not what its kind says".to_owned()))
}
