//! What a key changes of its passkeys and of its state: in memory where it may, else by a commit.

use std::sync::Arc;

use authenticator::{Credential, state::PersistentState};

use super::{Block, is_use, keep_rising};
use crate::{
    audit::{Actor, Happened, Note},
    edit::renaming,
    error::Error,
    seal::Id,
    session::{Session, Stored},
    vault::Vault,
};

/// What changes a credential. It may be called for one copy after another, of which one is kept.
type Change<'a> = &'a mut dyn FnMut(&mut Credential);

impl Vault {
    /// Changes a passkey that `is_held`, in the name of `by`.
    pub(crate) fn update(
        &self,
        id: &[u8],
        is_held: impl Fn(&Stored) -> bool,
        by: &Actor,
        change: Change<'_>,
    ) -> Result<Option<Credential>, Error> {
        // Held for as long as a counter is read and signed, so that no other thread signs the same.
        let mut uses = self.uses();
        let found = |session: &Session<'_>| Ok(session.passkey(id)?.filter(|stored| is_held(stored)));
        let Some(stored) = self.read(found)? else { return Ok(None) };
        self.require_calm()?;
        let before = uses.credential(&stored.record)?;
        let mut after = before.clone();
        change(&mut after);
        if is_use(&before, &after) {
            keep_rising(stored.record.kind, &before, &mut after);
            if uses.note(&stored.record, &after, after.sign_count != before.sign_count, by) {
                self.flush_soon(&mut uses);
                return Ok(Some(after));
            }
        }
        let changed = self.write(|session| {
            let Some(mut stored) = found(session)? else { return Ok(None) };
            let before = uses.credential(&stored.record)?;
            let mut after = before.clone();
            change(&mut after);
            let is_use = is_use(&before, &after);
            keep_rising(stored.record.kind, &before, &mut after);
            let mut record = stored.record.clone();
            if is_use {
                record.sign_count = after.sign_count;
                record.counter_limit = Some(Block::of(after.sign_count).limit);
                stored.record = record;
                session.replace(&stored)?;
            } else {
                record.update(&after, &session.open.device)?;
                if after.sign_count == before.sign_count {
                    record.sign_count = stored.record.sign_count;
                }
                record.counter_limit = record.counter_limit.filter(|limit| *limit > record.sign_count);
                record.modified_at = Some(session.now);
                let renamed = renaming(&stored.record, &record);
                let note = if renamed.is_empty() {
                    Note::new(Happened::Edited, by)
                } else {
                    Note::new(Happened::Renamed, by).with(renamed)
                };
                session.change(&mut stored, note, |stored| *stored = record)?;
            }
            Ok(Some((stored.record, after, is_use)))
        })?;
        let Some((record, after, is_use)) = changed else { return Ok(None) };
        if is_use {
            let used = uses.passkeys.entry(record.credential_id).or_default();
            used.block = Block::of(after.sign_count);
            used.note(record.last_used_at, after.last_used_at, by);
            self.flush_soon(&mut uses);
        }
        Ok(Some(after))
    }

    /// The state of one key, with its counter as it is now.
    pub(crate) fn key_state(&self, aaguid: &Id) -> Result<Arc<PersistentState>, Error> {
        let mut uses = self.uses();
        let (state, limit) = self.read(|session| self.live().state(session, aaguid))?;
        let global_counter = uses.global(aaguid, &state, limit);
        if state.global_counter == global_counter {
            return Ok(state);
        }
        Ok(Arc::new(PersistentState { global_counter, ..PersistentState::clone(&state) }))
    }

    pub(crate) fn update_key_state(
        &self,
        aaguid: &Id,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, Error> {
        let mut uses = self.uses();
        let (mut state, limit) = self.read(|session| self.live().state(session, aaguid))?;
        self.require_calm()?;
        let before = uses.global(aaguid, &state, limit);
        let now = Arc::make_mut(&mut state);
        now.global_counter = before;
        let former = now.clone();
        change(now);
        let count = now.global_counter;
        let only_counts = PersistentState { global_counter: count, ..former } == *now && count > before;
        if only_counts && uses.keys.get_mut(aaguid).is_some_and(|block| block.sign(count, limit)) {
            self.flush_soon(&mut uses);
            return Ok(state);
        }
        let (state, block) = self.write(|session| {
            let (mut state, limit) = (session.state(aaguid)?, session.counter_limit(aaguid)?);
            state.global_counter = uses.global(aaguid, &state, limit);
            let before = state.global_counter;
            change(&mut state);
            let block = (state.global_counter > before).then(|| Block::of(state.global_counter));
            if let Some(block) = &block {
                session.set_counter_limit(aaguid, Some(block.limit))?;
            }
            session.set_state(aaguid, &state)?;
            Ok((state, block))
        })?;
        if let Some(block) = block {
            uses.keys.insert(*aaguid, block);
        }
        Ok(Arc::new(state))
    }

    /// Puts all passkeys of one key into the trash and forgets its state.
    pub(crate) fn reset_key(&self, aaguid: &Id, by: &Actor) -> Result<(), Error> {
        let mut uses = self.uses();
        self.write(|session| {
            let (offered, aside) = (session.passkeys_of(aaguid)?, session.aside_of(aaguid)?);
            for mut stored in offered.into_iter().chain(aside) {
                session.put_into_trash(&mut stored, by)?;
            }
            session.set_counter_limit(aaguid, None)?;
            session.remove_state(aaguid)
        })?;
        uses.keys.remove(aaguid);
        Ok(())
    }
}
