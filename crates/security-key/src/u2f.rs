//! CTAP1 (FIDO U2F raw message formats 1.2; CTAP 2.3 §10): what keys of before FIDO2 know, and many since.

use ctap::{
    Status,
    apdu::{Response, StatusWord},
    u2f::{Authentication, Control, Registration, Request},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

use crate::{Error, Session, Transport};

/// A key does not wait for a touch itself, but wants to be asked again.
const PAUSE: Duration = Duration::from_millis(200);
/// How long it is asked.
const PATIENCE: Duration = Duration::from_secs(30);

impl<T: Transport> Session<T> {
    /// The version of U2F that the key speaks: `U2F_V2`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key that speaks none.
    pub async fn u2f_version(&mut self) -> Result<String, Error> {
        let told = self.u2f(&Request::Version).await?;
        String::from_utf8(told).map_err(|_| Error::U2fAnswer)
    }

    /// Registers the key at an application, by the hashes of the client data and of its identity; resolves when it was
    /// touched. `waiting` is called each time that the key says that it wants to be touched.
    ///
    /// # Errors
    /// [`Error::StatusWord`], `USER_ACTION_TIMEOUT` as [`Error::Status`], as [`Session::u2f_version`].
    pub async fn u2f_register(
        &mut self,
        challenge: [u8; 32],
        application: [u8; 32],
        waiting: impl FnMut() + Send,
    ) -> Result<Registration, Error> {
        let request = Request::Register { challenge, application };
        Registration::decode(&self.u2f_touched(&request, waiting).await?).ok_or(Error::U2fAnswer)
    }

    /// Has the key sign by a key handle; as [`Session::u2f_register`].
    ///
    /// # Errors
    /// `WRONG_DATA` as [`Error::StatusWord`] where the key handle is not this key's, and as [`Session::u2f_register`].
    pub async fn u2f_authenticate(
        &mut self,
        challenge: [u8; 32],
        application: [u8; 32],
        key_handle: &[u8],
        waiting: impl FnMut() + Send,
    ) -> Result<Authentication, Error> {
        let control = Control::EnforceUserPresenceAndSign;
        let request =
            Request::Authenticate { control, challenge, application, key_handle: key_handle.to_vec() };
        Authentication::decode(&self.u2f_touched(&request, waiting).await?).ok_or(Error::U2fAnswer)
    }

    /// Whether a key handle is this key's, for this application. Nobody is asked.
    ///
    /// # Errors
    /// As [`Session::u2f_version`].
    pub async fn u2f_knows(&mut self, application: [u8; 32], key_handle: &[u8]) -> Result<bool, Error> {
        let request = Request::Authenticate {
            control: Control::CheckOnly,
            challenge: [0; 32],
            application,
            key_handle: key_handle.to_vec(),
        };
        match self.u2f(&request).await {
            // "It is known" is said by the status word that asks for a touch (§5.1).
            Err(Error::StatusWord(StatusWord::CONDITIONS_NOT_SATISFIED)) | Ok(_) => Ok(true),
            Err(Error::StatusWord(StatusWord::WRONG_DATA)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn u2f_touched(
        &mut self,
        request: &Request,
        mut waiting: impl FnMut() + Send,
    ) -> Result<Vec<u8>, Error> {
        let began = Instant::now();
        loop {
            match self.u2f(request).await {
                Err(Error::StatusWord(StatusWord::CONDITIONS_NOT_SATISFIED)) => waiting(),
                done => return done,
            }
            if began.elapsed() > PATIENCE {
                return Err(Error::Status(Status::USER_ACTION_TIMEOUT));
            }
            sleep(PAUSE).await;
        }
    }

    async fn u2f(&mut self, request: &Request) -> Result<Vec<u8>, Error> {
        let answer = self.message(request.encode()).await?;
        let answer = Response::decode(&answer).ok_or(Error::U2fAnswer)?;
        match answer.status {
            StatusWord::SUCCESS => Ok(answer.data),
            StatusWord::INS_NOT_SUPPORTED | StatusWord::CLA_NOT_SUPPORTED => Err(Error::Unsupported("U2F")),
            status => Err(Error::StatusWord(status)),
        }
    }
}

#[cfg(test)]
#[path = "u2f_tests.rs"]
mod tests;
