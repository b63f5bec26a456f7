use ctap::{Request, Response, Status};

use crate::{Error, Initialization, Medium, Tap, Transport, proof::Held};

/// A conversation with one key: typed requests out, typed responses in. Tokens that the key gives out are kept here as
/// long as they live.
pub struct Session<T> {
    transport: T,
    pub(crate) held: Option<Held>,
    /// An enrolment was dropped, and the key, which knows the command by this number, has to be told.
    pub(crate) abandoned: Option<u8>,
}

impl<T: Transport> Session<T> {
    /// A session over `transport`.
    pub fn new(transport: T) -> Self {
        Self { transport, held: None, abandoned: None }
    }

    /// Has `tap` hear every packet from now on, PINs and tokens as they are on the wire.
    pub fn tap(&mut self, tap: Tap) {
        self.transport.tap(tap);
    }

    /// Sends a request and reads the response to it.
    ///
    /// # Errors
    /// [`Error::Status`] where the key refuses, [`Error::Answer`] where its answer cannot be read, and
    /// [`Error::Gone`] from the transport.
    pub async fn send(&mut self, request: &Request) -> Result<Response, Error> {
        self.send_as(request.command() as u8, request).await
    }

    /// [`Session::send`] by another number than the command's own: that of a preview.
    pub(crate) async fn send_as(&mut self, number: u8, request: &Request) -> Result<Response, Error> {
        self.settle().await?;
        let command = request.command();
        let answer = self.exchange_as(number, request).await?;
        match answer.first() {
            None => Err(Error::Answer(command, Status::INVALID_LENGTH)),
            Some(0x00) => Response::decode(command, &answer).map_err(|status| Error::Answer(command, status)),
            Some(&status) => Err(Error::Status(Status(status))),
        }
    }

    /// The bytes of a request by a number, and those of the answer.
    pub(crate) async fn exchange_as(&mut self, number: u8, request: &Request) -> Result<Vec<u8>, Error> {
        let mut message = request.encode();
        if let Some(first) = message.first_mut() {
            *first = number;
        }
        self.transport.exchange(message).await
    }

    /// Sends a U2F command APDU; the response data and the status word behind it come back.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the way to the key carries none, and [`Error::Gone`].
    pub async fn message(&mut self, command: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.transport.message(command).await
    }

    /// Has the key show itself, by its light mostly.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it cannot, and as [`Session::send`].
    pub async fn wink(&mut self) -> Result<(), Error> {
        self.transport.wink().await.map(drop)
    }

    /// What the messages pass through.
    pub fn medium(&self) -> Medium {
        self.transport.medium()
    }

    /// What a key on USB said of itself before it was asked anything else.
    pub fn initialization(&self) -> Option<Initialization> {
        self.transport.initialization()
    }
}

/// The answer to another command than the one that was sent: `Response::decode` never makes one.
pub(crate) fn mismatch(request: &Request) -> Error {
    Error::Answer(request.command(), Status::INVALID_COMMAND)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
