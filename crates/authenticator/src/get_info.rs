//! authenticatorGetInfo (§6.4).

use ctap::{Status, get_info::Response};

use crate::{Authenticator, client_pin::MIN_PIN_LENGTH};

impl Authenticator {
    /// What this key is and can do now.
    pub(crate) fn get_info(&self) -> Result<Response, Status> {
        let profile = &self.profile;
        Ok(Response {
            versions: profile.versions.clone(),
            extensions: profile.extensions.clone(),
            aaguid: profile.aaguid,
            options: self.options()?,
            max_msg_size: Some(profile.limits.message_size),
            pin_uv_auth_protocols: vec![2, 1],
            max_credential_count_in_list: Some(profile.limits.credential_count_in_list),
            max_credential_id_length: Some(profile.limits.credential_id_length),
            transports: profile.transports.clone(),
            algorithms: profile.algorithms.clone(),
            min_pin_length: Some(MIN_PIN_LENGTH as u64),
            firmware_version: Some(profile.firmware_version),
            remaining_discoverable_credentials: Some(
                self.platform.store.remaining()?.min(profile.limits.discoverable_credentials),
            ),
            attestation_formats: profile.attestation.formats.clone(),
            ..Response::default()
        })
    }

    /// The option IDs, in canonical order. Beside `uv`, `pinUvAuthToken` and `makeCredUvNotRqd` are stated only
    /// once a PIN is set: a platform would fetch a token first, and the person be asked twice, or would leave
    /// `uv` out (docs/decisions/0002-one-prompt-per-ceremony.md).
    fn options(&self) -> Result<Vec<(String, bool)>, Status> {
        let pin_is_set = self.pin_is_set()?;
        let verifies = self.verifies()?;
        let by_token = pin_is_set || !verifies;
        let option = |id: &str, value| Some((id.to_owned(), value));
        let options = [
            option("rk", true),
            option("up", true),
            option("uv", true).filter(|_| verifies),
            option("plat", false),
            option("credMgmt", true),
            option("clientPin", pin_is_set),
            option("pinUvAuthToken", true).filter(|_| by_token),
            option("makeCredUvNotRqd", true).filter(|_| by_token),
        ];
        Ok(options.into_iter().flatten().collect())
    }
}
