use std::ffi::{CStr, CString};

use crate::api::{Dword, MAX_ATR, RawReaderState};

/// SCARD_STATE_
mod state {
    use crate::api::Dword;

    pub(super) const CHANGED: Dword = 0x0002;
    pub(super) const UNKNOWN: Dword = 0x0004;
    pub(super) const PRESENT: Dword = 0x0020;
    pub(super) const EXCLUSIVE: Dword = 0x0080;
    pub(super) const MUTE: Dword = 0x0200;
}

/// What stands for the coming and going of readers themselves.
const PLUG_AND_PLAY: &CStr = c"\\\\?PnP?\\Notification";

/// A reader as [`crate::Context::wait`] sees it: what is known, and what is new.
#[derive(Clone, Debug)]
pub struct Watched {
    name: CString,
    state: Dword,
    atr: Vec<u8>,
}

impl Watched {
    /// A reader of which nothing is known yet: the first wait tells how it is now. A name that no reader can have
    /// names none.
    pub fn reader(name: &str) -> Self {
        Self { name: CString::new(name).unwrap_or_default(), state: 0, atr: Vec::new() }
    }

    /// The coming and going of readers. macOS does not tell of it.
    pub fn plug_and_play() -> Self {
        Self { name: PLUG_AND_PLAY.to_owned(), state: 0, atr: Vec::new() }
    }

    /// The reader's name.
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Whether the last wait found something new.
    pub fn changed(&self) -> bool {
        self.state & state::CHANGED != 0
    }

    /// Whether the service knows the reader no more.
    pub fn gone(&self) -> bool {
        self.state & state::UNKNOWN != 0
    }

    /// Whether a card is there.
    pub fn card(&self) -> bool {
        self.state & state::PRESENT != 0
    }

    /// Whether what is there does not answer.
    pub fn mute(&self) -> bool {
        self.state & state::MUTE != 0
    }

    /// Whether one program has the card for itself.
    pub fn exclusive(&self) -> bool {
        self.state & state::EXCLUSIVE != 0
    }

    /// How often a card came or went, where the system counts.
    pub fn count(&self) -> u16 {
        u16::try_from((self.state >> 16) & 0xFFFF).unwrap_or_default()
    }

    /// The card's answer to reset; empty where there is none.
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }

    /// For the library; it points to the name, which must outlive it.
    pub(crate) fn to_raw(&self) -> RawReaderState {
        RawReaderState {
            reader: self.name.as_ptr(),
            user_data: std::ptr::null_mut(),
            current_state: self.state & !state::CHANGED,
            event_state: 0,
            atr_length: 0,
            atr: [0; MAX_ATR],
        }
    }

    pub(crate) fn take(&mut self, raw: &RawReaderState) {
        self.state = raw.event_state;
        let (atr, length) = (raw.atr, raw.atr_length);
        let length = usize::try_from(length).unwrap_or_default();
        self.atr = atr.get(..length).unwrap_or_default().to_vec();
    }

    /// Nothing happened.
    pub(crate) fn settle(&mut self) {
        self.state &= !state::CHANGED;
    }
}
