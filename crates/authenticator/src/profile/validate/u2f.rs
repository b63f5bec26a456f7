//! A key that speaks U2F alone has nothing of CTAP2.

use crate::profile::{Features, Profile, Verification, fault::Notes};

/// Notes all that is of CTAP2.
pub(super) fn check(profile: &Profile, notes: &mut Notes<'_>) {
    let Features {
        discoverable_credentials,
        client_pin,
        pin_uv_auth_token,
        no_mc_ga_permissions_with_client_pin,
        credential_management,
        persistent_read_only_token,
        large_blobs,
        authenticator_config,
        set_min_pin_length,
        always_uv,
        make_cred_uv_not_rqd,
        account_chooser,
    } = profile.features;
    for (path, stated, nothing) in [
        ("features.discoverable-credentials", discoverable_credentials, "false"),
        ("features.client-pin", client_pin, "false"),
        ("features.pin-uv-auth-token", pin_uv_auth_token, "false"),
        ("features.no-mc-ga-permissions-with-client-pin", no_mc_ga_permissions_with_client_pin, "false"),
        ("features.credential-management", credential_management, "false"),
        ("features.persistent-read-only-token", persistent_read_only_token, "false"),
        ("features.large-blobs", large_blobs, "false"),
        ("features.authenticator-config", authenticator_config, "false"),
        ("features.set-min-pin-length", set_min_pin_length, "false"),
        ("features.always-uv", always_uv.is_some(), "\"absent\""),
        ("features.make-cred-uv-not-rqd", make_cred_uv_not_rqd, "false"),
        ("features.account-chooser", account_chooser, "false"),
        ("pin.complexity", profile.pin.complexity, "false"),
        ("verification", profile.verification != Verification::None, "\"none\""),
        ("extensions", !profile.extensions.is_empty(), "[]"),
        ("attestation.enterprise", profile.attestation.enterprise.is_some(), "\"absent\""),
        ("reset.long-touch", profile.reset.long_touch.is_some(), "\"absent\""),
    ] {
        if stated {
            notes.blame(
                &[path],
                format!("`{path}` is of CTAP2, and the key states no `FIDO_` version (§6.4)."),
                format!("Write `{path} = {nothing}`, or state a version such as `FIDO_2_1`."),
            );
        }
    }
}
