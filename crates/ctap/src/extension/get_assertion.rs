use super::{HmacSecretInput, LargeBlobInput, id};
use crate::{
    Status,
    cbor::{Entries, Map, Member},
};
use ciborium::Value;

/// What a platform asks of getAssertion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetAssertionInputs {
    /// `credBlob` (§12.2): true to be told; false asks for nothing and is decoded as absent.
    pub cred_blob: Option<bool>,
    /// `largeBlobKey` (§12.3): as sent; only true is an answer to something.
    pub large_blob_key: Option<bool>,
    /// `largeBlob` (§12.4).
    pub large_blob: Option<LargeBlobInput>,
    /// `hmac-secret` (§12.7).
    pub hmac_secret: Option<HmacSecretInput>,
    /// `thirdPartyPayment` (§12.9), as `credBlob`.
    pub third_party_payment: Option<bool>,
}

/// What getAssertion answers, inside the authenticator data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetAssertionOutputs {
    /// The blob; empty where there is none.
    pub cred_blob: Option<Vec<u8>>,
    /// The encrypted outputs of `hmac-secret`.
    pub hmac_secret: Option<Vec<u8>>,
    /// Whether the credential may be used for payments at other sites.
    pub third_party_payment: Option<bool>,
}

impl GetAssertionOutputs {
    /// The extension map of authenticator data; `None` where there is nothing to say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let map = Entries::default()
            .with_optional(id::CRED_BLOB, self.cred_blob.clone())
            .with_optional(id::HMAC_SECRET, self.hmac_secret.clone())
            .with_optional(id::THIRD_PARTY_PAYMENT, self.third_party_payment);
        (!map.is_empty()).then(|| map.encode())
    }

    /// Reads the extension map of authenticator data; an output that cannot be read is as one that is absent.
    ///
    /// # Errors
    /// `INVALID_CBOR`, or `CBOR_UNEXPECTED_TYPE` where it is no map.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            cred_blob: map.told(id::CRED_BLOB),
            hmac_secret: map.told(id::HMAC_SECRET),
            third_party_payment: map.told(id::THIRD_PARTY_PAYMENT),
        })
    }
}

impl Member for GetAssertionInputs {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            cred_blob: super::asked(&mut map, id::CRED_BLOB)?,
            large_blob_key: map.optional(id::LARGE_BLOB_KEY)?,
            large_blob: map.optional(id::LARGE_BLOB)?,
            hmac_secret: map.optional(id::HMAC_SECRET)?,
            third_party_payment: super::asked(&mut map, id::THIRD_PARTY_PAYMENT)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional(id::CRED_BLOB, self.cred_blob)
            .with_optional(id::LARGE_BLOB_KEY, self.large_blob_key)
            .with_optional(id::LARGE_BLOB, self.large_blob)
            .with_optional(id::HMAC_SECRET, self.hmac_secret)
            .with_optional(id::THIRD_PARTY_PAYMENT, self.third_party_payment)
            .into_value()
    }
}
