//! authenticatorGetInfo, 0x04 (CTAP 2.3 §6.4).

use ctap::{Request, Response, get_info};

use crate::{Error, Session, Transport, session::mismatch};

impl<T: Transport> Session<T> {
    /// What the key says about itself.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn info(&mut self) -> Result<get_info::Response, Error> {
        match self.send(&Request::GetInfo).await? {
            Response::GetInfo(info) => Ok(info),
            _ => Err(mismatch(&Request::GetInfo)),
        }
    }
}
