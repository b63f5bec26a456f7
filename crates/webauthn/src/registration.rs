//! Options and response of a registration ceremony, as JSON (WebAuthn §5.1.8, §5.1.9, §5.4).
//!
//! Members that are not known here are ignored; enumeration values stay text, because a value that
//! nobody knows is to be treated as absent (§2.1.1), not refused.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Base64Url;

/// What a site asks for: `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialCreationOptionsJSON {
    /// The site.
    pub rp: PublicKeyCredentialRpEntity,
    /// The account.
    pub user: PublicKeyCredentialUserEntityJSON,
    /// At least 16 random bytes (§13.4.3).
    pub challenge: Base64Url,
    /// The algorithms the site takes, preferred first.
    pub pub_key_cred_params: Vec<PublicKeyCredentialParameters>,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// Credentials the account already has: no second one on the same key.
    #[serde(default)]
    pub exclude_credentials: Vec<PublicKeyCredentialDescriptorJSON>,
    /// What the key must be able to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_selection: Option<AuthenticatorSelectionCriteria>,
    /// `security-key`, `client-device`, `hybrid`; preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// `none`, `indirect`, `direct` or `enterprise`; `none` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<String>,
    /// Preferred attestation formats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestation_formats: Vec<String>,
    /// Client extension inputs, by their names.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extensions: Map<String, Value>,
}

/// The site (§5.4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeyCredentialRpEntity {
    /// The RP ID; the origin's host where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the site calls itself.
    pub name: String,
}

/// The account (§5.4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialUserEntityJSON {
    /// The user handle: 1 to 64 bytes that say nothing about the person.
    pub id: Base64Url,
    /// The account's name at the site.
    pub name: String,
    /// The person's name.
    pub display_name: String,
}

/// One acceptable algorithm (§5.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeyCredentialParameters {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The COSE identifier.
    pub alg: i64,
}

impl PublicKeyCredentialParameters {
    /// A `public-key` entry.
    pub fn public_key(alg: i64) -> Self {
        Self { kind: "public-key".to_owned(), alg }
    }
}

/// A credential by its id (§5.8.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeyCredentialDescriptorJSON {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The credential id.
    pub id: Base64Url,
    /// How the key may be reached: a hint, unknown values kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<String>,
}

impl PublicKeyCredentialDescriptorJSON {
    /// A `public-key` descriptor.
    pub fn public_key(id: Base64Url, transports: Vec<String>) -> Self {
        Self { kind: "public-key".to_owned(), id, transports }
    }
}

/// What the key must be able to do (§5.4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorSelectionCriteria {
    /// `platform` or `cross-platform`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<String>,
    /// `required`, `preferred` or `discouraged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident_key: Option<String>,
    /// Level 1's form of the same; read where `residentKey` is absent.
    #[serde(default)]
    pub require_resident_key: bool,
    /// `required`, `preferred` or `discouraged`; `preferred` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<String>,
}

/// What the browser hands back: `RegistrationResponseJSON`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationResponseJSON {
    /// The credential id as text.
    pub id: String,
    /// The credential id.
    pub raw_id: Base64Url,
    /// The authenticator's part.
    pub response: AuthenticatorAttestationResponseJSON,
    /// `platform` or `cross-platform`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<String>,
    /// Client extension outputs, by their names.
    #[serde(default)]
    pub client_extension_results: Map<String, Value>,
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// `AuthenticatorAttestationResponseJSON`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorAttestationResponseJSON {
    /// The bytes that were hashed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Base64Url,
    /// A convenience copy of the attestation object's `authData`; never verified from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_data: Option<Base64Url>,
    /// How the key may be reached.
    #[serde(default)]
    pub transports: Vec<String>,
    /// A convenience copy, as SubjectPublicKeyInfo; never verified from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<Base64Url>,
    /// A convenience copy; never verified from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key_algorithm: Option<i64>,
    /// `fmt`, `attStmt`, `authData` as CBOR.
    pub attestation_object: Base64Url,
}
