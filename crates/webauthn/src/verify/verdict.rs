use ctap::{auth_data::AuthenticatorData, cose::PublicKey};
use serde::{Deserialize, Serialize};

use crate::Base64Url;

/// What came of a ceremony, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// No step failed.
    pub verified: bool,
    /// The steps, in the specification's order.
    pub steps: Vec<Step>,
    /// What the authenticator signed, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_data: Option<SignedData>,
    /// The credential record to store from now on; none where the ceremony failed.
    pub credential: Option<CredentialRecord>,
    /// What vouches for a new credential, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

impl Verdict {
    /// The first step that failed.
    pub fn failure(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.outcome == Outcome::Fail)
    }

    /// The step called `id`.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// A stable word, such as `origin`.
    pub id: String,
    /// Where it stands in WebAuthn Level 3, such as `7.1.9`.
    pub section: String,
    /// What is checked.
    pub title: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The values it looked at, and what was wrong with them.
    pub detail: String,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// The ceremony must not succeed.
    Fail,
    /// Not judged, for the reason in the detail.
    Skip,
    /// The policy lets it through, but look.
    Warn,
}

/// What the authenticator signed, next to the RP ID hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedData {
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The authenticator's model, as 8-4-4-4-12 hexadecimal digits; at registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<String>,
    /// The new key's COSE identifier, where the key is of a known kind; at registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<i64>,
}

/// The flags of authenticator data, as bits (§6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// User present.
    pub up: bool,
    /// User verified.
    pub uv: bool,
    /// Backup eligible.
    pub be: bool,
    /// Backed up.
    pub bs: bool,
    /// Attested credential data included.
    pub at: bool,
    /// Extension data included.
    pub ed: bool,
}

impl From<ctap::auth_data::Flags> for Flags {
    fn from(flags: ctap::auth_data::Flags) -> Self {
        use ctap::auth_data::Flags as Bits;
        Self {
            up: flags.has(Bits::UP),
            uv: flags.has(Bits::UV),
            be: flags.has(Bits::BE),
            bs: flags.has(Bits::BS),
            at: flags.has(Bits::AT),
            ed: flags.has(Bits::ED),
        }
    }
}

impl From<&AuthenticatorData> for SignedData {
    fn from(data: &AuthenticatorData) -> Self {
        let attested = data.attested.as_ref();
        Self {
            flags: data.flags.into(),
            sign_count: data.sign_count,
            aaguid: attested.map(|attested| uuid(attested.aaguid)),
            algorithm: attested
                .and_then(|attested| PublicKey::decode(&attested.public_key).ok())
                .map(|key| key.algorithm()),
        }
    }
}

fn uuid(aaguid: [u8; 16]) -> String {
    let digits = format!("{:032x}", u128::from_be_bytes(aaguid));
    let mut text = String::with_capacity(36);
    for (place, digit) in digits.char_indices() {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// What a relying party stores about a credential (§4 "credential record").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialRecord {
    /// The credential id.
    pub id: Base64Url,
    /// The COSE key.
    pub public_key: Base64Url,
    /// The last counter that was accepted.
    pub sign_count: u32,
    /// BE at registration.
    pub backup_eligible: bool,
    /// BS of the last ceremony.
    pub backup_state: bool,
    /// Whose it is, where the relying party knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<Base64Url>,
    /// UV was set at least once.
    #[serde(default)]
    pub uv_initialized: bool,
    /// As the browser reported them at registration.
    #[serde(default)]
    pub transports: Vec<String>,
}

/// What vouches for a new credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The statement format, such as `packed`.
    pub format: String,
    /// What kind of trust it stands for.
    #[serde(rename = "type")]
    pub kind: AttestationType,
    /// A chain to a trust anchor was verified.
    pub trusted: bool,
    /// The certificates as they came, leaf first.
    pub chain: Vec<Base64Url>,
}

/// The attestation types that this version tells apart (§6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttestationType {
    /// Nothing vouches.
    None,
    /// The credential vouches for itself.
    #[serde(rename = "self")]
    SelfAttestation,
    /// Not judged by this version.
    Uncertain,
}
