//! A credential as JSON: the Credential Parameters of §11.5.

use authenticator::{Credential, PrivateKey, credential::CredRandom, platform::Rng};
use ctap::{
    entity::{RelyingParty, User},
    extension::{CredProtect, LargeBlob},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    authenticator_configuration::{AuthenticatorConfiguration, BS_WITHOUT_BE},
    base64url, large_blob,
    problem::Problem,
};

/// Byte strings are base64url.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CredentialParameters {
    pub(crate) credential_id: String,
    pub(crate) is_resident_credential: bool,
    pub(crate) rp_id: String,
    /// PKCS#8.
    pub(crate) private_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_handle: Option<String>,
    /// 0 where a client says `null`.
    #[serde(default)]
    pub(crate) sign_count: Option<u32>,
    /// Plain, as the site has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) large_blob: Option<String>,
    pub(crate) backup_eligibility: Option<bool>,
    pub(crate) backup_state: Option<bool>,
    pub(crate) user_name: Option<String>,
    pub(crate) user_display_name: Option<String>,
}

impl CredentialParameters {
    /// The steps of Add Credential up to the credential itself, for a virtual authenticator of this configuration.
    ///
    /// # Errors
    /// `invalid argument`; `unsupported operation` for a large blob of a key that keeps those in its array.
    pub(crate) fn import(
        &self,
        configuration: &AuthenticatorConfiguration,
        rng: &dyn Rng,
        created_at: u64,
    ) -> Result<Credential, Problem> {
        let id = bytes("credentialId", &self.credential_id, 1..=1023)?;
        if !is_rp_id(&self.rp_id) {
            return Err(Problem::invalid_argument(format!("{:?} is no RP ID: it is a domain.", self.rp_id)));
        }
        let der = base64url::decode(&self.private_key).map(Zeroizing::new);
        let key = der.and_then(|der| PrivateKey::from_pkcs8(&der)).ok_or_else(|| {
            let message = "privateKey is no PKCS#8 package of an algorithm that is known, in base64url.";
            Problem::invalid_argument(message)
        })?;
        let handle = self.user_handle.as_ref().map(|text| bytes("userHandle", text, 1..=64)).transpose()?;
        let discoverable = self.is_resident_credential;
        if discoverable && handle.is_none() {
            return Err(Problem::invalid_argument("A resident credential has a userHandle."));
        }
        if discoverable && !configuration.has_resident_key {
            let message = "The virtual authenticator was made without hasResidentKey.";
            return Err(Problem::invalid_argument(message));
        }
        let backup_eligible = self.backup_eligibility.unwrap_or(configuration.default_backup_eligibility);
        let backup_state = self.backup_state.unwrap_or(configuration.default_backup_state);
        if backup_state && !backup_eligible {
            return Err(Problem::invalid_argument(BS_WITHOUT_BE));
        }
        let large_blob = self.large_blob(configuration)?;
        // A platform that makes a credential asks for these; one that is imported has them where the key can.
        let cred_random = configuration.states("hmac-secret").then(|| {
            let mut seeds = CredRandom { with_uv: [0; 32], without_uv: [0; 32] };
            rng.fill(&mut seeds.with_uv);
            rng.fill(&mut seeds.without_uv);
            seeds
        });
        let large_blob_key = (discoverable && configuration.states("largeBlobKey")).then(|| {
            let mut key = Zeroizing::new([0; 32]);
            rng.fill(&mut *key);
            key
        });
        Ok(Credential {
            id,
            rp: RelyingParty { id: self.rp_id.clone(), name: None },
            user: User {
                id: handle.unwrap_or_default(),
                name: self.user_name.clone(),
                display_name: self.user_display_name.clone(),
            },
            key,
            discoverable,
            cred_protect: CredProtect::default(),
            cred_random,
            cred_blob: None,
            large_blob_key,
            large_blob,
            third_party_payment: false,
            backup_eligible,
            backup_state,
            sign_count: self.sign_count.unwrap_or(0),
            created_at,
            last_used_at: None,
        })
    }

    /// What the key keeps of the blob; nothing where it has no such extension.
    fn large_blob(&self, configuration: &AuthenticatorConfiguration) -> Result<Option<LargeBlob>, Problem> {
        let Some(text) = &self.large_blob else { return Ok(None) };
        let plain = base64url::decode(text)
            .ok_or_else(|| Problem::invalid_argument("largeBlob is not base64url."))?;
        if configuration.states("largeBlobKey") {
            let message = "largeBlobKey keeps large blobs apart from their credentials. Ask for the extension \
                           largeBlob, or let a site write the blob.";
            return Err(Problem::unsupported_operation(message));
        }
        if !configuration.states("largeBlob") {
            return Ok(None);
        }
        let blob = large_blob::deflate(&plain);
        let limit = configuration.profile().limits.large_blob_array;
        if blob.compressed.len() as u64 > limit {
            let message = format!("largeBlob is too large: the key takes {limit} bytes after compression.");
            return Err(Problem::invalid_argument(message));
        }
        Ok(Some(blob))
    }

    /// A stored credential; `None` where its key has no package, which no key of ours lacks.
    pub(crate) fn export(credential: &Credential) -> Option<Self> {
        let package = credential.key.to_pkcs8()?;
        // A server-side credential has no user handle (WebAuthn §4).
        let handle = credential.discoverable.then(|| base64url::encode(&credential.user.id));
        let large_blob = credential.large_blob.as_ref().and_then(large_blob::inflate);
        Some(Self {
            credential_id: base64url::encode(&credential.id),
            is_resident_credential: credential.discoverable,
            rp_id: credential.rp.id.clone(),
            private_key: base64url::encode(&package),
            user_handle: handle,
            sign_count: Some(credential.sign_count),
            large_blob: large_blob.as_deref().map(base64url::encode),
            backup_eligibility: Some(credential.backup_eligible),
            backup_state: Some(credential.backup_state),
            user_name: Some(credential.user.name.clone().unwrap_or_default()),
            user_display_name: Some(credential.user.display_name.clone().unwrap_or_default()),
        })
    }
}

fn bytes(name: &str, text: &str, lengths: std::ops::RangeInclusive<usize>) -> Result<Vec<u8>, Problem> {
    let decoded = base64url::decode(text)
        .ok_or_else(|| Problem::invalid_argument(format!("{name} is not base64url.")))?;
    if lengths.contains(&decoded.len()) {
        return Ok(decoded);
    }
    let (least, most) = lengths.into_inner();
    Err(Problem::invalid_argument(format!("{name} has {} bytes, not {least} to {most}.", decoded.len())))
}

/// "A valid domain string" (WebAuthn §4, RP ID), in the ASCII form in which browsers send it; no address.
fn is_rp_id(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253 && text.split('.').all(label) && !text.rsplit('.').next().is_some_and(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rp_id_is_a_domain() {
        for good in ["localhost", "example.com", "xn--bcher-kva.example", "a-b.c1"] {
            assert!(is_rp_id(good), "{good}");
        }
        for bad in ["", ".", "example.com.", "https://example.com", "Example.com", "127.0.0.1", "-a.b", "a b"]
        {
            assert!(!is_rp_id(bad), "{bad}");
        }
    }
}
