//! What the person proves to a key by, and what a key says of a proof that it does not take.

use ctap::Status;
use security_key::{Error, Pin, Proof};

use super::OpenKey;
use crate::error::AppError;

impl OpenKey {
    /// The PIN where it is at hand; else what the key finds out by itself.
    ///
    /// # Errors
    /// `wrong-secret` for what can be no PIN.
    pub fn proof(&self) -> Result<Proof, AppError> {
        let Some(typed) = &self.pin else { return Ok(Proof::BuiltIn) };
        Pin::existing(typed)
            .map(Proof::Pin)
            .map_err(|fault| AppError::of_key("checking its PIN", fault.into()))
    }

    /// Why the key did not finish `doing`; of a wrong PIN with the tries that are left.
    pub async fn failed(&mut self, doing: &str, error: Error) -> AppError {
        let wrong = error == Error::Status(Status::PIN_INVALID);
        let told = AppError::of_key(doing, error);
        if !wrong {
            return told;
        }
        let tries_left = self.session.pin_retries().await.ok().map(|retries| retries.left);
        let tries = match tries_left {
            Some(1) => " One try is left.".to_owned(),
            Some(tries) => format!(" {tries} tries are left."),
            None => String::new(),
        };
        AppError {
            message: format!("The PIN of the key is wrong.{tries}"),
            tries_left: tries_left.and_then(|tries| u32::try_from(tries).ok()),
            ..told
        }
    }
}
