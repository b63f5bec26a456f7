//! `hmac-secret` (CTAP 2.3 §12.7) and `hmac-secret-mc` (§12.8): secrets that only this key can make again.
//!
//! A credential has two seeds, one for the verified person and one for whoever is present: the same salt gives another
//! secret with UV than without. UV stands in the authenticator data of the response.

use ctap::{
    Command, Status,
    auth_data::AuthenticatorData,
    extension::{GetAssertionOutputs, HmacSecretInput, MakeCredentialOutputs},
    get_assertion, get_info, make_credential,
};
use zeroize::Zeroizing;

use crate::{Agreement, Error, Session, Transport};

/// One secret of 32 bytes, wiped when dropped: HMAC-SHA-256(seed, salt).
pub type HmacSecret = Zeroizing<[u8; 32]>;

impl<T: Transport> Session<T> {
    /// [`Session::get_assertion`] that also asks for the secrets of one or two salts, in their order.
    ///
    /// # Errors
    /// As [`Session::get_assertion`] and [`Session::agree`]; [`Error::NoSecret`] where the credential has no seeds.
    pub async fn get_assertion_with_secrets(
        &mut self,
        info: &get_info::Response,
        mut request: get_assertion::Request,
        salts: &[[u8; 32]],
    ) -> Result<(get_assertion::Response, Vec<HmacSecret>), Error> {
        let agreement = self.agree(info).await?;
        request.extensions.hmac_secret = Some(agreement.hmac_secret_input(salts)?);
        let response = self.get_assertion(request).await?;
        let outputs = extensions(Command::GetAssertion, &response.auth_data)?
            .map(|outputs| GetAssertionOutputs::decode(&outputs))
            .transpose()
            .map_err(|status| Error::Answer(Command::GetAssertion, status))?;
        let encrypted = outputs.and_then(|outputs| outputs.hmac_secret).ok_or(Error::NoSecret)?;
        let secrets = agreement.secrets(Command::GetAssertion, &encrypted, salts.len())?;
        Ok((response, secrets))
    }

    /// [`Session::make_credential`] of a credential with seeds, and at once the secrets of one or two salts: for keys
    /// that state `hmac-secret-mc`.
    ///
    /// # Errors
    /// As [`Session::make_credential`] and [`Session::agree`]; [`Error::NoSecret`] where no secret came.
    pub async fn make_credential_with_secrets(
        &mut self,
        info: &get_info::Response,
        mut request: make_credential::Request,
        salts: &[[u8; 32]],
    ) -> Result<(make_credential::Response, Vec<HmacSecret>), Error> {
        let agreement = self.agree(info).await?;
        request.extensions.hmac_secret = Some(true);
        request.extensions.hmac_secret_mc = Some(agreement.hmac_secret_input(salts)?);
        let response = self.make_credential(request).await?;
        let encrypted = made(&response)?.hmac_secret_mc.ok_or(Error::NoSecret)?;
        let secrets = agreement.secrets(Command::MakeCredential, &encrypted, salts.len())?;
        Ok((response, secrets))
    }
}

/// Whether the key says of a credential that it has seeds.
///
/// # Errors
/// [`Error::Answer`] where the response's authenticator data cannot be read.
pub fn has_seeds(response: &make_credential::Response) -> Result<bool, Error> {
    Ok(made(response)?.hmac_secret == Some(true))
}

impl Agreement {
    /// The extension's input; a key takes one or two salts.
    ///
    /// # Errors
    /// [`Error::Gone`] where the system has no randomness.
    pub fn hmac_secret_input(&self, salts: &[[u8; 32]]) -> Result<HmacSecretInput, Error> {
        let salt_enc = self.encrypt(salts.as_flattened())?;
        Ok(HmacSecretInput {
            key_agreement: self.public_key.clone(),
            salt_auth: self.secret.authenticate(&salt_enc),
            salt_enc,
            pin_uv_auth_protocol: Some(self.version()),
        })
    }

    fn secrets(&self, command: Command, encrypted: &[u8], count: usize) -> Result<Vec<HmacSecret>, Error> {
        let wrong = |status| Error::Answer(command, status);
        let plain = self.secret.decrypt(encrypted).map_err(wrong)?;
        let (secrets, rest) = plain.as_chunks::<32>();
        if secrets.len() != count || !rest.is_empty() {
            return Err(wrong(Status::INVALID_LENGTH));
        }
        Ok(secrets.iter().map(|secret| Zeroizing::new(*secret)).collect())
    }
}

fn made(response: &make_credential::Response) -> Result<MakeCredentialOutputs, Error> {
    extensions(Command::MakeCredential, &response.auth_data)?
        .map_or(Ok(MakeCredentialOutputs::default()), |outputs| MakeCredentialOutputs::decode(&outputs))
        .map_err(|status| Error::Answer(Command::MakeCredential, status))
}

fn extensions(command: Command, auth_data: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let data = AuthenticatorData::decode(auth_data).map_err(|status| Error::Answer(command, status))?;
    Ok(data.extensions)
}

#[cfg(test)]
#[path = "hmac_secret_tests.rs"]
mod tests;
