//! A step of the child's work, as the pipe carries it: `will rename 17 4`, `done rename 17 4`.

use std::{fmt, str::FromStr};

/// What is done, to which passkey or slot, with which number: the counter that came back, what a name is made of, or how
/// many passkeys are imported, this one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) of: u32,
    pub(super) number: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Add,
    Count,
    Rename,
    Delete,
    Restore,
    Purge,
    Import,
    AddSlot,
    /// And with it the vault key is renewed.
    RemoveSlot,
}

impl Verb {
    const NAMES: [(Self, &'static str); 9] = [
        (Self::Add, "add"),
        (Self::Count, "count"),
        (Self::Rename, "rename"),
        (Self::Delete, "delete"),
        (Self::Restore, "restore"),
        (Self::Purge, "purge"),
        (Self::Import, "import"),
        (Self::AddSlot, "add-slot"),
        (Self::RemoveSlot, "remove-slot"),
    ];
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
        let (_, verb) = Verb::NAMES.iter().find(|(verb, _)| *verb == self.step.verb).ok_or(fmt::Error)?;
        // The end tells a whole line from one whose last digits are missing.
        write!(f, "{when} {verb} {} {} end", self.step.of, self.step.number)
    }
}

impl FromStr for Said {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let [when, verb, of, number, "end"] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(());
        };
        let (verb, _) = *Verb::NAMES.iter().find(|(_, name)| *name == verb).ok_or(())?;
        let (of, number) = (of.parse().map_err(drop)?, number.parse().map_err(drop)?);
        Ok(Self { done: when == "done", step: Step { verb, of, number } })
    }
}
