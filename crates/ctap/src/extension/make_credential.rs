use super::{CredProtect, HmacSecretInput, LargeBlobSupport, id};
use crate::{
    Status,
    cbor::{Entries, Map, Member},
};
use ciborium::Value;

/// What a platform asks of makeCredential (map of text keys).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakeCredentialInputs {
    /// `credProtect` (§12.1): 1, 2 or 3; other values are refused when decoded.
    pub cred_protect: Option<CredProtect>,
    /// `credBlob` (§12.2): what to keep beside the credential.
    pub cred_blob: Option<Vec<u8>>,
    /// `largeBlobKey` (§12.3): as sent; only true is an answer to something.
    pub large_blob_key: Option<bool>,
    /// `largeBlob` (§12.4).
    pub large_blob: Option<LargeBlobSupport>,
    /// `minPinLength` (§12.5): true to be told; false asks for nothing and is decoded as absent.
    pub min_pin_length: Option<bool>,
    /// `pinComplexityPolicy` (§12.6), as `minPinLength`.
    pub pin_complexity_policy: Option<bool>,
    /// `hmac-secret` (§12.7): true to have the credential carry seeds; false asks for nothing and is
    /// decoded as absent.
    pub hmac_secret: Option<bool>,
    /// `hmac-secret-mc` (§12.8): salts to be answered at once.
    pub hmac_secret_mc: Option<HmacSecretInput>,
    /// `thirdPartyPayment` (§12.9): true to allow it; false asks for nothing and is decoded as absent.
    pub third_party_payment: Option<bool>,
}

/// What makeCredential answers, inside the authenticator data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakeCredentialOutputs {
    /// The level that was set: [`CredProtect::from_level`] knows those there are.
    pub cred_protect: Option<u64>,
    /// Whether the blob was kept.
    pub cred_blob: Option<bool>,
    /// In code points.
    pub min_pin_length: Option<u64>,
    /// Whether the key asks more of PINs than a length.
    pub pin_complexity_policy: Option<bool>,
    /// Whether seeds were made.
    pub hmac_secret: Option<bool>,
    /// The encrypted outputs of `hmac-secret-mc`.
    pub hmac_secret_mc: Option<Vec<u8>>,
}

impl MakeCredentialOutputs {
    /// The extension map of authenticator data; `None` where there is nothing to say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let map = Entries::default()
            .with_optional(id::CRED_PROTECT, self.cred_protect)
            .with_optional(id::CRED_BLOB, self.cred_blob)
            .with_optional(id::MIN_PIN_LENGTH, self.min_pin_length)
            .with_optional(id::PIN_COMPLEXITY_POLICY, self.pin_complexity_policy)
            .with_optional(id::HMAC_SECRET, self.hmac_secret)
            .with_optional(id::HMAC_SECRET_MC, self.hmac_secret_mc.clone());
        (!map.is_empty()).then(|| map.encode())
    }

    /// Reads the extension map of authenticator data; an output that cannot be read is as one that is absent.
    ///
    /// # Errors
    /// `INVALID_CBOR`, or `CBOR_UNEXPECTED_TYPE` where it is no map.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            cred_protect: map.told(id::CRED_PROTECT),
            cred_blob: map.told(id::CRED_BLOB),
            min_pin_length: map.told(id::MIN_PIN_LENGTH),
            pin_complexity_policy: map.told(id::PIN_COMPLEXITY_POLICY),
            hmac_secret: map.told(id::HMAC_SECRET),
            hmac_secret_mc: map.told(id::HMAC_SECRET_MC),
        })
    }
}

impl Member for MakeCredentialInputs {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            cred_protect: map.optional(id::CRED_PROTECT)?,
            cred_blob: map.optional(id::CRED_BLOB)?,
            large_blob_key: map.optional(id::LARGE_BLOB_KEY)?,
            large_blob: map.optional(id::LARGE_BLOB)?,
            min_pin_length: super::asked(&mut map, id::MIN_PIN_LENGTH)?,
            pin_complexity_policy: super::asked(&mut map, id::PIN_COMPLEXITY_POLICY)?,
            hmac_secret: super::asked(&mut map, id::HMAC_SECRET)?,
            hmac_secret_mc: map.optional(id::HMAC_SECRET_MC)?,
            third_party_payment: super::asked(&mut map, id::THIRD_PARTY_PAYMENT)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional(id::CRED_PROTECT, self.cred_protect)
            .with_optional(id::CRED_BLOB, self.cred_blob)
            .with_optional(id::LARGE_BLOB_KEY, self.large_blob_key)
            .with_optional(id::LARGE_BLOB, self.large_blob)
            .with_optional(id::MIN_PIN_LENGTH, self.min_pin_length)
            .with_optional(id::PIN_COMPLEXITY_POLICY, self.pin_complexity_policy)
            .with_optional(id::HMAC_SECRET, self.hmac_secret)
            .with_optional(id::HMAC_SECRET_MC, self.hmac_secret_mc)
            .with_optional(id::THIRD_PARTY_PAYMENT, self.third_party_payment)
            .into_value()
    }
}
