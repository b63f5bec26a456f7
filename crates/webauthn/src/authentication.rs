//! Options and response of an authentication ceremony, as JSON (WebAuthn §5.1.8, §5.1.10, §5.5).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Base64Url, registration::PublicKeyCredentialDescriptorJSON};

/// What a site asks for: `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialRequestOptionsJSON {
    /// At least 16 random bytes (§13.4.3).
    pub challenge: Base64Url,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// The origin's host where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp_id: Option<String>,
    /// Which credentials may answer; any discoverable one where empty.
    #[serde(default)]
    pub allow_credentials: Vec<PublicKeyCredentialDescriptorJSON>,
    /// `required`, `preferred` or `discouraged`; `preferred` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<String>,
    /// `security-key`, `client-device`, `hybrid`; preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Client extension inputs, by their names.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extensions: Map<String, Value>,
}

/// What the browser hands back: `AuthenticationResponseJSON`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationResponseJSON {
    /// The credential id as text.
    pub id: String,
    /// The credential id.
    pub raw_id: Base64Url,
    /// The authenticator's part.
    pub response: AuthenticatorAssertionResponseJSON,
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

/// `AuthenticatorAssertionResponseJSON`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorAssertionResponseJSON {
    /// The bytes that were hashed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Base64Url,
    /// Signed, before the hash.
    pub authenticator_data: Base64Url,
    /// Over authenticator data and client data hash.
    pub signature: Base64Url,
    /// Whose credential it is; always there for a discoverable one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<Base64Url>,
}
