use ctap::{Command, Status, apdu::StatusWord, hid};

use crate::PinFault;

/// Why an operation on a key did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key answered with a status other than success.
    #[error("The key did not do it: {0}.")]
    Status(Status),
    /// The key's answer is not what CTAP says.
    #[error("The key's answer to {0:?} is not as CTAP says: {1}.")]
    Answer(Command, Status),
    /// The key wants its PIN, which is not at hand: ask the person, and call again.
    #[error("{}", wants_pin(*.retries, *.power_cycle))]
    PinNeeded {
        /// Tries left, where the key tells.
        retries: Option<u64>,
        /// It takes none until it is unplugged and plugged in again.
        power_cycle: bool,
    },
    /// The PIN has to be changed before the key takes it (`forcePINChange`).
    #[error("The key wants its PIN changed before it is used again.")]
    PinChangeForced,
    /// No PIN of this key can be so.
    #[error(transparent)]
    Pin(#[from] PinFault),
    /// Nothing on the key says who its owner is.
    #[error("The key cannot tell who its owner is: it has no PIN.")]
    Unprotected,
    /// A token that was kept is not the key's any more.
    #[error("The key no longer knows the read-only token: its PIN was changed, or it was reset.")]
    TokenForgotten,
    /// There is less room than something needs, in bytes.
    #[error("{what} takes {needed} bytes, and the key has room for {room}.")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// What it takes.
        needed: usize,
        /// What there is.
        room: usize,
    },
    /// The shortest length of a PIN was to fall below this one, in code points.
    #[error("The shortest length of a PIN can only rise; it is {0} now.")]
    MinimumFalls(u64),
    /// The key takes a reset only soon after it gets its power.
    #[error("The key takes a reset only within ten seconds of being plugged in.")]
    ResetNotAllowed,
    /// The key takes a reset by other ways than the one on which it is reached; their names.
    #[error("The key takes a reset only by {0}.")]
    ResetElsewhere(String),
    /// A reset waits for one key, and another one came.
    #[error("This is another key than the one that was taken out.")]
    AnotherKey,
    /// The key answered a U2F message with a status word other than success.
    #[error("The key did not do it: {}.", by_u2f(*.0))]
    StatusWord(StatusWord),
    /// The key's answer to a U2F message is not what U2F says.
    #[error("The key's answer is not as U2F says.")]
    U2fAnswer,
    /// The key does not know what the operation needs.
    #[error("The key does not know {0}.")]
    Unsupported(&'static str),
    /// The key answered without the secret that was asked for.
    #[error("The key gave no secret: this credential has none.")]
    NoSecret,
    /// Another program talks to the key.
    #[error("Another program is using the key.")]
    Busy,
    /// The key refused a message before it read it.
    #[error("The key did not take the message: {}.", .0.meaning())]
    Refused(hid::Error),
    /// What the key said breaks the rules of its transport.
    #[error("The key's answer came garbled: {}.", .0.meaning())]
    Garbled(hid::Error),
    /// The key says that it is at work, and says so without end.
    #[error("The key says that it is working, and comes to no end.")]
    Endless,
    /// The way to the key is gone, or was never there.
    #[error("The key cannot be reached: {0}.")]
    Gone(String),
    /// This user may not open the key's device.
    #[error("The key at {0} may not be opened by you.")]
    NoPermission(String),
    /// A reader, or the card on it.
    #[error(transparent)]
    Reader(#[from] smart_card::Error),
    /// The card on the reader has no FIDO application.
    #[error("The card on the reader is no security key.")]
    NotAKey,
}

impl Error {
    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Gone(_) | Self::Garbled(_) | Self::Endless => {
                Some("Unplug the key and plug it in again, then repeat.")
            }
            Self::Busy => Some("Wait until the other program is done, or close it, then repeat."),
            Self::NoPermission(_) => Some(
                "Copy packaging/70-latchkey.rules, which Latchkey brings, to /etc/udev/rules.d, and plug the key in again.",
            ),
            Self::Unsupported(_) | Self::NoSecret => Some("Use another key."),
            Self::Answer(..) | Self::Refused(_) | Self::U2fAnswer => {
                Some("Another firmware may help; the key does not follow the specification here.")
            }
            Self::PinNeeded { power_cycle: true, .. } => Some(POWER_CYCLE),
            Self::PinNeeded { retries: Some(0), .. } => Some(RESET),
            Self::PinNeeded { .. } => Some("Type the PIN of the key."),
            Self::PinChangeForced => Some("Change the PIN of the key, then repeat."),
            Self::Pin(_) => Some("Type another PIN. No try was lost."),
            Self::Unprotected => Some("Set a PIN on the key first."),
            Self::TokenForgotten => Some("Type the PIN of the key once more."),
            Self::MinimumFalls(_) => Some("Choose a larger number. Only a reset brings a smaller one back."),
            Self::TooLong { .. } => Some("Shorten it, or make room on the key."),
            Self::ResetNotAllowed => Some("Unplug the key, plug it in, and try again at once."),
            Self::ResetElsewhere(_) => Some("Connect the key that way, then repeat."),
            Self::AnotherKey => {
                Some("Take it out, and put in the one that was there before. Nothing was changed.")
            }
            Self::Reader(error) => error.hint(),
            Self::NotAKey => Some("Lay a security key on the reader, or choose another reader."),
            Self::Status(status) => after(*status),
            Self::StatusWord(StatusWord::CONDITIONS_NOT_SATISFIED) => Some("Touch the key."),
            Self::StatusWord(_) => None,
        }
    }
}

const POWER_CYCLE: &str = "Unplug the key and plug it in again; then type the right PIN.";
const RESET: &str = "Only a reset helps, which erases every passkey on the key.";

/// What helps after a refusal (CTAP 2.3 §8.2): a key that is blocked until it is powered again is told from one that is
/// blocked for good.
fn after(status: Status) -> Option<&'static str> {
    Some(match status {
        Status::PIN_INVALID => {
            "Type the PIN again. After three wrong ones in a row the key must be unplugged."
        }
        Status::PIN_AUTH_BLOCKED => POWER_CYCLE,
        Status::PIN_BLOCKED => RESET,
        Status::PIN_NOT_SET => "Set a PIN on the key first.",
        Status::PIN_POLICY_VIOLATION => "Choose a PIN that is longer, or harder to guess.",
        Status::UV_BLOCKED => "Type the PIN of the key.",
        Status::UV_INVALID => "Try again, with a finger that is enrolled.",
        Status::KEY_STORE_FULL => "Delete a passkey from the key that is not needed any more.",
        Status::FP_DATABASE_FULL => "Remove a fingerprint from the key first.",
        Status::LARGE_BLOB_STORAGE_FULL => "Remove a large blob from the key first.",
        Status::USER_ACTION_TIMEOUT | Status::ACTION_TIMEOUT | Status::TIMEOUT => {
            "Repeat, and touch the key when it blinks."
        }
        Status::CHANNEL_BUSY => "Wait until the other program is done, then repeat.",
        _ => return None,
    })
}

/// What a status word says (U2F raw message formats §3.3).
fn by_u2f(status: StatusWord) -> String {
    match status {
        StatusWord::CONDITIONS_NOT_SATISFIED => "it wants to be touched".to_owned(),
        StatusWord::WRONG_DATA => "the key handle is not of this key".to_owned(),
        StatusWord::COMMAND_NOT_ALLOWED => "it refused".to_owned(),
        StatusWord::WRONG_LENGTH => "it found the message too long or too short".to_owned(),
        StatusWord(word) => format!("it answered 0x{word:04X}"),
    }
}

fn wants_pin(retries: Option<u64>, power_cycle: bool) -> String {
    let tries = match retries {
        Some(0) => return "The PIN of the key is blocked: no tries are left.".to_owned(),
        Some(1) => " One try is left.".to_owned(),
        Some(retries) => format!(" {retries} tries are left."),
        None => String::new(),
    };
    if power_cycle {
        return format!("The key takes no PIN for now: three wrong ones came in a row.{tries}");
    }
    format!("The key wants its PIN.{tries}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_power_cycle_mends_is_told_from_what_a_reset_does() {
        let soft = Error::Status(Status::PIN_AUTH_BLOCKED);
        let hard = Error::Status(Status::PIN_BLOCKED);
        assert_eq!(soft.hint(), Some(POWER_CYCLE));
        assert_eq!(hard.hint(), Some(RESET));
        assert_ne!(soft.to_string(), hard.to_string());
        let needed = |retries, power_cycle| Error::PinNeeded { retries: Some(retries), power_cycle };
        assert_eq!(needed(8, false).to_string(), "The key wants its PIN. 8 tries are left.");
        assert_eq!(needed(5, true).hint(), Some(POWER_CYCLE));
        assert_eq!(needed(0, false).hint(), Some(RESET));
    }
}
