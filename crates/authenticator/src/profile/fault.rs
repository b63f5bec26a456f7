use std::{collections::BTreeMap, fmt};

/// What is wrong in a profile file, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong and why, with the section that says so.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} {}", self.line, self.column, self.message, self.hint)
    }
}

/// What reading a file notes down: where its members stand, and what is wrong.
pub(super) struct Notes<'t> {
    text: &'t str,
    /// The byte at which the value of `pin.min-length` stands, and the element of `versions/FIDO_2_1`.
    places: BTreeMap<String, usize>,
    faults: Vec<Fault>,
}

impl<'t> Notes<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, places: BTreeMap::new(), faults: Vec::new() }
    }

    /// A member stands at this byte.
    pub(super) fn place(&mut self, path: String, at: usize) {
        self.places.insert(path, at);
    }

    pub(super) fn is_stated(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    pub(super) fn fault(&mut self, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        let (line, column) = line_and_column(self.text, at);
        self.faults.push(Fault { line, column, message: message.into(), hint: hint.into() });
    }

    /// A fault at the first of these members that the file states; where it states none, at what it extends.
    pub(super) fn blame(&mut self, paths: &[&str], message: impl Into<String>, hint: impl Into<String>) {
        let stated = paths.iter().chain(&["extends"]).find_map(|path| self.places.get(*path));
        self.fault(stated.copied().unwrap_or(0), message, hint);
    }

    pub(super) fn is_faultless(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults in the file's order.
    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self.faults
    }
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let end = (0..=at.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    let before = text.get(..end).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
