use crate::api::Long;
use crate::programs;

/// Why a reader or a card did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The PC/SC library is not installed, or not one that this program can open.
    #[error("This system's library for smart card readers cannot be opened: {0}.")]
    NoLibrary(String),
    /// pcscd, or what the system has in its place, does not run.
    #[error("The service for smart card readers is not running.")]
    NoService,
    /// The service does not serve this user.
    #[error("The service for smart card readers does not serve you.")]
    Denied,
    /// No reader is plugged in.
    #[error("No smart card reader is there.")]
    NoReader,
    /// There are readers, but none of this name.
    #[error("No smart card reader is called “{0}”.")]
    UnknownReader(String),
    /// The reader is empty.
    #[error("No card is on the reader.")]
    NoCard,
    /// Something is on the reader that does not speak to it.
    #[error("The card on the reader does not answer.")]
    Mute,
    /// The card left the reader.
    #[error("The card was taken off the reader.")]
    Removed,
    /// Another program reset the card: what was agreed with it is gone.
    #[error("Another program reset the card.")]
    Reset,
    /// The reader or the card broke off in the middle of an exchange.
    #[error("The card or its reader broke off in the middle of a message.")]
    Broken,
    /// Another program has the card for itself; with the names of programs that use readers now, where the system
    /// tells them.
    #[error("Another program has the card for itself{}.", named(.0))]
    InUse(Vec<String>),
    /// A wait was ended by [`crate::Context::cancel`].
    #[error("The wait for the reader was ended.")]
    Cancelled,
    /// Nothing happened in the time that was given.
    #[error("The reader did not answer in time.")]
    Timeout,
    /// The reader has no room for a response so long, or no such attribute.
    #[error("The reader does not support it.")]
    Unsupported,
    /// Another code of PC/SC.
    #[error("The smart card service answered with the code 0x{0:08X}.")]
    Other(u32),
}

impl Error {
    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoLibrary(_) => {
                "Install pcscd and libpcsclite1 (pcsc-lite), then repeat; keys in USB ports need neither."
            }
            Self::NoService => "Start pcscd, as by `systemctl start pcscd.socket`, then repeat.",
            Self::Denied => {
                "Sit at the computer rather than connect from afar, or allow `org.debian.pcsc-lite.access_pcsc` and \
                 `access_card` in polkit."
            }
            Self::NoReader | Self::UnknownReader(_) => {
                "Plug the reader in. If it is, its driver may be missing: libccid (ccid) serves most."
            }
            Self::NoCard => "Lay the key on the reader, or push the card in, then repeat.",
            Self::Mute => "Lay the key on the reader anew, in the middle, or turn the card over.",
            Self::Removed | Self::Broken => "Leave the key on the reader until it is done, then repeat.",
            Self::Reset => "Repeat.",
            Self::InUse(_) => {
                "Close the other program, then repeat. GnuPG lets go of a card by `gpgconf --kill scdaemon`."
            }
            Self::Timeout => "Take the key off the reader, lay it on again, then repeat.",
            Self::Unsupported | Self::Other(_) => "Another reader may help.",
            Self::Cancelled => return None,
        })
    }

    /// The card is taken, with the names of those who may have it.
    pub fn in_use() -> Self {
        Self::InUse(programs::with_readers())
    }

    /// What a function answered.
    pub(crate) fn check(answer: Long) -> Result<(), Self> {
        match code(answer) {
            SUCCESS => Ok(()),
            code => Err(Self::of(code)),
        }
    }

    /// pcsclite.h, winscard.h, and what pcsc-lite and Windows make of the same cause.
    fn of(code: u32) -> Self {
        match code {
            0x8010_0002 | 0x8010_0012 => Self::Cancelled,
            0x8010_0008 | 0x8010_001F | 0x8010_0022 => Self::Unsupported,
            0x8010_0009 => Self::UnknownReader(String::new()),
            0x8010_000A => Self::Timeout,
            0x8010_000B => Self::in_use(),
            0x8010_000C => Self::NoCard,
            0x8010_0010 | 0x8010_0066 | 0x8010_0065 | 0x8010_0067 => Self::Mute,
            0x8010_0013 | 0x8010_0016 | 0x8010_002F => Self::Broken,
            // A reader that was pulled out took its card along.
            0x8010_0017 | 0x8010_0069 => Self::Removed,
            // A service that is gone leaves handles behind that it does not know any more.
            0x8010_0003 | 0x8010_0018 | 0x8010_001D | 0x8010_001E => Self::NoService,
            0x8010_002E => Self::NoReader,
            0x8010_0068 => Self::Reset,
            0x8010_006A | 0x8010_0027 => Self::Denied,
            other => Self::Other(other),
        }
    }
}

const SUCCESS: u32 = 0;

/// Codes are 32 bits, however wide a LONG is.
fn code(answer: Long) -> u32 {
    let [first, second, third, fourth, ..] = answer.to_le_bytes();
    u32::from_le_bytes([first, second, third, fourth])
}

fn named(programs: &[String]) -> String {
    match programs {
        [] => String::new(),
        programs => format!("; these use readers now: {}", programs.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        // As a LONG of 32 bits has it.
        let removed: Long = -2_146_434_967;
        assert_eq!(Error::check(removed), Err(Error::Removed));
        assert_eq!(Error::check(0), Ok(()));
        assert_eq!(Error::of(0x8010_0001), Error::Other(0x8010_0001));
    }

    #[test]
    fn whoever_has_the_card_is_named() {
        let alone = Error::InUse(Vec::new());
        assert_eq!(alone.to_string(), "Another program has the card for itself.");
        let named = Error::InUse(vec!["scdaemon".to_owned()]).to_string();
        assert_eq!(named, "Another program has the card for itself; these use readers now: scdaemon.");
    }
}
