//! authenticatorMakeCredential, 0x01 (CTAP 2.3 §6.1).

use ctap::{Request, Response, make_credential};

use crate::{Error, Session, Transport, session::mismatch};

impl<T: Transport> Session<T> {
    /// Has the key make a credential; resolves when the person has answered.
    ///
    /// # Errors
    /// As [`Session::send`]; `CREDENTIAL_EXCLUDED`, `OPERATION_DENIED` and the like as [`Error::Status`].
    pub async fn make_credential(
        &mut self,
        request: make_credential::Request,
    ) -> Result<make_credential::Response, Error> {
        let request = Request::MakeCredential(request);
        match self.send(&request).await? {
            Response::MakeCredential(response) => Ok(response),
            _ => Err(mismatch(&request)),
        }
    }
}
