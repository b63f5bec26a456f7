use std::fmt::Display;

use super::{Outcome, Step};

/// The list of steps as it grows.
pub(super) struct Steps {
    chapter: &'static str,
    list: Vec<Step>,
}

impl Steps {
    /// An empty list for `7.1` or `7.2`.
    pub(super) fn new(chapter: &'static str) -> Self {
        Self { chapter, list: Vec::new() }
    }

    pub(super) fn add(&mut self, id: &str, number: u8, title: &str, outcome: Outcome, detail: impl Display) {
        self.list.push(Step {
            id: id.to_owned(),
            section: format!("{}.{number}", self.chapter),
            title: title.to_owned(),
            outcome,
            detail: detail.to_string(),
        });
    }

    /// Passes or fails.
    pub(super) fn check(&mut self, id: &str, number: u8, title: &str, holds: bool, detail: impl Display) {
        self.add(id, number, title, if holds { Outcome::Pass } else { Outcome::Fail }, detail);
    }

    pub(super) fn skip(&mut self, id: &str, number: u8, title: &str, reason: impl Display) {
        self.add(id, number, title, Outcome::Skip, reason);
    }

    /// No step failed so far.
    pub(super) fn all_hold(&self) -> bool {
        self.list.iter().all(|step| step.outcome != Outcome::Fail)
    }

    pub(super) fn into_list(self) -> Vec<Step> {
        self.list
    }
}

/// Bytes as hexadecimal text, for details.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
