//! How a history stays short without losing what matters.
//!
//! Where a passkey has [`MOST`] events, the oldest of them become one, which says how often each thing happened. The
//! newest and the first of each kind stay as they are, and what says little goes first.

use std::collections::{BTreeMap, BTreeSet};

use super::{Actor, EVENT, Event, Happened};
use crate::{error::Error, seal::Id, session::Session};

/// As many events as one passkey has at most.
const MOST: u64 = 64;
/// As many are left.
const LEFT: usize = 40;
/// As many of the newest are never touched.
const NEWEST: usize = 16;

impl Happened {
    /// Sites and their programs bring these about as often as they like.
    fn says_little(self) -> bool {
        matches!(self, Self::Renamed | Self::Edited | Self::Hidden | Self::Shown | Self::FirstUsed)
    }
}

impl Session<'_> {
    /// Shortens a history that has grown too long.
    pub(super) fn summarise(&self, credential_id: &[u8]) -> Result<(), Error> {
        if self.count(self.lookup("history", credential_id)?)? < MOST {
            return Ok(());
        }
        let history = self.history(credential_id)?;
        let taken = taken(&history);
        // The summary stands where the last of them stood.
        let Some(((id, last), others)) = taken.split_last() else { return Ok(()) };
        for (id, _) in others {
            self.take_out(id)?;
        }
        let summary = Event {
            what: Happened::Summarised,
            by: Actor::Vault,
            detail: None,
            counts: counts(&taken),
            ..last.clone()
        };
        self.reseal(id, EVENT, &summary)
    }
}

/// What a summary is made of, oldest first.
fn taken(history: &[(Id, Event)]) -> Vec<&(Id, Event)> {
    let mut firsts = BTreeSet::new();
    let old = history.len().saturating_sub(NEWEST);
    let mut taken: Vec<_> = (0_usize..)
        .zip(history)
        .take(old)
        .filter(|(_, (_, event))| event.what == Happened::Summarised || !firsts.insert(event.what))
        .collect();
    // The oldest first in either half. A former summary always goes into the new one.
    taken.sort_by_key(|(_, (_, event))| event.what != Happened::Summarised && !event.what.says_little());
    taken.truncate(history.len().saturating_sub(LEFT));
    taken.sort_by_key(|(position, _)| *position);
    taken.into_iter().map(|(_, event)| event).collect()
}

/// How often each thing happened.
fn counts(taken: &[&(Id, Event)]) -> BTreeMap<Happened, u64> {
    let mut counts = BTreeMap::new();
    for (_, event) in taken {
        if event.what == Happened::Summarised {
            for (what, times) in &event.counts {
                *counts.entry(*what).or_default() += times;
            }
        } else {
            *counts.entry(event.what).or_default() += 1;
        }
    }
    counts
}
