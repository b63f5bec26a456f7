use serde::{Deserialize, Serialize};

use crate::Base64Url;

/// What a relying party expects and accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// The RP ID.
    pub rp_id: String,
    /// Acceptable origins, compared exactly.
    pub origins: Vec<String>,
    /// The challenge that was sent.
    pub challenge: Base64Url,
    /// UV must be set.
    #[serde(default)]
    pub require_user_verification: bool,
    /// UP must be set; false only for a registration with conditional mediation.
    #[serde(default = "yes")]
    pub require_user_presence: bool,
    /// The COSE identifiers that were offered.
    #[serde(default = "offered")]
    pub algorithms: Vec<i64>,
    /// Take ceremonies from inside a frame of another origin.
    #[serde(default)]
    pub allow_cross_origin: bool,
    /// The pages such a frame may stand in.
    #[serde(default)]
    pub top_origins: Vec<String>,
    /// The credential ids that were sent in `allowCredentials`; any where empty.
    #[serde(default)]
    pub allow_credentials: Vec<Base64Url>,
    /// The account was not known before the ceremony: the response must name it by its user handle.
    #[serde(default)]
    pub require_user_handle: bool,
    /// What must vouch for a new credential.
    #[serde(default)]
    pub attestation: AttestationPolicy,
    /// Root certificates as PEM.
    #[serde(default)]
    pub trust_anchors: Vec<String>,
    /// What a counter that does not grow means.
    #[serde(default)]
    pub counter: CounterPolicy,
}

/// What must vouch for a new credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttestationPolicy {
    /// Not asked for; what comes must still be correct where this version can judge it.
    #[default]
    None,
    /// Asked for, and any is taken.
    Any,
    /// A chain to one of the trust anchors.
    Trusted,
}

/// What a counter that does not grow means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CounterPolicy {
    /// The sign-in fails.
    #[default]
    Reject,
    /// The sign-in succeeds with a warning.
    Warn,
    /// Not looked at.
    Ignore,
}

fn yes() -> bool {
    true
}

fn offered() -> Vec<i64> {
    vec![ctap::cose::EDDSA, ctap::cose::ES256]
}
