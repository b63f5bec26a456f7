//! authenticatorReset, 0x07 (CTAP 2.3 §6.6), and what leads a person through it.

mod guided;
mod key_mark;

pub use guided::{GuidedReset, Step, WINDOW};
pub use key_mark::KeyMark;

use ctap::{Request, Status, get_info};

use crate::{Error, Session, Transport, token::states};

/// Whether a key is as it left the factory, as far as it tells: without a PIN nobody can list its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// No PIN is set.
    pub no_pin: bool,
    /// No finger is enrolled.
    pub no_fingerprints: bool,
    /// No less room for credentials than before; `None` where the key does not tell how much there is.
    pub no_credentials: Option<bool>,
}

impl<T: Transport> Session<T> {
    /// Erases every credential, the PIN, the fingerprints, the large blobs and the settings; resolves when the person
    /// has touched the key. Nothing brings them back.
    ///
    /// # Errors
    /// [`Error::ResetNotAllowed`] later than [`WINDOW`] after the key got its power; `OPERATION_DENIED` and
    /// `USER_ACTION_TIMEOUT` as [`Error::Status`]; as [`Session::send`].
    pub async fn reset(&mut self) -> Result<(), Error> {
        self.forget_tokens();
        match self.send(&Request::Reset).await {
            Err(Error::Status(Status::NOT_ALLOWED)) => Err(Error::ResetNotAllowed),
            done => done.map(drop),
        }
    }
}

impl Freshness {
    /// What a key tells after a reset, beside what it told before.
    pub fn of(before: &get_info::Response, after: &get_info::Response) -> Self {
        let room = |info: &get_info::Response| info.remaining_discoverable_credentials;
        Self {
            no_pin: !states(after, "clientPin"),
            no_fingerprints: !states(after, "bioEnroll") && !states(after, "userVerificationMgmtPreview"),
            no_credentials: room(before).zip(room(after)).map(|(before, after)| after >= before),
        }
    }

    /// Whether nothing speaks against it.
    pub fn holds(&self) -> bool {
        self.no_pin && self.no_fingerprints && self.no_credentials != Some(false)
    }
}

#[cfg(test)]
mod tests;
