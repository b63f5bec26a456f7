use ctap::{Request, Response, Status};

use crate::{Error, Transport};

/// A conversation with one key: typed requests out, typed responses in.
pub struct Session<T> {
    transport: T,
}

impl<T: Transport> Session<T> {
    /// A session over `transport`.
    pub fn new(transport: T) -> Self {
        Self { transport }
    }

    /// Sends a request and reads the response to it.
    ///
    /// # Errors
    /// [`Error::Status`] where the key refuses, [`Error::Answer`] where its answer cannot be read, and
    /// [`Error::Gone`] from the transport.
    pub async fn send(&mut self, request: &Request) -> Result<Response, Error> {
        let command = request.command();
        let answer = self.transport.exchange(request.encode()).await?;
        match answer.first() {
            None => Err(Error::Answer(command, Status::INVALID_LENGTH)),
            Some(0x00) => Response::decode(command, &answer).map_err(|status| Error::Answer(command, status)),
            Some(&status) => Err(Error::Status(Status(status))),
        }
    }
}

/// The answer to another command than the one that was sent: `Response::decode` never makes one.
pub(crate) fn mismatch(request: &Request) -> Error {
    Error::Answer(request.command(), Status::INVALID_COMMAND)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
