//! The steps of a run: each under a heading, timed, and all of them in a table at the end.

use crate::shell::Done;
use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Ok,
    /// It failed, for this reason.
    Failed(String),
    /// It was not run, for this reason.
    Skipped(String),
}

impl From<Done> for Outcome {
    fn from(done: Done) -> Self {
        done.map_or_else(Self::Failed, |()| Self::Ok)
    }
}

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    taken: Vec<(&'static str, Outcome, Duration)>,
}

impl Steps {
    /// Runs one step and says whether it was well.
    pub(crate) fn take<T: Into<Outcome>>(&mut self, name: &'static str, step: impl FnOnce() -> T) -> bool {
        println!("\n==== {name} ====");
        let start = Instant::now();
        let outcome = step().into();
        let time = start.elapsed();
        println!("---- {}", line(name, &outcome, time));
        let well = outcome == Outcome::Ok;
        self.taken.push((name, outcome, time));
        well
    }

    /// Notes steps that would be pointless.
    pub(crate) fn skip(&mut self, names: &[&'static str], reason: &str) {
        let skipped = |name: &&'static str| (*name, Outcome::Skipped(reason.to_owned()), Duration::ZERO);
        self.taken.extend(names.iter().map(skipped));
    }

    /// Prints the table; fails when a step did.
    pub(crate) fn close(self) -> Done {
        println!("\n==== Summary ====");
        for (name, outcome, time) in &self.taken {
            println!("{}", line(name, outcome, *time));
        }
        let failed: Vec<&str> = self
            .taken
            .iter()
            .filter(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)))
            .map(|step| step.0)
            .collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("not well: {}", failed.join(", "))) }
    }
}

fn line(name: &str, outcome: &Outcome, time: Duration) -> String {
    let seconds = time.as_secs_f32();
    match outcome {
        Outcome::Ok => format!("ok       {name} ({seconds:.1} s)"),
        Outcome::Failed(reason) => format!("FAILED   {name} ({seconds:.1} s): {reason}"),
        Outcome::Skipped(reason) => format!("skipped  {name}: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_fails_the_whole_and_is_named() {
        let mut steps = Steps::default();
        assert!(steps.take("first", || Done::Ok(())));
        assert!(!steps.take("second", || Done::Err("it broke".into())));
        assert!(steps.take("third", || Done::Ok(())));
        assert_eq!(steps.close(), Err("not well: second".into()));
    }

    #[test]
    fn a_skipped_step_fails_nothing() {
        let mut steps = Steps::default();
        assert!(!steps.take("first", || Outcome::Skipped("no network".into())));
        steps.skip(&["second", "third"], "no first");
        assert_eq!(steps.close(), Ok(()));
    }

    #[test]
    fn a_line_says_outcome_name_time_and_reason() {
        let time = Duration::from_millis(1250);
        assert_eq!(line("doc", &Outcome::Ok, time), "ok       doc (1.2 s)");
        assert_eq!(line("doc", &Outcome::Failed("bad".into()), time), "FAILED   doc (1.2 s): bad");
        assert_eq!(line("doc", &Outcome::Skipped("fast".into()), time), "skipped  doc: fast");
    }
}
