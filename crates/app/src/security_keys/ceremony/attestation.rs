//! What vouches for a new passkey, judged by verified metadata.

use ::metadata::attestation;
use ctap::{
    attestation::Statement,
    auth_data::{AttestedCredential, AuthenticatorData},
    cose::{self, PublicKey},
    u2f,
};
use jiff::Timestamp;
use serde::Serialize;
use specta::Type;
use webauthn::verify::{Outcome, Verdict};

use crate::{App, error::sentence, metadata::KeyModel};

/// What vouches for a new passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyAttestation {
    /// The statement's format, such as `packed`.
    pub format: String,
    /// Who vouches.
    pub kind: AttestationKind,
    /// Whether its signature holds; `null` where it could not be judged.
    pub signature: Option<bool>,
    /// Whether its certificates lead to those that verified metadata names for this model.
    pub trusted: bool,
    /// What was found, in a sentence.
    pub finding: String,
    /// The certificates in DER, base64url, the attesting one first.
    pub certificates: Vec<String>,
}

/// Who vouches for a new passkey (WebAuthn §6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum AttestationKind {
    /// Nobody.
    None,
    /// The passkey itself.
    SelfAttestation,
    /// Who made the key, by certificates.
    Certificate,
    /// A format that is not judged here.
    Unknown,
}

/// What is judged.
pub(super) struct Attesting<'a> {
    pub(super) statement: &'a Statement,
    /// The authenticator data as they were signed.
    pub(super) signed: &'a [u8],
    pub(super) hash: &'a [u8; 32],
    pub(super) data: &'a AuthenticatorData,
    pub(super) credential: &'a AttestedCredential,
}

impl App {
    /// Judges the statement, and says what is known of the model.
    pub(super) fn attestation(
        &self,
        of: &Attesting<'_>,
        verdict: &Verdict,
    ) -> (KeyAttestation, Option<KeyModel>) {
        let aaguid = of.credential.aaguid;
        let claimed = self.model_of(aaguid);
        let plain = |format: &str, kind, signature, finding: &str| KeyAttestation {
            format: format.to_owned(),
            kind,
            signature,
            trusted: false,
            finding: finding.to_owned(),
            certificates: Vec::new(),
        };
        match of.statement {
            Statement::None => {
                let finding = "Nobody vouches for the key: that it is of its model is only claimed.";
                (plain("none", AttestationKind::None, None, finding), claimed)
            }
            Statement::Packed { chain, .. } if chain.is_empty() => {
                let held = verdict.step("attestation-statement").map(|step| step.outcome == Outcome::Pass);
                let finding = "The passkey vouches for itself: that the key is of its model is only claimed.";
                (plain("packed", AttestationKind::SelfAttestation, held, finding), claimed)
            }
            Statement::Packed { algorithm, signature, chain } => {
                let message = [of.signed, of.hash].concat();
                let holds = chain.first().and_then(|certificate| {
                    let signed = attestation::signed(certificate, *algorithm, &message, signature)?;
                    // A certificate that names a model vouches for no other (WebAuthn §8.2).
                    Some(signed && attestation::model(certificate).is_none_or(|model| model == aaguid))
                });
                by_certificates("packed", chain, holds, &self.attestation_roots(aaguid), claimed)
            }
            Statement::FidoU2f { signature, certificate } => {
                let holds = u2f_message(of)
                    .and_then(|message| attestation::signed(certificate, cose::ES256, &message, signature));
                let (roots, model) = self.u2f_model(certificate);
                let model = claimed.or(model);
                by_certificates("fido-u2f", std::slice::from_ref(certificate), holds, &roots, model)
            }
            Statement::Other(format, _) => {
                let finding = "Statements of this format are not judged here.";
                (plain(format, AttestationKind::Unknown, None, finding), claimed)
            }
        }
    }
}

/// The signature of the first certificate's key, and where the certificates lead.
fn by_certificates(
    format: &str,
    chain: &[Vec<u8>],
    signature: Option<bool>,
    roots: &[Vec<u8>],
    claimed: Option<KeyModel>,
) -> (KeyAttestation, Option<KeyModel>) {
    let (trusted, finding) = match (signature, roots.is_empty()) {
        (Some(false), _) => {
            (false, "The certificate's key did not sign this, or vouches for another model.".to_owned())
        }
        (None, _) => (false, "The certificate or its algorithm cannot be judged here.".to_owned()),
        (Some(true), true) => (
            false,
            "The signature holds, and no verified metadata says who may vouch for this model.".to_owned(),
        ),
        (Some(true), false) => match attestation::verify(chain, roots, Timestamp::now()) {
            Ok(()) => (true, "Its maker vouches for the key, by verified metadata.".to_owned()),
            Err(error) => (
                false,
                format!("The signature holds, but not as verified metadata says: {}", sentence(&error)),
            ),
        },
    };
    let attestation = KeyAttestation {
        format: format.to_owned(),
        kind: AttestationKind::Certificate,
        signature,
        trusted,
        finding,
        certificates: chain.iter().map(|certificate| super::base64url(certificate)).collect(),
    };
    (attestation, if trusted { claimed.map(KeyModel::attested) } else { claimed })
}

/// What the certificate's key signs of a U2F registration (WebAuthn §8.6).
fn u2f_message(of: &Attesting<'_>) -> Option<Vec<u8>> {
    let Ok(PublicKey::P256 { x, y, .. }) = PublicKey::decode(&of.credential.public_key) else { return None };
    let point = [&[0x04][..], &x, &y].concat().try_into().ok()?;
    Some(u2f::Registration::signed(&of.data.rp_id_hash, of.hash, &of.credential.credential_id, &point))
}
