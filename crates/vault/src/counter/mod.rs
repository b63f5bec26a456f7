//! Signing waits for no disk.
//!
//! Counters are committed ahead, in blocks: the file says up to where a process may have counted, and that process
//! counts in memory until it gets there. Where it dies the counter goes on from the end of its block; it jumps, and
//! never falls. Of two processes each sees, before it answers, that the other took a block, and takes another above
//! it. When a passkey was used is kept in memory likewise. What is exact is written about once a second, and when the
//! vault is locked or closed; then blocks are given back.

mod flush;
mod store;

use std::collections::HashMap;

use authenticator::{Credential, Kind, state::PersistentState};

use crate::{audit::Actor, error::Error, record::Record, seal::Id};

pub(crate) use flush::Owner;

/// As many signatures take one commit.
const BLOCK: u32 = 256;

/// What was signed here and is not written yet.
#[derive(Default)]
pub(crate) struct Uses {
    /// By credential id.
    passkeys: HashMap<Vec<u8>, Use>,
    /// The counters of U2F registrations and of keys that count for all credentials together, by AAGUID.
    keys: HashMap<Id, Block>,
    /// Whether a thread is about to write it.
    flushing: bool,
}

#[derive(Clone, Default)]
struct Use {
    block: Block,
    last_used_at: Option<u64>,
    /// How often, since the last writing.
    times: u64,
    by: Option<Actor>,
}

/// Counters that this process may sign.
#[derive(Clone, Copy, Default)]
struct Block {
    /// The last that it signed.
    count: u32,
    /// The highest that it may; what the file says of a block tells whose it is.
    limit: u32,
    /// What it may after the writing that is under way.
    coming: Option<u32>,
    /// Whether the file knows `count`.
    unwritten: bool,
}

impl Block {
    fn of(count: u32) -> Self {
        Self { count, limit: count.saturating_add(BLOCK), ..Self::default() }
    }

    /// Whether the file's block is this one.
    fn is(&mut self, limit: Option<u32>) -> bool {
        if self.coming.is_some() && limit == self.coming {
            (self.limit, self.coming) = (limit.unwrap_or(self.limit), None);
        }
        limit == Some(self.limit)
    }

    /// Signs `count`, where it may.
    fn sign(&mut self, count: u32, limit: Option<u32>) -> bool {
        let may = self.is(limit) && count <= self.limit;
        if may {
            (self.count, self.unwritten) = (count, true);
        }
        may
    }

    /// More than half of it is gone: the next signature but a few would wait.
    fn is_short(&self) -> bool {
        self.limit - self.count < BLOCK / 2
    }
}

impl Uses {
    /// The credential of a record, with the counter to go on from.
    pub(crate) fn credential(&mut self, record: &Record) -> Result<Credential, Error> {
        let mut credential = record.credential()?;
        credential.sign_count = self.exact(record).unwrap_or_else(|| record.counted());
        Ok(credential)
    }

    /// The last counter that was signed, as far as it is known here.
    pub(crate) fn sign_count(&mut self, record: &Record) -> u32 {
        self.exact(record).unwrap_or(record.sign_count)
    }

    /// When it was used last and how often, beyond what the record says.
    pub(crate) fn last_use(&self, credential_id: &[u8]) -> Option<(u64, u64)> {
        let used = self.passkeys.get(credential_id)?;
        Some((used.last_used_at?, used.times))
    }

    fn exact(&mut self, record: &Record) -> Option<u32> {
        let used = self.passkeys.get_mut(&record.credential_id)?;
        used.block.is(record.counter_limit).then_some(used.block.count)
    }

    /// Notes what `after` says of a use; whether its counter may be signed.
    fn note(&mut self, record: &Record, after: &Credential, counts: bool, by: &Actor) -> bool {
        let used = self.passkeys.entry(record.credential_id.clone()).or_default();
        if counts && !used.block.sign(after.sign_count, record.counter_limit) {
            return false;
        }
        used.note(record.last_used_at, after.last_used_at, by);
        true
    }

    /// The counter of a key to go on from.
    fn global(&mut self, aaguid: &Id, state: &PersistentState, limit: Option<u32>) -> u32 {
        let exact = self.keys.get_mut(aaguid).and_then(|block| block.is(limit).then_some(block.count));
        exact.unwrap_or_else(|| state.global_counter.max(limit.unwrap_or_default()))
    }
}

impl Use {
    fn note(&mut self, before: Option<u64>, after: Option<u64>, by: &Actor) {
        if after.is_some() && after != before {
            self.last_used_at = after;
            self.times += 1;
            self.by = Some(by.clone());
        }
    }
}

/// Whether a credential only signed.
fn is_use(before: &Credential, after: &Credential) -> bool {
    let (sign_count, last_used_at) = (after.sign_count, after.last_used_at);
    Credential { sign_count, last_used_at, ..before.clone() } == *after
}

/// Synced passkeys do not count, but for those of a vault of an earlier format that did; a counter never falls.
fn keep_rising(kind: Kind, before: &Credential, after: &mut Credential) {
    if kind == Kind::Synced && before.sign_count == 0 {
        after.sign_count = 0;
    } else if after.sign_count < before.sign_count {
        after.sign_count = before.sign_count.saturating_add(1);
    }
}
