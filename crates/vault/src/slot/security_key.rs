//! Security keys: the output of hmac-secret (CTAP 2.3 §12.5).

use serde::{Deserialize, Serialize};

use super::{decode, encode};
use crate::{
    error::Error,
    random::random,
    seal::{Place, slot},
    secret::Secret,
};

/// What a security key is asked for, to open a slot: an assertion of this credential with hmac-secret and this salt,
/// after user verification (the output without it is another one).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityKeySlot {
    /// The credential that the key made for this slot.
    #[serde(with = "serde_bytes")]
    pub credential_id: Vec<u8>,
    /// The RP ID that it was made for.
    pub rp_id: String,
    /// `salt1` of hmac-secret.
    #[serde(with = "serde_bytes")]
    pub salt: [u8; 32],
}

impl SecurityKeySlot {
    /// A slot for this credential, with a fresh salt.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn new(credential_id: Vec<u8>, rp_id: &str) -> Result<Self, Error> {
        Ok(Self { credential_id, rp_id: rp_id.to_owned(), salt: random()? })
    }

    pub(super) fn load(parameters: &[u8]) -> Result<Self, Error> {
        decode(parameters)
    }

    pub(crate) fn parameters(&self, created_at: Option<u64>) -> Result<Vec<u8>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Parameters<'a> {
            #[serde(with = "serde_bytes")]
            credential_id: &'a [u8],
            rp_id: &'a str,
            #[serde(with = "serde_bytes")]
            salt: &'a [u8],
            created_at: Option<u64>,
        }
        let (credential_id, rp_id, salt) = (&*self.credential_id, &*self.rp_id, &self.salt[..]);
        encode(&Parameters { credential_id, rp_id, salt, created_at })
    }
}

/// What a security key answers: `output1` of hmac-secret. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct HmacOutput(Secret);

impl HmacOutput {
    /// Takes the 32 bytes over.
    ///
    /// # Errors
    /// [`Error::WeakHmacOutput`] for fewer or more bytes, or where all are zero: no key computes these.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let secret = Secret::new(bytes.try_into().map_err(|_| Error::WeakHmacOutput)?);
        if secret.expose().iter().fold(0, |all, byte| all | byte) == 0 {
            return Err(Error::WeakHmacOutput);
        }
        Ok(Self(secret))
    }

    pub(crate) fn key_encryption_key(&self, place: Place<'_>) -> Result<Secret, Error> {
        Ok(slot::key_encryption_key(&self.0, place, "security key")?)
    }
}
