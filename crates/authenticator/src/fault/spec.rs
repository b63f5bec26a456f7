//! A fault with its limits: `NAME[=VALUE][,count=N][,command=X]`.

use std::{fmt, str::FromStr};

use super::{COMMANDS, Fault, KNOWN};

/// A fault to switch on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What goes wrong.
    pub fault: Fault,
    /// How often; without end where `None`.
    pub count: Option<u64>,
    /// In which command; in every one where `None`.
    pub command: Option<&'static str>,
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// No fault has this name.
    #[error("There is no fault named {name}.")]
    Unknown {
        /// As written.
        name: String,
        /// The fault whose name is nearest.
        nearest: &'static str,
    },
    /// The value is missing, unwanted or wrong.
    #[error("The value of {name} is not {}.", if value.is_empty() { "wanted: it has none" } else { value })]
    Value {
        /// Of the fault.
        name: String,
        /// What it should be.
        value: &'static str,
    },
    /// No limit is written so.
    #[error("{limit} is no limit of a fault.")]
    Limit {
        /// As written.
        limit: String,
    },
    /// No command has this name.
    #[error("There is no command named {command} that a fault can be limited to.")]
    Command {
        /// As written.
        command: String,
    },
}

impl SpecError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let list = |names: &mut dyn Iterator<Item = &'static str>| names.collect::<Vec<_>>().join(", ");
        match self {
            Self::Unknown { nearest, .. } => {
                let known = list(&mut KNOWN.iter().map(|known| known.name));
                format!("Did you mean {nearest}? The faults are {known}.")
            }
            Self::Value { name, value: "" } => format!("Write {name} alone."),
            Self::Value { name, value } => {
                format!("Write {name}={value}: bytes in hexadecimal, numbers in decimal or with 0x.")
            }
            Self::Limit { .. } => "Write count=N or command=NAME behind a comma.".to_owned(),
            Self::Command { .. } => format!("The commands are {}.", list(&mut COMMANDS.iter().copied())),
        }
    }
}

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut parts = text.split(',');
        let fault = parts.next().unwrap_or_default();
        let (name, value) = match fault.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (fault.trim(), None),
        };
        let fault = Fault::parse(name, value).map_err(|value| match value {
            Some(value) => SpecError::Value { name: name.to_owned(), value },
            None => SpecError::Unknown { name: name.to_owned(), nearest: nearest(name) },
        })?;
        let mut spec = Self { count: None, command: None, fault };
        if let Fault::BusyStorm(count) = spec.fault {
            spec.count = Some(count);
        }
        for limit in parts {
            spec.limit(limit.trim())?;
        }
        Ok(spec)
    }
}

impl Spec {
    fn limit(&mut self, limit: &str) -> Result<(), SpecError> {
        let unknown = || SpecError::Limit { limit: limit.to_owned() };
        match limit.split_once('=').ok_or_else(unknown)? {
            ("count", count) => {
                self.count = Some(count.parse().ok().filter(|count| *count > 0).ok_or_else(unknown)?);
            }
            ("command", command) => {
                let known =
                    COMMANDS.iter().find(|known| known.eq_ignore_ascii_case(&command.replace('-', "")));
                self.command = Some(known.ok_or_else(|| SpecError::Command { command: command.to_owned() })?);
            }
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.name())?;
        if let Some(value) = self.fault.value() {
            write!(f, "={value}")?;
        }
        if let Some(count) = self.count {
            write!(f, ",count={count}")?;
        }
        if let Some(command) = self.command {
            write!(f, ",command={command}")?;
        }
        Ok(())
    }
}

/// The known name that takes the fewest changes of a letter.
fn nearest(name: &str) -> &'static str {
    let names = KNOWN.iter().map(|known| known.name);
    names.min_by_key(|known| distance(name, known)).unwrap_or_default()
}

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (number, from) in left.chars().enumerate() {
        let mut diagonal = number;
        let mut before = number + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(right.chars()) {
            let changed = diagonal + usize::from(from != to);
            diagonal = *cell;
            *cell = changed.min(diagonal + 1).min(before + 1);
            before = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    // proves: fault-switching
    #[test]
    fn a_fault_is_read_with_value_and_limits_and_written_again() {
        for text in [
            "bad-signature",
            "status=0x2e,count=2",
            "slow=500,command=getAssertion",
            "fixed-response=00a0,count=1,command=getInfo",
            "missing-member=-2",
            "busy-storm=3,count=3",
        ] {
            assert_eq!(text.parse::<Spec>().unwrap().to_string(), text);
        }
        let spec: Spec = "drop-report, count=2, command=make-credential".parse().unwrap();
        assert_eq!(
            spec,
            Spec { fault: Fault::DropReport(1), count: Some(2), command: Some("makeCredential") }
        );
        assert_eq!("busy-storm=7".parse::<Spec>().unwrap().count, Some(7));
    }

    // proves: fault-switching
    #[test]
    fn what_is_no_fault_is_answered_with_the_nearest_and_with_all() {
        let error = "bad-signatur".parse::<Spec>().unwrap_err();
        assert_eq!(error.to_string(), "There is no fault named bad-signatur.");
        assert!(
            error.hint().starts_with("Did you mean bad-signature? The faults are fixed-response, status, ")
        );
        assert!("counter-stuk".parse::<Spec>().unwrap_err().hint().contains("counter-stuck?"));
        let error = "slow".parse::<Spec>().unwrap_err();
        assert_eq!(error.to_string(), "The value of slow is not MS.");
        let error = "up-unset=1".parse::<Spec>().unwrap_err();
        assert_eq!(error.to_string(), "The value of up-unset is not wanted: it has none.");
        for wrong in ["up-unset,often", "up-unset,count=0", "up-unset,count=x"] {
            assert!(matches!(wrong.parse::<Spec>(), Err(SpecError::Limit { .. })), "{wrong}");
        }
        assert!(matches!("up-unset,command=x".parse::<Spec>(), Err(SpecError::Command { .. })));
    }
}
