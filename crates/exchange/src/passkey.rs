use std::fmt;

use ctap::pkcs8;
use zeroize::Zeroizing;

use crate::unknown::Unknown;

/// The bytes that a user handle may have (WebAuthn §5.4.3).
const USER_HANDLE: usize = 64;

/// The bytes that a credential id may have (WebAuthn §4, Credential ID).
const CREDENTIAL_ID: usize = 1023;

/// The bytes that a domain may have (RFC 1035 §2.3.4).
const RP_ID: usize = 253;

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
    /// The user handle, 1 to 64 bytes; empty where a passkey that is not discoverable has none.
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
    /// The entry's name, where the person gave it one.
    pub title: Option<String>,
    /// Where the person uses it, beside the RP ID.
    pub urls: Vec<String>,
    /// What the person wrote beside it.
    pub notes: Option<String>,
    /// The person's own marks.
    pub tags: Vec<String>,
    /// Members that the format has and this type has not, for writing them again.
    pub unknown: Unknown,
}

impl Passkey {
    /// A passkey of which no more is known than signing in takes; the algorithm is told by the package itself.
    ///
    /// # Errors
    /// Why these make no passkey, in one plain sentence.
    pub fn from_pkcs8(
        key: Zeroizing<Vec<u8>>,
        credential_id: Vec<u8>,
        rp_id: impl Into<String>,
        user_handle: Vec<u8>,
    ) -> Result<Self, String> {
        let rp_id = rp_id.into();
        let (algorithm, _) = pkcs8::decode(&key)
            .ok_or("Its private key is no PKCS#8 package, or of an algorithm that is not known here.")?;
        if credential_id.is_empty() || credential_id.len() > CREDENTIAL_ID {
            return Err(format!(
                "Its credential id has {} bytes, not 1 to {CREDENTIAL_ID}.",
                credential_id.len()
            ));
        }
        if rp_id.is_empty()
            || rp_id.len() > RP_ID
            || rp_id.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err("Its RP ID is no name of a site.".into());
        }
        if user_handle.len() > USER_HANDLE {
            return Err(format!("Its user handle has {} bytes, more than {USER_HANDLE}.", user_handle.len()));
        }
        Ok(Self {
            credential_id,
            rp_id,
            rp_name: None,
            user_handle,
            user_name: None,
            user_display_name: None,
            key,
            algorithm,
            sign_count: None,
            discoverable: None,
            backup_eligible: None,
            backup_state: None,
            aaguid: None,
            created_at: None,
            last_used_at: None,
            hmac_secret: None,
            cred_blob: None,
            large_blob: None,
            third_party_payment: false,
            title: None,
            urls: Vec::new(),
            notes: None,
            tags: Vec::new(),
            unknown: Unknown::default(),
        })
    }
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
