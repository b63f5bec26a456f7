//! authenticatorGetInfo (§6.4).

use ctap::{Status, get_info::Response};

use crate::{Authenticator, client_pin::MIN_PIN_LENGTH};

/// Longer messages are taken too, but /dev/uhid keeps only 32 reports of an unpaced client, 1945 bytes.
const MAX_MESSAGE_SIZE: u64 = 1536;
/// As many descriptors as fit a message beside everything else.
const MAX_CREDENTIAL_COUNT_IN_LIST: u64 = 16;
/// Ours have 32 bytes; imported ones may be longer.
const MAX_CREDENTIAL_ID_LENGTH: u64 = 64;

impl Authenticator {
    /// What this key is and can do now.
    pub(crate) fn get_info(&self) -> Result<Response, Status> {
        let profile = &self.profile;
        Ok(Response {
            versions: strings(&["FIDO_2_0", "FIDO_2_1"]),
            extensions: strings(&["credProtect", "hmac-secret"]),
            aaguid: profile.aaguid,
            options: self.options()?,
            max_msg_size: Some(MAX_MESSAGE_SIZE),
            pin_uv_auth_protocols: vec![2, 1],
            max_credential_count_in_list: Some(MAX_CREDENTIAL_COUNT_IN_LIST),
            max_credential_id_length: Some(MAX_CREDENTIAL_ID_LENGTH),
            transports: profile.transports.clone(),
            algorithms: profile.algorithms.clone(),
            min_pin_length: Some(MIN_PIN_LENGTH as u64),
            firmware_version: Some(profile.firmware_version),
            remaining_discoverable_credentials: Some(self.platform.store.remaining()?.min(profile.capacity)),
            attestation_formats: profile.attestation_formats.clone(),
            ..Response::default()
        })
    }

    /// The option IDs, in canonical order. Beside `uv`, `pinUvAuthToken` and `makeCredUvNotRqd` are stated only
    /// once a PIN is set: a platform would fetch a token first, and the person be asked twice, or would leave
    /// `uv` out (docs/decisions/0002-one-prompt-per-ceremony.md).
    fn options(&self) -> Result<Vec<(String, bool)>, Status> {
        let pin_is_set = self.pin_is_set()?;
        let by_token = pin_is_set || !self.profile.built_in_verification;
        let option = |id: &str, value| Some((id.to_owned(), value));
        let options = [
            option("rk", true),
            option("up", true),
            option("uv", true).filter(|_| self.profile.built_in_verification),
            option("plat", false),
            option("credMgmt", true),
            option("clientPin", pin_is_set),
            option("pinUvAuthToken", true).filter(|_| by_token),
            option("makeCredUvNotRqd", true).filter(|_| by_token),
        ];
        Ok(options.into_iter().flatten().collect())
    }
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}
