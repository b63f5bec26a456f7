//! What extensions do (§12), one file each. Those that the profile does not list are ignored.

mod cred_blob;
mod cred_protect;
pub(crate) mod hmac_secret;
mod large_blob;
mod large_blob_key;
mod pin_policy;

pub(crate) use large_blob_key::large_blob_key;

use ctap::{
    Status,
    extension::{GetAssertionInputs, GetAssertionOutputs, MakeCredentialInputs, MakeCredentialOutputs, id},
};

use crate::{Authenticator, credential::Credential, hmac_secret::Salts};

impl Authenticator {
    /// The inputs of makeCredential that this key knows.
    pub(crate) fn known_when_made(&self, inputs: MakeCredentialInputs) -> MakeCredentialInputs {
        MakeCredentialInputs {
            cred_protect: self.if_known(id::CRED_PROTECT, inputs.cred_protect),
            cred_blob: self.if_known(id::CRED_BLOB, inputs.cred_blob),
            large_blob_key: self.if_known(id::LARGE_BLOB_KEY, inputs.large_blob_key),
            large_blob: self.if_known(id::LARGE_BLOB, inputs.large_blob),
            min_pin_length: self.if_known(id::MIN_PIN_LENGTH, inputs.min_pin_length),
            pin_complexity_policy: self.if_known(id::PIN_COMPLEXITY_POLICY, inputs.pin_complexity_policy),
            hmac_secret: self.if_known(id::HMAC_SECRET, inputs.hmac_secret),
            hmac_secret_mc: self.if_known(id::HMAC_SECRET_MC, inputs.hmac_secret_mc),
            third_party_payment: self.if_known(id::THIRD_PARTY_PAYMENT, inputs.third_party_payment),
        }
    }

    /// The inputs of getAssertion that this key knows.
    pub(crate) fn known_when_asserted(&self, inputs: GetAssertionInputs) -> GetAssertionInputs {
        GetAssertionInputs {
            cred_blob: self.if_known(id::CRED_BLOB, inputs.cred_blob),
            large_blob_key: self.if_known(id::LARGE_BLOB_KEY, inputs.large_blob_key),
            large_blob: self.if_known(id::LARGE_BLOB, inputs.large_blob),
            hmac_secret: self.if_known(id::HMAC_SECRET, inputs.hmac_secret),
            third_party_payment: self.if_known(id::THIRD_PARTY_PAYMENT, inputs.third_party_payment),
        }
    }

    /// What the authenticator data of a new credential says of its extensions.
    pub(crate) fn outputs_when_made(
        &self,
        inputs: &MakeCredentialInputs,
        credential: &Credential,
        verified: bool,
    ) -> Result<MakeCredentialOutputs, Status> {
        let rp_id = &credential.rp.id;
        Ok(MakeCredentialOutputs {
            cred_protect: inputs.cred_protect.map(u64::from),
            cred_blob: inputs.cred_blob.as_ref().map(|_| credential.cred_blob.is_some()),
            min_pin_length: inputs.min_pin_length.map_or(Ok(None), |_| self.min_pin_length_for(rp_id))?,
            pin_complexity_policy: inputs
                .pin_complexity_policy
                .map_or(Ok(None), |_| self.pin_complexity_policy_for(rp_id))?,
            hmac_secret: inputs.hmac_secret.map(|_| credential.cred_random.is_some()),
            hmac_secret_mc: self.hmac_secret_when_made(inputs, credential, verified)?,
        })
    }

    /// What the authenticator data of an assertion says of its extensions.
    pub(crate) fn outputs_when_asserted(
        &self,
        inputs: &GetAssertionInputs,
        salts: Option<&Salts>,
        credential: &Credential,
        verified: bool,
    ) -> Result<GetAssertionOutputs, Status> {
        let hmac_secret = match (salts, &credential.cred_random) {
            (Some(salts), Some(seeds)) => Some(salts.output(seeds, verified, &*self.platform.rng)?),
            _ => None,
        };
        Ok(GetAssertionOutputs {
            cred_blob: inputs.cred_blob.map(|_| credential.cred_blob.clone().unwrap_or_default()),
            hmac_secret,
            third_party_payment: inputs.third_party_payment.map(|_| credential.third_party_payment),
        })
    }

    fn if_known<T>(&self, id: &str, input: Option<T>) -> Option<T> {
        input.filter(|_| self.profile.extensions.iter().any(|known| known == id))
    }
}
