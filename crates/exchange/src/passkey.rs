use std::{collections::BTreeMap, fmt};

use serde_json::Value;
use zeroize::Zeroizing;

/// What any format can say of a passkey. `None` where a format has no such member, so that the one who imports
/// can choose.
#[derive(Clone, PartialEq)]
pub struct Passkey {
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The RP ID.
    pub rp_id: String,
    /// What the site calls itself.
    pub rp_name: Option<String>,
    /// The user handle, 1 to 64 bytes.
    pub user_handle: Vec<u8>,
    /// The account's name at the site.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// The private key as a PKCS#8 package in DER (RFC 5958).
    pub key: Zeroizing<Vec<u8>>,
    /// The COSE algorithm identifier, as the key's own algorithm says.
    pub algorithm: i64,
    /// The signature counter.
    pub sign_count: Option<u32>,
    /// Found without its id.
    pub discoverable: Option<bool>,
    /// BE.
    pub backup_eligible: Option<bool>,
    /// BS.
    pub backup_state: Option<bool>,
    /// The model of the authenticator that made it.
    pub aaguid: Option<[u8; 16]>,
    /// Seconds since 1970.
    pub created_at: Option<u64>,
    /// Seconds since 1970.
    pub last_used_at: Option<u64>,
    /// The seeds of `hmac-secret`.
    pub hmac_secret: Option<HmacSecret>,
    /// The blob of `credBlob`.
    pub cred_blob: Option<Vec<u8>>,
    /// The blob of `largeBlob`.
    pub large_blob: Option<LargeBlob>,
    /// Whether payments of third parties may use it.
    pub third_party_payment: bool,
    /// What the person wrote beside it.
    pub notes: Option<String>,
    /// The person's own marks.
    pub tags: Vec<String>,
    /// Members that the format has and this type has not, by their path in the format, for writing them again.
    pub unknown: BTreeMap<String, Value>,
}

/// The seeds of `hmac-secret` (CTAP 2.3 §12.7).
#[derive(Clone, PartialEq, Eq)]
pub struct HmacSecret {
    /// CredRandomWithUV.
    pub with_uv: Zeroizing<[u8; 32]>,
    /// CredRandomWithoutUV; `None` where the format keeps one seed alone.
    pub without_uv: Option<Zeroizing<[u8; 32]>>,
}

/// The blob of the `largeBlob` extension, as a platform compressed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeBlob {
    /// Raw DEFLATE (RFC 1951).
    pub compressed: Vec<u8>,
    /// Bytes when inflated.
    pub original_size: u64,
}

/// Says which passkey it is, and nothing that is secret.
impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkey")
            .field("rp_id", &self.rp_id)
            .field("user_name", &self.user_name)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
