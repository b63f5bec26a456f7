//! authenticatorClientPIN, 0x06 (CTAP 2.3 §6.5.5.2 to §6.5.5.6): the PIN, and how often it may still be wrong.

use ctap::{Command, Status, client_pin, client_pin::sub_command as sub, get_info};

use crate::{Error, Pin, Session, Transport};

/// How often the PIN may still be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinRetries {
    /// Tries until only a reset helps.
    pub left: u64,
    /// Three wrong PINs came in a row: the key takes none until it is unplugged and plugged in again.
    pub power_cycle: bool,
}

impl<T: Transport> Session<T> {
    /// How often the PIN may still be wrong. Costs no try.
    ///
    /// # Errors
    /// `PIN_NOT_SET` as [`Error::Status`], and as [`Session::send`].
    pub async fn pin_retries(&mut self) -> Result<PinRetries, Error> {
        let response = self.client_pin(plain(sub::GET_PIN_RETRIES)).await?;
        let left = response.pin_retries.ok_or(MISSING)?;
        Ok(PinRetries { left, power_cycle: response.power_cycle_state == Some(true) })
    }

    /// How often built-in verification may still fail before the key wants the PIN.
    ///
    /// # Errors
    /// `INVALID_SUBCOMMAND` as [`Error::Status`] for a key that has none, and as [`Session::send`].
    pub async fn uv_retries(&mut self) -> Result<u64, Error> {
        self.client_pin(plain(sub::GET_UV_RETRIES)).await?.uv_retries.ok_or(MISSING)
    }

    /// Sets the first PIN. It can be changed later, and taken away only by a reset.
    ///
    /// # Errors
    /// `PIN_POLICY_VIOLATION` as [`Error::Status`] for one that the key does not take, `PIN_AUTH_INVALID` where one is
    /// set already, and as [`Session::agree`].
    pub async fn set_pin(&mut self, info: &get_info::Response, pin: &Pin) -> Result<(), Error> {
        let agreement = self.agree(info).await?;
        let new_pin_enc = agreement.encrypt(&*pin.padded())?;
        let request = client_pin::Request {
            pin_uv_auth_protocol: Some(agreement.version() as u64),
            key_agreement: Some(agreement.public_key.clone()),
            pin_uv_auth_param: Some(agreement.secret.authenticate(&new_pin_enc)),
            new_pin_enc: Some(new_pin_enc),
            ..plain(sub::SET_PIN)
        };
        self.forget_tokens();
        self.client_pin(request).await.map(drop)
    }

    /// Changes the PIN. The key forgets every token, the persistent one too.
    ///
    /// # Errors
    /// `PIN_INVALID`, `PIN_AUTH_BLOCKED` or `PIN_BLOCKED` as [`Error::Status`] for a wrong `current`,
    /// `PIN_POLICY_VIOLATION` for a `new` one that the key does not take, and as [`Session::agree`].
    pub async fn change_pin(
        &mut self,
        info: &get_info::Response,
        current: &Pin,
        new: &Pin,
    ) -> Result<(), Error> {
        let agreement = self.agree(info).await?;
        let new_pin_enc = agreement.encrypt(&*new.padded())?;
        let pin_hash_enc = agreement.encrypt(&*current.hash())?;
        let proven = [&new_pin_enc[..], &pin_hash_enc].concat();
        let request = client_pin::Request {
            pin_uv_auth_protocol: Some(agreement.version() as u64),
            key_agreement: Some(agreement.public_key.clone()),
            pin_uv_auth_param: Some(agreement.secret.authenticate(&proven)),
            new_pin_enc: Some(new_pin_enc),
            pin_hash_enc: Some(pin_hash_enc),
            ..plain(sub::CHANGE_PIN)
        };
        self.forget_tokens();
        self.client_pin(request).await.map(drop)
    }
}

const MISSING: Error = Error::Answer(Command::ClientPin, Status::MISSING_PARAMETER);

fn plain(sub_command: u64) -> client_pin::Request {
    client_pin::Request { sub_command, ..client_pin::Request::default() }
}

#[cfg(test)]
#[path = "client_pin_tests.rs"]
mod tests;
