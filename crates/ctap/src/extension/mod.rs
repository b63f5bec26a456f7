//! Extension inputs and outputs (CTAP 2.3 §12). Extensions that are not known are ignored.

mod cred_protect;
mod get_assertion;
mod hmac_secret;
mod large_blob;
mod make_credential;

pub use cred_protect::CredProtect;
pub use get_assertion::{GetAssertionInputs, GetAssertionOutputs};
pub use hmac_secret::HmacSecretInput;
pub use large_blob::{LargeBlob, LargeBlobInput, LargeBlobOutput, LargeBlobSupport, UnsignedOutputs};
pub use make_credential::{MakeCredentialInputs, MakeCredentialOutputs};

use crate::{
    Status,
    cbor::{Map, Member},
};

/// Extension identifiers, as getInfo lists them and as the keys of every extension map.
pub mod id {
    /// §12.1
    pub const CRED_PROTECT: &str = "credProtect";
    /// §12.2
    pub const CRED_BLOB: &str = "credBlob";
    /// §12.3
    pub const LARGE_BLOB_KEY: &str = "largeBlobKey";
    /// §12.4
    pub const LARGE_BLOB: &str = "largeBlob";
    /// §12.5
    pub const MIN_PIN_LENGTH: &str = "minPinLength";
    /// §12.6
    pub const PIN_COMPLEXITY_POLICY: &str = "pinComplexityPolicy";
    /// §12.7
    pub const HMAC_SECRET: &str = "hmac-secret";
    /// §12.8
    pub const HMAC_SECRET_MC: &str = "hmac-secret-mc";
    /// §12.9
    pub const THIRD_PARTY_PAYMENT: &str = "thirdPartyPayment";
}

/// The member of a request or response, absent where it would say nothing.
pub(crate) fn member<T: Member + Default + PartialEq>(member: T) -> Option<T> {
    (member != T::default()).then_some(member)
}

/// An input that asks for something by being true.
fn asked(map: &mut Map, id: &str) -> Result<Option<bool>, Status> {
    Ok(map.optional(id)?.filter(|asked| *asked))
}
