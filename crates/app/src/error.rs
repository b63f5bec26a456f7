//! The error that both faces show: what happened, why, and what to do next.

use security_key::nfc::ReaderError;
use serde::Serialize;
use specta::Type;

/// An error as a person or a script meets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct AppError {
    /// A stable word for scripts.
    pub code: Code,
    /// What happened and why, in one or two plain sentences.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The CTAP status byte, where a key sent one (CTAP 2.3 §8.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctap_status: Option<u8>,
    /// How often the PIN of a key may still be wrong, where the key says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
}

/// The stable words, one for each way in which something does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Something broke that the person cannot mend.
    Failed,
    /// The call makes no sense as written.
    Usage,
    /// There is no such thing.
    NotFound,
    /// The person declined or cancelled.
    Refused,
    /// The vault is locked.
    Locked,
    /// The PIN or passphrase is wrong.
    WrongSecret,
    /// A security key wants its PIN: ask for it and call again.
    PinNeeded,
    /// A security key takes no PIN: until it is plugged in again, or until it is reset.
    PinBlocked,
    /// The vault's key is not in the keyring any more.
    KeyMissing,
    /// A device is not there.
    DeviceGone,
    /// A device may not be opened.
    NoPermission,
    /// Something else uses it: a port, a device, a file.
    Busy,
    /// A ceremony did not verify.
    VerificationFailed,
}

impl AppError {
    /// An error with a next step.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: Some(hint.into()), ctap_status: None, tries_left: None }
    }

    /// An error that has no next step of its own.
    pub fn plain(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, ctap_status: None, tries_left: None }
    }

    /// Whether asking for the vault's passphrase would help.
    pub fn can_ask_passphrase(&self) -> bool {
        matches!(self.code, Code::Locked | Code::KeyMissing)
    }

    /// Why a security key did not finish `doing`.
    #[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
    pub fn of_key(doing: &str, error: security_key::Error) -> Self {
        use security_key::Error;
        let code = match &error {
            Error::Status(status) => {
                return Self { hint: error.hint().map(str::to_owned), ..Self::of_status(doing, *status) };
            }
            Error::PinNeeded { retries: Some(0), .. } | Error::PinNeeded { power_cycle: true, .. } => {
                Code::PinBlocked
            }
            Error::PinNeeded { .. } => Code::PinNeeded,
            Error::Pin(_) => Code::WrongSecret,
            Error::Unprotected => Code::Usage,
            Error::Busy => Code::Busy,
            Error::Gone(_) => Code::DeviceGone,
            Error::NoPermission(_) => Code::NoPermission,
            Error::Reader(reader) => code_of(reader),
            Error::NotAKey => Code::NotFound,
            _ => Code::Failed,
        };
        let tries_left = match &error {
            Error::PinNeeded { retries, .. } => retries.and_then(|tries| u32::try_from(tries).ok()),
            _ => None,
        };
        Self { hint: error.hint().map(str::to_owned), tries_left, ..Self::plain(code, sentence(&error)) }
    }

    /// What a key answered with `status`.
    pub fn of_status(doing: &str, status: ctap::Status) -> Self {
        let code = match status {
            ctap::Status::NO_CREDENTIALS => Code::NotFound,
            ctap::Status::OPERATION_DENIED | ctap::Status::KEEPALIVE_CANCEL => Code::Refused,
            ctap::Status::PIN_INVALID | ctap::Status::PIN_AUTH_INVALID => Code::WrongSecret,
            ctap::Status::PIN_BLOCKED | ctap::Status::PIN_AUTH_BLOCKED => Code::PinBlocked,
            _ => Code::Failed,
        };
        Self {
            ctap_status: Some(status.0),
            ..Self::plain(code, format!("The key did not finish {doing}: {}.", status.meaning()))
        }
    }
}

fn code_of(reader: &ReaderError) -> Code {
    match reader {
        ReaderError::Denied => Code::NoPermission,
        ReaderError::InUse(_) | ReaderError::Timeout => Code::Busy,
        ReaderError::NoReader
        | ReaderError::UnknownReader(_)
        | ReaderError::NoCard
        | ReaderError::Mute
        | ReaderError::Removed
        | ReaderError::Reset
        | ReaderError::Broken => Code::DeviceGone,
        _ => Code::Failed,
    }
}

/// An error of another crate as a sentence: those begin small and have no full stop.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    sentence_of(&error.to_string())
}

/// A clause as a sentence.
pub(crate) fn sentence_of(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_clause_becomes_a_sentence_and_a_sentence_stays_one() {
        assert_eq!(sentence(&std::io::Error::other("the disk is full")), "The disk is full.");
        assert_eq!(sentence(&std::io::Error::other("Nothing was written.")), "Nothing was written.");
    }
}
