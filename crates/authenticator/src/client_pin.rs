//! authenticatorClientPIN (§6.5.5): the subcommands that need no PIN; the others are in [`pin`] and [`token`].

mod pin;
mod token;

use ctap::{
    Status,
    client_pin::{Request, Response, sub_command as sub},
    cose,
    pin_protocol::{SharedSecret, Version},
};

use crate::{Authenticator, pin_token, profile::Verification};

impl Authenticator {
    /// Answers the subcommand of `request`.
    pub(crate) async fn client_pin(&mut self, request: Request) -> Result<Response, Status> {
        if !self.has_sub_command(sub::GET_KEY_AGREEMENT) {
            return Err(Status::INVALID_COMMAND);
        }
        if !self.has_sub_command(request.sub_command) {
            return Err(Status::INVALID_SUBCOMMAND);
        }
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

    /// Which subcommands go with which features.
    fn has_sub_command(&self, sub_command: u64) -> bool {
        let features = &self.profile.features;
        let built_in = self.profile.verification != Verification::None;
        match sub_command {
            sub::GET_PIN_RETRIES | sub::SET_PIN | sub::CHANGE_PIN | sub::GET_PIN_TOKEN => features.client_pin,
            sub::GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS => {
                features.client_pin && features.pin_uv_auth_token
            }
            sub::GET_PIN_UV_AUTH_TOKEN_USING_UV_WITH_PERMISSIONS => built_in && features.pin_uv_auth_token,
            sub::GET_UV_RETRIES => built_in,
            // Salts are encrypted under it, with or without a PIN (§12.7).
            sub::GET_KEY_AGREEMENT => {
                features.client_pin
                    || built_in && features.pin_uv_auth_token
                    || self.profile.has_extension("hmac-secret")
            }
            _ => false,
        }
    }

    /// §6.5.5.2
    fn pin_retries(&self) -> Result<Response, Status> {
        if !self.pin_is_set()? {
            return Err(Status::PIN_NOT_SET);
        }
        Ok(Response {
            pin_retries: Some(self.profile.pin_retries(&*self.platform.store.state()?).into()),
            power_cycle_state: Some(self.needs_power_cycle()),
            ..Response::default()
        })
    }

    /// §6.5.5.3
    fn uv_retries(&self) -> Result<Response, Status> {
        let retries = self.platform.store.state()?.uv_retries;
        Ok(Response { uv_retries: Some(retries.into()), ..Response::default() })
    }

    /// §6.5.5.4
    fn key_agreement(&self, request: &Request) -> Result<Response, Status> {
        let version = self.protocol(request.pin_uv_auth_protocol)?;
        let key = self.state.key_agreements.of(version).public_key();
        Ok(Response { key_agreement: Some(key), ..Response::default() })
    }

    /// `pinUvAuthProtocol`, one of those that getInfo states.
    fn protocol(&self, number: Option<u64>) -> Result<Version, Status> {
        let version = pin_token::protocol(number)?;
        let stated = self.profile.pin_uv_auth_protocols().contains(&version);
        if stated { Ok(version) } else { Err(Status::INVALID_PARAMETER) }
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
