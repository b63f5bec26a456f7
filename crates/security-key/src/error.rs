use ctap::{Command, Status, hid};

/// Why an operation on a key did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key answered with a status other than success.
    #[error("The key did not do it: {0}.")]
    Status(Status),
    /// The key's answer is not what CTAP says.
    #[error("The key's answer to {0:?} is not as CTAP says: {1}.")]
    Answer(Command, Status),
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
    /// The way to the key is gone, or was never there.
    #[error("The key cannot be reached: {0}.")]
    Gone(String),
    /// This user may not open the key's device.
    #[error("The key at {0} may not be opened by you.")]
    NoPermission(String),
}

impl Error {
    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Gone(_) => Some("Plug the key in again, then repeat."),
            Self::Busy => Some("Wait until the other program is done, or close it, then repeat."),
            Self::NoPermission(_) => Some(
                "Install a udev rule for security keys, as systemd and libfido2 bring one, and plug the key in again.",
            ),
            Self::Unsupported(_) | Self::NoSecret => Some("Use another key."),
            Self::Answer(..) | Self::Refused(_) => {
                Some("Another firmware may help; the key does not follow the specification here.")
            }
            Self::Status(_) => None,
        }
    }
}
