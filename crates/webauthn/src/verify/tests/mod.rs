//! The specification's test vectors (WebAuthn §16), and for every step a ceremony that fails exactly it.

mod assertion_steps;
mod key;
mod registration_steps;
mod vectors;

use super::{Outcome, Verdict};

/// The ids of the failed steps, without the closing one, which fails with any of them.
fn failed(verdict: &Verdict) -> Vec<&str> {
    let ids: Vec<&str> = verdict
        .steps
        .iter()
        .filter(|step| step.outcome == Outcome::Fail)
        .map(|step| step.id.as_str())
        .collect();
    assert_eq!(verdict.verified, ids.is_empty(), "{:#?}", verdict.steps);
    assert_eq!(verdict.credential.is_some(), verdict.verified, "a failed ceremony leaves no record");
    match ids.split_last() {
        Some((&"complete", rest)) => rest.to_vec(),
        _ => ids,
    }
}

fn outcome(verdict: &Verdict, id: &str) -> Outcome {
    verdict.step(id).unwrap_or_else(|| panic!("no step {id}")).outcome
}
