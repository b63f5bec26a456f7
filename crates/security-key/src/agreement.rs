use ctap::{
    Command, Request, Response, Status, client_pin,
    client_pin::sub_command::GET_KEY_AGREEMENT,
    cose, get_info,
    pin_protocol::{KeyAgreement, SharedSecret, Version},
};

use crate::{Error, Session, Transport, random::random};

/// A secret that this program and the key share for a while (CTAP 2.3 §6.5.5.4): PINs and salts travel under it.
/// A key forgets it when it loses power or a wrong PIN comes.
pub struct Agreement {
    pub(crate) secret: SharedSecret,
    pub(crate) public_key: cose::PublicKey,
}

impl<T: Transport> Session<T> {
    /// Agrees on a secret, by protocol two where the key knows it, else by one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it knows neither, and as [`Session::send`].
    pub async fn agree(&mut self, info: &get_info::Response) -> Result<Agreement, Error> {
        self.agree_by(preferred(info)?).await
    }

    /// Agrees on a secret by this protocol.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn agree_by(&mut self, version: Version) -> Result<Agreement, Error> {
        let request = client_pin::Request {
            pin_uv_auth_protocol: Some(version as u64),
            sub_command: GET_KEY_AGREEMENT,
            ..client_pin::Request::default()
        };
        let theirs = self.client_pin(request).await?.key_agreement;
        let theirs = theirs.ok_or(Error::Answer(Command::ClientPin, Status::MISSING_PARAMETER))?;
        let own = draw()?;
        let secret = own
            .shared_secret(version, &theirs)
            .map_err(|status| Error::Answer(Command::ClientPin, status))?;
        Ok(Agreement { secret, public_key: own.public_key() })
    }

    /// Any subcommand of clientPIN.
    pub(crate) async fn client_pin(
        &mut self,
        request: client_pin::Request,
    ) -> Result<client_pin::Response, Error> {
        let request = Request::ClientPin(request);
        match self.send(&request).await? {
            Response::ClientPin(response) => Ok(response),
            _ => Err(crate::session::mismatch(&request)),
        }
    }
}

impl Agreement {
    /// Which protocol it belongs to.
    pub fn version(&self) -> Version {
        self.secret.version()
    }

    pub(crate) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        let refused = |status| Error::Answer(Command::ClientPin, status);
        self.secret.encrypt(&random()?, plaintext).map_err(refused)
    }
}

/// Two of what the key states, else one.
pub(crate) fn preferred(info: &get_info::Response) -> Result<Version, Error> {
    let stated = |version: &Version| info.pin_uv_auth_protocols.contains(&(*version as u64));
    [Version::Two, Version::One]
        .into_iter()
        .find(stated)
        .ok_or(Error::Unsupported("a PIN/UV auth protocol that this program knows"))
}

fn draw() -> Result<KeyAgreement, Error> {
    loop {
        // Fewer than one in 2^32 draws is no valid scalar.
        if let Some(own) = KeyAgreement::from_random(&random()?) {
            return Ok(own);
        }
    }
}
