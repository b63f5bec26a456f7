//! The state of virtual keys, as sealed records.

use authenticator::state::PersistentState;

use crate::{error::Error, seal::Id, session::Session};

const KEY_STATE: u8 = 2;
const CHANGE: u8 = 3;
const COUNTER_LIMIT: u8 = 6;

impl Session<'_> {
    /// The persistent state of one key; the default where nothing was stored yet.
    pub(crate) fn state(&self, aaguid: &Id) -> Result<PersistentState, Error> {
        Ok(self.named(KEY_STATE, "state", aaguid)?.unwrap_or_default())
    }

    /// Whether anything was stored for one key.
    pub(crate) fn has_state(&self, aaguid: &Id) -> Result<bool, Error> {
        Ok(self.row(self.lookup("state", aaguid)?)?.is_some())
    }

    pub(crate) fn set_state(&self, aaguid: &Id, state: &PersistentState) -> Result<(), Error> {
        self.set_named(KEY_STATE, "state", aaguid, state)
    }

    /// No counter of one key above this was signed by anybody; `None` where the state has the last one.
    pub(crate) fn counter_limit(&self, aaguid: &Id) -> Result<Option<u32>, Error> {
        self.named(COUNTER_LIMIT, "counter", aaguid)
    }

    pub(crate) fn set_counter_limit(&self, aaguid: &Id, limit: Option<u32>) -> Result<(), Error> {
        match (limit, self.row(self.lookup("counter", aaguid)?)?) {
            (Some(limit), _) => self.set_named(COUNTER_LIMIT, "counter", aaguid, &limit),
            (None, Some((id, _))) => self.take_out(&id),
            (None, None) => Ok(()),
        }
    }

    pub(crate) fn remove_state(&self, aaguid: &Id) -> Result<(), Error> {
        let state = self.row(self.lookup("state", aaguid)?)?;
        state.map_or(Ok(()), |(id, _)| self.take_out(&id))
    }

    /// The revision that last added, removed or renamed a discoverable passkey of one key; 0 where none did.
    pub(crate) fn changed_at(&self, aaguid: &Id) -> Result<u64, Error> {
        Ok(self.named(CHANGE, "change", aaguid)?.unwrap_or_default())
    }

    /// This transaction does.
    pub(crate) fn mark_changed(&self, aaguid: &Id) -> Result<(), Error> {
        // A reset changes many at once.
        if self.marked.replace(Some(*aaguid)) == Some(*aaguid) {
            return Ok(());
        }
        self.set_named(CHANGE, "change", aaguid, &self.revision)
    }
}
