use serde::Serialize;

use crate::passkeys::PasskeyKind;

/// What the demo saw (`demo --json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Every ceremony of the first part, as the relying party saw it.
    pub ceremonies: Vec<Ceremony>,
    /// What a lost device means, for each kind.
    pub lost_device: Vec<Outcome>,
    /// What a cloned key means, for each kind.
    pub cloned_key: Vec<Outcome>,
}

/// A ceremony as the relying party saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ceremony {
    /// The kind of passkey.
    pub kind: PasskeyKind,
    /// `registration` or `authentication`.
    pub ceremony: &'static str,
    /// User present.
    pub up: bool,
    /// User verified.
    pub uv: bool,
    /// Backup eligible.
    pub be: bool,
    /// Backed up.
    pub bs: bool,
    /// The signature counter.
    pub sign_count: u32,
    /// Whether every step passed.
    pub verified: bool,
    /// How many steps were judged, and how many of them passed.
    pub steps: Steps,
}

/// A count of verification steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Steps {
    /// Passed.
    pub passed: usize,
    /// Failed or let through with a warning.
    pub not_passed: usize,
}

/// One line of a story's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The kind of passkey.
    pub kind: PasskeyKind,
    /// What was tried.
    pub attempt: &'static str,
    /// Whether the site let the person in.
    pub signed_in: bool,
    /// Why, in the words of whoever decided.
    pub reason: String,
}
