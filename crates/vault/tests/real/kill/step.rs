//! A step of the child's work, as the pipe carries it: `will rename 17 4`, `done rename 17 4`.

use std::{fmt, str::FromStr};

/// What is done, to which passkey, with which number: the counter that came back, or what a name is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) passkey: u32,
    pub(super) number: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Add,
    Count,
    Rename,
    Delete,
}

impl Verb {
    pub(super) const ALL: [Self; 4] = [Self::Add, Self::Count, Self::Rename, Self::Delete];

    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Count => "count",
            Self::Rename => "rename",
            Self::Delete => "delete",
        }
    }
}

/// A line of the pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Else it is only about to be.
    pub(super) done: bool,
    pub(super) step: Step,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.done { "done" } else { "will" };
        // The end tells a whole line from one whose last digits are missing.
        write!(f, "{when} {} {} {} end", self.step.verb.name(), self.step.passkey, self.step.number)
    }
}

impl FromStr for Said {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let [when, verb, passkey, number, "end"] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(());
        };
        let verb = Verb::ALL.into_iter().find(|known| known.name() == verb).ok_or(())?;
        let (passkey, number) = (passkey.parse().map_err(drop)?, number.parse().map_err(drop)?);
        Ok(Self { done: when == "done", step: Step { verb, passkey, number } })
    }
}
