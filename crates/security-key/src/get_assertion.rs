//! authenticatorGetAssertion, 0x02, and authenticatorGetNextAssertion, 0x08 (CTAP 2.3 §6.2, §6.3).

use ctap::{Request, Response, get_assertion};

use crate::{Error, Session, Transport, session::mismatch};

impl<T: Transport> Session<T> {
    /// Has the key sign with a credential; resolves when the person has answered. The response names the credential, also
    /// where the key left it out because the allow list had one entry (CTAP 2.0 §5.2).
    ///
    /// # Errors
    /// As [`Session::send`]; `NO_CREDENTIALS`, `OPERATION_DENIED` and the like as [`Error::Status`].
    pub async fn get_assertion(
        &mut self,
        request: get_assertion::Request,
    ) -> Result<get_assertion::Response, Error> {
        let only = match request.allow_list.as_deref() {
            Some([only]) => Some(only.clone()),
            _ => None,
        };
        let mut response = self.assertion(Request::GetAssertion(request)).await?;
        if let Some(only) = only.filter(|_| response.credential.id.is_empty()) {
            response.credential = only;
        }
        Ok(response)
    }

    /// The next of several assertions, as many as the first one's `number_of_credentials` minus one.
    ///
    /// # Errors
    /// As [`Session::send`]; `NOT_ALLOWED` as [`Error::Status`] where there is no further one.
    pub async fn next_assertion(&mut self) -> Result<get_assertion::Response, Error> {
        self.assertion(Request::GetNextAssertion).await
    }

    async fn assertion(&mut self, request: Request) -> Result<get_assertion::Response, Error> {
        match self.send(&request).await? {
            Response::GetAssertion(response) => Ok(response),
            _ => Err(mismatch(&request)),
        }
    }
}
