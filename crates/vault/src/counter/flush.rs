//! Writing down what was signed.

use std::{
    sync::{Arc, MutexGuard},
    thread,
    time::Duration,
};

use rusqlite::{Connection, TransactionBehavior};

use super::{BLOCK, Block, Use, Uses};
use crate::{
    audit::{Actor, Happened, Note},
    database,
    error::Error,
    record::Record,
    seal::Id,
    session::Session,
    vault::{Inner, Vault, guard},
};

/// How long what was signed stays unwritten.
const DELAY: Duration = Duration::from_secs(1);

/// What becomes of the blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blocks {
    /// This process goes on counting.
    Keep,
    /// Another may take over without a jump.
    GiveBack,
}

/// What is to be written, as it was when somebody began to.
struct Unwritten {
    passkeys: Vec<(Vec<u8>, Use)>,
    keys: Vec<(Id, Block)>,
}

/// All clones of a vault have one; the last of them writes what is left.
pub(crate) struct Owner {
    inner: Arc<Inner>,
}

impl Owner {
    pub(crate) fn new(inner: &Arc<Inner>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner) })
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // The thread below is not at it, and does not begin again: the file is closed when this returns.
        let turn = Arc::clone(&self.inner.live.turn);
        let mut open = guard(&turn);
        // Nobody is left to hear of a failure; the counter jumps.
        drop(Vault::unowned(Arc::clone(&self.inner)).write_uses(Blocks::GiveBack));
        *open = false;
    }
}

impl Vault {
    /// What was signed here.
    pub(crate) fn uses(&self) -> MutexGuard<'_, Uses> {
        self.live().uses()
    }

    /// Writes counters and times of use as they are now. It happens about once a second anyway.
    ///
    /// # Errors
    /// [`Error::Locked`] and what the database says.
    pub fn flush(&self) -> Result<(), Error> {
        self.write_uses(Blocks::Keep)
    }

    /// As [`Vault::flush`], for a vault that is about to be locked.
    pub(crate) fn give_back(&self) -> Result<(), Error> {
        self.write_uses(Blocks::GiveBack)
    }

    /// Lets a thread write it.
    pub(super) fn flush_soon(&self, uses: &mut Uses) {
        if uses.flushing {
            return;
        }
        let (turn, inner) = (Arc::clone(&self.live().turn), Arc::downgrade(&self.inner));
        let write = move || {
            thread::sleep(DELAY);
            let open = guard(&turn);
            if *open && let Some(inner) = inner.upgrade() {
                // What could not be written is tried again after the next signature.
                drop(Vault::unowned(inner).write_uses(Blocks::Keep));
            }
            drop(open);
        };
        // Without a thread it is written when the vault is closed.
        uses.flushing = thread::Builder::new().name("counters".to_owned()).spawn(write).is_ok();
    }

    fn write_uses(&self, blocks: Blocks) -> Result<(), Error> {
        // A connection of its own, so that whoever signs meanwhile does not wait for the disk. One at a time writes,
        // or a use would be counted twice.
        let mut second = guard(&self.live().second);
        let mut uses = self.uses();
        let unwritten = uses.unwritten(blocks);
        if unwritten.passkeys.is_empty() && unwritten.keys.is_empty() {
            return Ok(());
        }
        // Nobody signs from a block that is being given back; from one that is kept, everybody goes on.
        let uses = (blocks == Blocks::GiveBack).then_some(uses);
        let connection = match &mut *second {
            Some(connection) => connection,
            none => none.insert(database::second(&self.inner.dir)?),
        };
        self.write_by(connection, &unwritten, blocks)?;
        uses.unwrap_or_else(|| self.uses()).written(&unwritten, blocks);
        Ok(())
    }

    fn write_by(
        &self,
        connection: &mut Connection,
        unwritten: &Unwritten,
        blocks: Blocks,
    ) -> Result<(), Error> {
        self.transact_by(connection, TransactionBehavior::Immediate, true, |session| {
            for (id, used) in &unwritten.passkeys {
                used.write(session, id, blocks)?;
            }
            for (aaguid, block) in &unwritten.keys {
                if session.counter_limit(aaguid)? == Some(block.limit) {
                    let mut state = session.state(aaguid)?;
                    state.global_counter = state.global_counter.max(block.count);
                    session.set_state(aaguid, &state)?;
                    session.set_counter_limit(aaguid, block.next(blocks))?;
                }
            }
            Ok(())
        })
    }
}

impl Uses {
    /// What there is to write. A block that runs short is made longer on this occasion.
    fn unwritten(&mut self, blocks: Blocks) -> Unwritten {
        self.flushing = false;
        let wanted = |block: &Block| block.unwritten || (blocks == Blocks::GiveBack && block.limit > 0);
        let mut passkeys = Vec::new();
        for (id, used) in &mut self.passkeys {
            if wanted(&used.block) || used.times > 0 {
                used.block.lengthen();
                passkeys.push((id.clone(), used.clone()));
            }
        }
        let mut keys = Vec::new();
        for (aaguid, block) in &mut self.keys {
            if wanted(block) {
                block.lengthen();
                keys.push((*aaguid, *block));
            }
        }
        Unwritten { passkeys, keys }
    }

    /// It was written; more may have been signed meanwhile.
    fn written(&mut self, written: &Unwritten, blocks: Blocks) {
        for (id, written) in &written.passkeys {
            let Some(used) = self.passkeys.get_mut(id) else { continue };
            used.block.written(&written.block, blocks);
            used.times = used.times.saturating_sub(written.times);
            if used.times == 0 {
                used.last_used_at = None;
            }
        }
        for (aaguid, written) in &written.keys {
            if let Some(block) = self.keys.get_mut(aaguid) {
                block.written(written, blocks);
            }
        }
        self.passkeys.retain(|_, used| used.block.limit > 0 || used.times > 0);
        self.keys.retain(|_, block| block.limit > 0);
    }
}

impl Block {
    fn lengthen(&mut self) {
        self.coming = (self.limit > 0 && self.is_short()).then(|| self.count.saturating_add(BLOCK));
    }

    /// What the file says of it after the writing.
    fn next(&self, blocks: Blocks) -> Option<u32> {
        (blocks == Blocks::Keep).then(|| self.coming.unwrap_or(self.limit))
    }

    fn written(&mut self, written: &Self, blocks: Blocks) {
        self.unwritten &= self.count != written.count;
        match blocks {
            Blocks::Keep => {
                if let Some(coming) = self.coming.take().filter(|_| self.limit == written.limit) {
                    self.limit = coming;
                }
            }
            Blocks::GiveBack => *self = Self::default(),
        }
    }
}

impl Use {
    fn write(&self, session: &Session<'_>, id: &[u8], blocks: Blocks) -> Result<(), Error> {
        let Some(mut stored) = session.passkey(id)? else { return Ok(()) };
        let record = &mut stored.record;
        if record.counter_limit == Some(self.block.limit) {
            record.sign_count = record.sign_count.max(self.block.count);
            record.counter_limit = self.block.next(blocks);
        }
        let first = self.last_used_at.is_some_and(|at| record.used(&session.open.device, at, self.times));
        session.replace(&stored)?;
        if first {
            let by = self.by.as_ref().unwrap_or(&Actor::Vault);
            let note = Note::new(Happened::FirstUsed, by).with(hex::encode(session.open.device));
            session.note(&stored.record, note)?;
        }
        Ok(())
    }
}

impl Record {
    /// A device signed with it; whether it never had before.
    fn used(&mut self, device: &Id, at: u64, times: u64) -> bool {
        let device = hex::encode(device);
        *self.uses.entry(device.clone()).or_default() += times;
        self.last_used_at = self.last_used_at.max(Some(at));
        self.last_used.insert(device, at).is_none()
    }
}
