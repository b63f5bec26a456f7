use ctap::{Command, Status};

/// Why an operation on a key did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key answered with a status other than success.
    #[error("The key did not do it: {0}.")]
    Status(Status),
    /// The key's answer is not what CTAP says.
    #[error("The key's answer to {0:?} is not as CTAP says: {1}.")]
    Answer(Command, Status),
    /// The way to the key is gone.
    #[error("The key cannot be reached: {0}.")]
    Gone(String),
}

impl Error {
    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Gone(_) => Some("Plug the key in again, then repeat."),
            Self::Answer(..) => {
                Some("Another firmware may help; the key does not follow the specification here.")
            }
            Self::Status(_) => None,
        }
    }
}
