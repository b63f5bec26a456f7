use ctap::get_info;
use std::time::Duration;

use super::KeyMark;
use crate::{Error, Found, Medium};

/// A key takes a reset only so soon after it got its power (§6.6).
pub const WINDOW: Duration = Duration::from_secs(10);

/// Where a reset stands, from asking the person to take the key out until it is done. Pure: whoever watches the keys
/// tells what happens, and what time it is by a clock of its own.
#[derive(Clone, Debug)]
pub struct GuidedReset {
    key: KeyMark,
    long_touch: bool,
    stage: Stage,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Take the key out, or off the reader.
    Remove,
    /// Put the same one back.
    Insert,
    /// Touch it, for several seconds where `long`. The reset can be sent for so long.
    Touch {
        /// Until the key takes no reset any more.
        left: Duration,
        /// A short touch does not count (`longTouchForReset`).
        long: bool,
    },
    /// Nothing: the key is erased.
    Done,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The key has been there for too long.
    Powered,
    Removed,
    Inserted(Duration),
    Done,
}

impl GuidedReset {
    /// A reset of this key, which is there now.
    ///
    /// # Errors
    /// [`Error::ResetElsewhere`] where it takes none by the way on which it is reached (`transportsForReset`).
    pub fn of(found: &Found, info: &get_info::Response) -> Result<Self, Error> {
        let allowed = &info.transports_for_reset;
        if !allowed.is_empty() && !allowed.iter().any(|name| name == wire_name(found.medium)) {
            return Err(Error::ResetElsewhere(allowed.join(", ")));
        }
        Ok(Self {
            key: KeyMark::of(found, info),
            long_touch: info.long_touch_for_reset == Some(true),
            stage: Stage::Powered,
        })
    }

    /// What is to be done at `now`. A key that was not touched in time has to be taken out again.
    pub fn step(&self, now: Duration) -> Step {
        match self.stage {
            Stage::Powered => Step::Remove,
            Stage::Removed => Step::Insert,
            Stage::Inserted(at) => match WINDOW.checked_sub(now.saturating_sub(at)) {
                None | Some(Duration::ZERO) => Step::Remove,
                Some(left) => Step::Touch { left, long: self.long_touch },
            },
            Stage::Done => Step::Done,
        }
    }

    /// The key was taken out.
    pub fn removed(&mut self) {
        self.stage = Stage::Removed;
    }

    /// A key was put in, at `now`.
    ///
    /// # Errors
    /// [`Error::AnotherKey`] where it is not the one that was taken out, which can still be put in.
    pub fn inserted(&mut self, found: &Found, info: &get_info::Response, now: Duration) -> Result<(), Error> {
        if KeyMark::of(found, info) != self.key {
            return Err(Error::AnotherKey);
        }
        self.stage = Stage::Inserted(now);
        Ok(())
    }

    /// The key says that it is erased.
    pub fn done(&mut self) {
        self.stage = Stage::Done;
    }
}

/// As `transports` and `transportsForReset` of getInfo name it. An emulated key on a socket speaks as one on USB does.
fn wire_name(medium: Medium) -> &'static str {
    match medium {
        Medium::Usb | Medium::Socket | Medium::InProcess => "usb",
        Medium::Nfc => "nfc",
        Medium::Contact => "smart-card",
    }
}
