//! When the trash is emptied: after thirty days that the vault itself has seen go by.
//!
//! A clock can leap by years and back, and what is destroyed does not come back. So the vault adds up the steps
//! between the times at which it was used, and believes none that is longer than [`STEP`]: time that leapt has to be
//! lived through. A step backwards takes away what it had added.

use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

use crate::{audit::Actor, error::Error, live::Live, session::Session, vault::Vault};

const TIME: u8 = 5;

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
/// How long the trash is kept.
const TERM: u64 = 30 * DAY;
/// The longest time that nobody used the vault and that still counts.
const STEP: u64 = 14 * DAY;

/// The vault's own time. Sealed as a CBOR map.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reckoning {
    /// What the clock said last, in seconds since 1970.
    seen: u64,
    /// The seconds that were lived through.
    lived: u64,
    /// At most one a day, oldest first, the first of them at least a term ago where there is one.
    marks: Vec<Mark>,
}

/// What the vault's revision was at a time.
#[derive(Serialize, Deserialize)]
struct Mark {
    lived: u64,
    revision: u64,
}

impl Vault {
    /// Takes note of the time, and destroys what has been in the trash for thirty days.
    pub(crate) fn take_note_of_time(&self) {
        if self.live().is_worth_noting() {
            self.live().note_time();
            // A vault that cannot be written can still be read; the trash waits.
            drop(self.write(take_note));
        }
    }
}

impl Live {
    /// Whether so much time went by, here, that it should be written down.
    pub(crate) fn is_worth_noting(&self) -> bool {
        self.now().abs_diff(self.noted.load(Ordering::Relaxed)) >= HOUR
    }
}

/// Does so in this transaction, which changes the vault anyway.
pub(crate) fn take_note(session: &Session<'_>) -> Result<(), Error> {
    let mut reckoning: Reckoning = session.named(TIME, "time", b"")?.unwrap_or_default();
    reckoning.advance(session.now, session.revision);
    session.set_named(TIME, "time", b"", &reckoning)?;
    if let Some(revision) = reckoning.due() {
        for stored in session.trash(revision)? {
            session.purge(&stored, &Actor::Vault)?;
        }
    }
    Ok(())
}

impl Reckoning {
    fn advance(&mut self, now: u64, revision: u64) {
        let step = now.abs_diff(self.seen);
        if step <= STEP {
            self.lived = if now >= self.seen { self.lived + step } else { self.lived.saturating_sub(step) };
        }
        self.seen = now;
        self.marks.retain(|mark| mark.lived <= self.lived);
        if self.marks.last().is_none_or(|last| self.lived - last.lived >= DAY) {
            self.marks.push(Mark { lived: self.lived, revision });
        }
        let past = self.marks.iter().filter(|mark| self.is_past(mark)).count();
        self.marks.drain(..past.saturating_sub(1));
    }

    /// What was put into the trash up to this revision has been there for a term.
    fn due(&self) -> Option<u64> {
        self.marks.first().filter(|mark| self.is_past(mark)).map(|mark| mark.revision)
    }

    fn is_past(&self, mark: &Mark) -> bool {
        self.lived - mark.lived >= TERM
    }
}
