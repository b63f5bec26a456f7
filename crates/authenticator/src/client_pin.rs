//! authenticatorClientPIN (§6.5.5): the subcommands that need no PIN; the others are in [`pin`] and [`token`].

mod pin;
mod token;

use ctap::{
    Status,
    client_pin::{Request, Response, sub_command as sub},
    cose,
    pin_protocol::{SharedSecret, Version},
};

use crate::{Authenticator, pin_token::protocol};

pub(crate) use pin::MIN_PIN_LENGTH;

impl Authenticator {
    /// Answers the subcommand of `request`.
    pub(crate) async fn client_pin(&mut self, request: Request) -> Result<Response, Status> {
        match request.sub_command {
            sub::GET_PIN_RETRIES => self.pin_retries(),
            sub::GET_KEY_AGREEMENT => self.key_agreement(&request),
            sub::SET_PIN => self.set_pin(&request),
            sub::CHANGE_PIN => self.change_pin(&request),
            sub::GET_PIN_TOKEN => self.pin_token(&request),
            sub::GET_PIN_UV_AUTH_TOKEN_USING_UV_WITH_PERMISSIONS => self.token_using_uv(request).await,
            sub::GET_UV_RETRIES => self.uv_retries(),
            sub::GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS => self.token_using_pin(request),
            _ => Err(Status::INVALID_SUBCOMMAND),
        }
    }

    /// §6.5.5.2
    fn pin_retries(&self) -> Result<Response, Status> {
        Ok(Response {
            pin_retries: Some(self.platform.store.state()?.pin_retries.into()),
            power_cycle_state: Some(self.needs_power_cycle()),
            ..Response::default()
        })
    }

    /// §6.5.5.3
    fn uv_retries(&self) -> Result<Response, Status> {
        if !self.verifies()? {
            return Err(Status::INVALID_SUBCOMMAND);
        }
        let retries = self.platform.store.state()?.uv_retries;
        Ok(Response { uv_retries: Some(retries.into()), ..Response::default() })
    }

    /// §6.5.5.4
    fn key_agreement(&self, request: &Request) -> Result<Response, Status> {
        let version = protocol(request.pin_uv_auth_protocol)?;
        let key = self.state.key_agreements.of(version).public_key();
        Ok(Response { key_agreement: Some(key), ..Response::default() })
    }

    /// `decapsulate`
    fn shared_secret(&self, version: Version, peer: &cose::PublicKey) -> Result<SharedSecret, Status> {
        self.state.key_agreements.of(version).shared_secret(version, peer)
    }
}

/// A mandatory member.
fn required<T>(member: Option<T>) -> Result<T, Status> {
    member.ok_or(Status::MISSING_PARAMETER)
}
