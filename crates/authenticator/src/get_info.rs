//! authenticatorGetInfo (§6.4).

use ctap::{Status, get_info::Response};

use crate::{Authenticator, Profile, profile::Verification, state::PersistentState};

/// USER_VERIFY_FINGERPRINT_INTERNAL of the FIDO registry of predefined values.
const FINGERPRINT_INTERNAL: u64 = 0x02;
/// How often a platform may ask for a touch of the sensor before it asks for the PIN.
const SENSOR_ATTEMPTS: u64 = 3;

impl Authenticator {
    /// What this key is and can do now.
    pub(crate) fn get_info(&self) -> Result<Response, Status> {
        let state = self.platform.store.state()?;
        let basic = self.basic(&state);
        if self.profile.is_before_2_1() { Ok(basic) } else { self.since_2_1(&state, basic) }
    }

    /// What CTAP 2.0 knew.
    fn basic(&self, state: &PersistentState) -> Response {
        let profile = &self.profile;
        // U2F cannot verify anybody (§7.2).
        let without_u2f = profile.always_uv(state) == Some(true);
        let versions = profile.versions.iter().filter(|version| !without_u2f || *version != "U2F_V2");
        let protocols = profile.pin_uv_auth_protocols().iter().map(|version| *version as u64);
        Response {
            versions: versions.cloned().collect(),
            extensions: profile.extensions.clone(),
            aaguid: profile.aaguid,
            options: options(profile, state),
            max_msg_size: Some(profile.limits.message_size),
            pin_uv_auth_protocols: protocols.collect(),
            ..Response::default()
        }
    }

    /// What came later, as far as the key has the feature that it belongs to.
    fn since_2_1(&self, state: &PersistentState, basic: Response) -> Result<Response, Status> {
        let (profile, features, limits) = (&self.profile, &self.profile.features, &self.profile.limits);
        let remaining = self.platform.store.remaining()?.min(limits.discoverable_credentials);
        let has_blobs = profile.has_extension("credBlob");
        let read_only = features.persistent_read_only_token;
        let only = |has: bool, number: u64| has.then_some(number);
        Ok(Response {
            max_credential_count_in_list: Some(limits.credential_count_in_list),
            max_credential_id_length: Some(limits.credential_id_length),
            transports: profile.transports.clone(),
            algorithms: profile.algorithms.clone(),
            max_serialized_large_blob_array: only(features.large_blobs, limits.large_blob_array),
            force_pin_change: features.client_pin.then_some(state.force_pin_change),
            min_pin_length: only(features.client_pin, profile.min_pin_length(state).into()),
            firmware_version: Some(profile.firmware_version),
            max_cred_blob_length: only(has_blobs, limits.cred_blob_length),
            max_rp_ids_for_set_min_pin_length: only(
                features.set_min_pin_length,
                limits.rp_ids_for_set_min_pin_length,
            ),
            preferred_platform_uv_attempts: only(profile.has_sensor(), SENSOR_ATTEMPTS),
            uv_modality: only(profile.has_sensor(), FINGERPRINT_INTERNAL),
            remaining_discoverable_credentials: only(features.discoverable_credentials, remaining),
            attestation_formats: profile.attestation.formats.clone(),
            uv_count_since_last_pin_entry: only(
                profile.has_sensor() && state.pin.is_some(),
                self.state.uv_count.load(std::sync::atomic::Ordering::Relaxed),
            ),
            long_touch_for_reset: profile.long_touch_for_reset(state),
            enc_identifier: read_only.then(|| self.enc_identifier(state)).flatten(),
            transports_for_reset: profile.reset.transports.clone(),
            pin_complexity_policy: features.client_pin.then(|| profile.pin_complexity_policy(state)),
            max_pin_length: only(features.client_pin, profile.pin.max_length.into()),
            enc_cred_store_state: if read_only { self.enc_cred_store_state(state)? } else { None },
            authenticator_config_commands: features.authenticator_config.then(|| self.config_commands()),
            ..basic
        })
    }
}

/// The option IDs. Beside a question of the key's own, `pinUvAuthToken` and `makeCredUvNotRqd` are stated only
/// once a PIN is set: a platform would fetch a token first, and the person be asked twice, or would leave `uv`
/// out (docs/decisions/0002-one-prompt-per-ceremony.md).
fn options(profile: &Profile, state: &PersistentState) -> Vec<(String, bool)> {
    let features = &profile.features;
    let sensor = profile.has_sensor();
    let enrolled = !state.fingerprints.is_empty();
    let built_in = profile.verification != Verification::None;
    let pin_is_set = state.pin.is_some();
    let by_token = pin_is_set || profile.verification != Verification::BuiltIn;
    let token = features.pin_uv_auth_token && by_token;
    let always_uv = profile.always_uv(state);
    let preview = profile.has_version("FIDO_2_1_PRE");
    let not_required = features.make_cred_uv_not_rqd && by_token;
    let options = [
        ("rk", features.discoverable_credentials.then_some(true)),
        ("up", Some(true)),
        ("uv", built_in.then(|| profile.verifies(state.fingerprints.len()))),
        ("plat", Some(false)),
        ("uvAcfg", (built_in && token && features.authenticator_config).then_some(true)),
        ("alwaysUv", always_uv),
        ("credMgmt", features.credential_management.then_some(true)),
        ("authnrCfg", features.authenticator_config.then_some(true)),
        ("bioEnroll", sensor.then_some(enrolled)),
        ("clientPin", features.client_pin.then_some(pin_is_set)),
        ("largeBlobs", features.large_blobs.then_some(true)),
        ("uvBioEnroll", (sensor && token).then_some(true)),
        ("pinUvAuthToken", token.then_some(true)),
        ("setMinPINLength", features.set_min_pin_length.then_some(true)),
        ("perCredMgmtRO", features.persistent_read_only_token.then_some(true)),
        ("ep", profile.enterprise_attestation(state)),
        ("makeCredUvNotRqd", not_required.then_some(always_uv != Some(true))),
        ("credentialMgmtPreview", (preview && features.credential_management).then_some(true)),
        ("userVerificationMgmtPreview", (preview && sensor).then_some(enrolled)),
        ("noMcGaPermissionsWithClientPin", features.no_mc_ga_permissions_with_client_pin.then_some(true)),
    ];
    options.into_iter().filter_map(|(id, value)| Some((id.to_owned(), value?))).collect()
}
