//! The steps about the attestation statement: 7.1.21 to 7.1.24.

use ctap::attestation::{AttestationObject, Statement};

use super::{
    Attestation, AttestationPolicy, AttestationType, Outcome, Policy,
    signature::{Key, name},
    steps::{Steps, hex},
};
use crate::Base64Url;

/// What the statement is verified against.
pub(super) struct Attested<'a> {
    pub(super) object: &'a AttestationObject,
    pub(super) client_data_hash: &'a [u8; 32],
    /// The credential's own key, where it could be read.
    pub(super) key: Option<&'a Key>,
}

/// Runs the steps and says what vouches for the credential.
pub(super) fn check(steps: &mut Steps, policy: &Policy, attested: Option<&Attested>) -> Option<Attestation> {
    let Some(attested) = attested else {
        for (id, number, title) in [
            ("attestation-format", 21, FORMAT),
            ("attestation-statement", 22, STATEMENT),
            ("trust-anchors", 23, ANCHORS),
            ("trustworthiness", 24, TRUST),
        ] {
            steps.skip(id, number, title, "The attestation object could not be read.");
        }
        return None;
    };

    let attestation = describe(&attested.object.statement);
    format_step(steps, policy, &attested.object.statement, &attestation);
    let correct = statement_step(steps, policy, attested);
    if attestation.chain.is_empty() {
        steps.skip("trust-anchors", 23, ANCHORS, "No certificates came: there is no chain to anchor.");
    } else {
        steps.skip("trust-anchors", 23, ANCHORS, "This version does not judge certificate chains.");
    }
    trust_step(steps, policy, &attestation, correct);
    Some(attestation)
}

fn describe(statement: &Statement) -> Attestation {
    let (format, kind, chain) = match statement {
        Statement::None => ("none", AttestationType::None, [].as_slice()),
        Statement::Packed { chain, .. } if chain.is_empty() => {
            ("packed", AttestationType::SelfAttestation, [].as_slice())
        }
        Statement::Packed { chain, .. } => ("packed", AttestationType::Uncertain, chain.as_slice()),
        Statement::FidoU2f { certificate, .. } => {
            ("fido-u2f", AttestationType::Uncertain, std::slice::from_ref(certificate))
        }
        Statement::Other(format, _) => (format.as_str(), AttestationType::Uncertain, [].as_slice()),
    };
    Attestation {
        format: format.to_owned(),
        kind,
        trusted: false,
        chain: chain.iter().cloned().map(Base64Url).collect(),
    }
}

fn format_step(steps: &mut Steps, policy: &Policy, statement: &Statement, attestation: &Attestation) {
    let format = &attestation.format;
    match statement {
        Statement::None | Statement::Packed { .. } | Statement::FidoU2f { .. } => {
            steps.check("attestation-format", 21, FORMAT, true, format!("fmt is {format:?}."));
        }
        Statement::Other(..) => {
            steps.add(
                "attestation-format",
                21,
                FORMAT,
                unjudged(policy),
                format!("fmt is {format:?}: not judged by this version."),
            );
        }
    }
}

/// Whether the statement was verified; `None` where it was not judged.
fn statement_step(steps: &mut Steps, policy: &Policy, attested: &Attested) -> Option<bool> {
    let (correct, detail) = match &attested.object.statement {
        Statement::None => (Some(true), "Nothing is stated, as the format none demands.".to_owned()),
        Statement::Packed { algorithm, signature, chain } if chain.is_empty() => match attested.key {
            None => (None, "The credential's public key could not be read.".to_owned()),
            Some(key) if key.algorithm() != *algorithm => (
                Some(false),
                format!(
                    "alg is {}, but the credential's key is for {}.",
                    name(*algorithm),
                    name(key.algorithm())
                ),
            ),
            Some(key) => {
                let message = [attested.object.auth_data.as_slice(), attested.client_data_hash].concat();
                let detail =
                    format!("Self attestation by {}, signature {}.", name(*algorithm), hex(signature));
                (Some(key.verifies(&message, signature)), detail)
            }
        },
        Statement::Packed { chain, .. } => {
            (None, format!("{} certificate(s) came: not judged by this version.", chain.len()))
        }
        Statement::FidoU2f { .. } => (None, "A certificate came: not judged by this version.".to_owned()),
        Statement::Other(..) => (None, "The format is not judged by this version.".to_owned()),
    };
    let outcome = match correct {
        Some(true) => Outcome::Pass,
        Some(false) => Outcome::Fail,
        None => unjudged(policy),
    };
    steps.add("attestation-statement", 22, STATEMENT, outcome, detail);
    correct
}

fn trust_step(steps: &mut Steps, policy: &Policy, attestation: &Attestation, correct: Option<bool>) {
    if correct == Some(false) {
        steps.skip("trustworthiness", 24, TRUST, "The statement is not correct.");
        return;
    }
    let what = match attestation.kind {
        AttestationType::None => "No attestation",
        AttestationType::SelfAttestation => "Self attestation",
        AttestationType::Uncertain => "An attestation that was not judged",
    };
    match policy.attestation {
        AttestationPolicy::None => {
            steps.check("trustworthiness", 24, TRUST, true, format!("{what}; the policy asks for none."));
        }
        AttestationPolicy::Any => {
            steps.check("trustworthiness", 24, TRUST, true, format!("{what}; the policy takes any."));
        }
        AttestationPolicy::Trusted => {
            steps.check(
                "trustworthiness",
                24,
                TRUST,
                false,
                format!("{what}; the policy demands a chain to a trust anchor."),
            );
        }
    }
}

/// What this version cannot judge may pass only where nobody relies on it.
fn unjudged(policy: &Policy) -> Outcome {
    if policy.attestation == AttestationPolicy::Trusted { Outcome::Fail } else { Outcome::Skip }
}

const FORMAT: &str = "The attestation format is known";
const STATEMENT: &str = "The attestation statement is correct";
const ANCHORS: &str = "Trust anchors for this kind of attestation are at hand";
const TRUST: &str = "The attestation is as trustworthy as the policy demands";
