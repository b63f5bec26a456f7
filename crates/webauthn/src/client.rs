//! The browser's part, for ceremonies without a browser (WebAuthn §5.1.3, §5.1.4): options become a CTAP
//! request, the key's answer becomes the JSON that a site verifies.
//!
//! ```text
//! options ─▶ Registration::begin ─▶ request ─▶ (any key) ─▶ response ─▶ Registration::finish ─▶ JSON
//! ```

use ctap::{
    attestation::{AttestationObject, Statement},
    auth_data::AuthenticatorData,
    cose::PublicKey,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs},
    get_assertion, make_credential,
};
use serde_json::{Map, Value, json};
use std::fmt;

use crate::{
    Base64Url,
    authentication::{
        AuthenticationResponseJSON, AuthenticatorAssertionResponseJSON, PublicKeyCredentialRequestOptionsJSON,
    },
    client_data::{self, CollectedClientData},
    registration::{
        AuthenticatorAttestationResponseJSON, AuthenticatorSelectionCriteria,
        PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialDescriptorJSON, RegistrationResponseJSON,
    },
    rp_id::{self, Refusal},
    subject_public_key_info::subject_public_key_info,
};

/// What the key can do, from its getInfo: decides what `preferred` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Option `rk`.
    pub discoverable: bool,
    /// Option `uv`: built in and set up. A caller with a PIN/UV token sets this, clears the request's
    /// `options.uv` and fills `pin_uv_auth_param`.
    pub user_verification: bool,
}

/// Why a ceremony cannot begin or its answer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `SecurityError`: this origin may not use that RP ID.
    Origin(Refusal),
    /// `NotSupportedError`: no `public-key` algorithm is offered.
    NoAlgorithm,
    /// `TypeError`: the user handle has not 1 to 64 bytes.
    UserHandle,
    /// `NotAllowedError`: verification is required and the key has none.
    NoUserVerification,
    /// `NotAllowedError`: a discoverable credential is required and the key has no room for such.
    NotDiscoverable,
    /// The key's authenticator data could not be read.
    AuthenticatorData(ctap::Status),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(refusal) => write!(f, "this site may not use that RP ID: {}", refusal.meaning()),
            Self::NoAlgorithm => f.write_str("the site offers no algorithm for public keys"),
            Self::UserHandle => f.write_str("the site's user handle does not have 1 to 64 bytes"),
            Self::NoUserVerification => {
                f.write_str("the site requires user verification and the key cannot do it")
            }
            Self::NotDiscoverable => {
                f.write_str("the site requires a discoverable credential and the key makes none")
            }
            Self::AuthenticatorData(status) => {
                write!(f, "the key's authenticator data is not as it should be: {}", status.meaning())
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Origin(refusal)
    }
}

/// A registration that waits for the key.
#[derive(Clone, Debug)]
pub struct Registration {
    /// What the key is asked.
    pub request: make_credential::Request,
    client_data_json: Vec<u8>,
    keeps_attestation: bool,
    reports_properties: bool,
}

impl Registration {
    /// What a browser does with a site's options before it turns to a key.
    ///
    /// # Errors
    /// Why not; nothing was asked of the key then.
    pub fn begin(
        options: &PublicKeyCredentialCreationOptionsJSON,
        origin: &str,
        key: Capabilities,
    ) -> Result<Self, Error> {
        let rp_id = effective_rp_id(origin, options.rp.id.as_deref())?;
        if !(1..=64).contains(&options.user.id.0.len()) {
            return Err(Error::UserHandle);
        }
        let algorithms = algorithms(options);
        if algorithms.is_empty() {
            return Err(Error::NoAlgorithm);
        }
        let selection = options.authenticator_selection.clone().unwrap_or_default();
        let client_data_json =
            CollectedClientData::new(client_data::CREATE, &options.challenge, origin).serialize();
        Ok(Self {
            request: make_credential::Request {
                client_data_hash: client_data::hash(&client_data_json),
                rp: RelyingParty { id: rp_id, name: Some(options.rp.name.clone()) },
                user: User {
                    id: options.user.id.0.clone(),
                    name: Some(options.user.name.clone()),
                    display_name: Some(options.user.display_name.clone()),
                },
                algorithms,
                exclude_list: descriptors(&options.exclude_credentials),
                extensions: MakeCredentialInputs::default(),
                options: make_credential::Options {
                    rk: Some(resident_key(&selection, key)?),
                    up: None,
                    uv: user_verification(selection.user_verification.as_deref(), key)?,
                },
                pin_uv_auth_param: None,
                pin_uv_auth_protocol: None,
                enterprise_attestation: None,
                attestation_formats_preference: options.attestation_formats.clone(),
            },
            client_data_json,
            keeps_attestation: !matches!(options.attestation.as_deref(), None | Some("none")),
            reports_properties: options.extensions.get("credProps") == Some(&Value::Bool(true)),
        })
    }

    /// What the browser hands to the site. `transports` are the key's own.
    ///
    /// # Errors
    /// [`Error::AuthenticatorData`] where the key's answer carries no credential.
    pub fn finish(
        self,
        response: make_credential::Response,
        transports: &[String],
    ) -> Result<RegistrationResponseJSON, Error> {
        let data = AuthenticatorData::decode(&response.auth_data).map_err(Error::AuthenticatorData)?;
        let credential = data.attested.ok_or(Error::AuthenticatorData(ctap::Status::MISSING_PARAMETER))?;
        let public_key = PublicKey::decode(&credential.public_key).ok();
        let object = AttestationObject {
            // Attestation conveyance "none": nothing that tells keys apart leaves (§5.1.3).
            statement: if self.keeps_attestation { response.attestation } else { Statement::None },
            auth_data: response.auth_data.clone(),
        };
        let mut results = Map::new();
        if self.reports_properties {
            results.insert("credProps".to_owned(), json!({ "rk": self.request.options.rk == Some(true) }));
        }
        let raw_id = Base64Url(credential.credential_id);
        Ok(RegistrationResponseJSON {
            id: raw_id.to_string(),
            raw_id,
            response: AuthenticatorAttestationResponseJSON {
                client_data_json: self.client_data_json.into(),
                authenticator_data: Some(response.auth_data.into()),
                transports: transports.to_vec(),
                public_key: public_key.as_ref().map(|key| subject_public_key_info(key).into()),
                public_key_algorithm: public_key.as_ref().map(PublicKey::algorithm),
                attestation_object: object.encode().into(),
            },
            authenticator_attachment: Some("cross-platform".to_owned()),
            client_extension_results: results,
            kind: "public-key".to_owned(),
        })
    }
}

/// An authentication that waits for the key.
#[derive(Clone, Debug)]
pub struct Authentication {
    /// What the key is asked.
    pub request: get_assertion::Request,
    client_data_json: Vec<u8>,
}

impl Authentication {
    /// What a browser does with a site's options before it turns to a key.
    ///
    /// # Errors
    /// Why not; nothing was asked of the key then.
    pub fn begin(
        options: &PublicKeyCredentialRequestOptionsJSON,
        origin: &str,
        key: Capabilities,
    ) -> Result<Self, Error> {
        let rp_id = effective_rp_id(origin, options.rp_id.as_deref())?;
        let client_data_json =
            CollectedClientData::new(client_data::GET, &options.challenge, origin).serialize();
        let allowed = descriptors(&options.allow_credentials);
        Ok(Self {
            request: get_assertion::Request {
                rp_id,
                client_data_hash: client_data::hash(&client_data_json),
                allow_list: (!allowed.is_empty()).then_some(allowed),
                extensions: GetAssertionInputs::default(),
                options: make_credential::Options {
                    rk: None,
                    up: None,
                    uv: user_verification(options.user_verification.as_deref(), key)?,
                },
                pin_uv_auth_param: None,
                pin_uv_auth_protocol: None,
            },
            client_data_json,
        })
    }

    /// What the browser hands to the site.
    pub fn finish(self, response: get_assertion::Response) -> AuthenticationResponseJSON {
        let raw_id = Base64Url(response.credential.id);
        AuthenticationResponseJSON {
            id: raw_id.to_string(),
            raw_id,
            response: AuthenticatorAssertionResponseJSON {
                client_data_json: self.client_data_json.into(),
                authenticator_data: response.auth_data.into(),
                signature: response.signature.into(),
                user_handle: response.user.map(|user| user.id.into()),
            },
            authenticator_attachment: Some("cross-platform".to_owned()),
            client_extension_results: Map::new(),
            kind: "public-key".to_owned(),
        }
    }
}

fn effective_rp_id(origin: &str, rp_id: Option<&str>) -> Result<String, Error> {
    match rp_id {
        Some(rp_id) => rp_id::check(origin, rp_id).map(|()| rp_id.to_owned()),
        None => rp_id::host(origin).map(str::to_owned),
    }
    .map_err(Error::Origin)
}

/// An empty list means ES256 and RS256 (§5.1.3); entries of other types are passed over.
fn algorithms(options: &PublicKeyCredentialCreationOptionsJSON) -> Vec<i64> {
    if options.pub_key_cred_params.is_empty() {
        return vec![ctap::cose::ES256, -257];
    }
    options
        .pub_key_cred_params
        .iter()
        .filter(|entry| entry.kind == "public-key")
        .map(|entry| entry.alg)
        .collect()
}

fn descriptors(list: &[PublicKeyCredentialDescriptorJSON]) -> Vec<Descriptor> {
    list.iter()
        .filter(|entry| entry.kind == "public-key")
        .map(|entry| Descriptor { id: entry.id.0.clone() })
        .collect()
}

fn resident_key(selection: &AuthenticatorSelectionCriteria, key: Capabilities) -> Result<bool, Error> {
    match selection.resident_key.as_deref() {
        Some("required") if !key.discoverable => Err(Error::NotDiscoverable),
        Some("required") => Ok(true),
        Some("preferred") => Ok(key.discoverable),
        Some("discouraged") => Ok(false),
        _ if selection.require_resident_key && !key.discoverable => Err(Error::NotDiscoverable),
        _ => Ok(selection.require_resident_key),
    }
}

fn user_verification(requirement: Option<&str>, key: Capabilities) -> Result<Option<bool>, Error> {
    match requirement {
        Some("required") if !key.user_verification => Err(Error::NoUserVerification),
        Some("discouraged") => Ok(None),
        _ => Ok(key.user_verification.then_some(true)),
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
