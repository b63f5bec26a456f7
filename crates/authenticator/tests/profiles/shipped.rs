//! What makes each shipped profile that profile, read off its getInfo.

use authenticator::{
    Kind, Profile,
    profile::{CounterPolicy, Features, Signer, Verification},
    testing::World,
};
use ctap::{Request, Response, get_info};
use std::collections::HashSet;

fn shipped(name: &str) -> Profile {
    Profile::shipped().find(|profile| profile.name == name).unwrap_or_else(|| panic!("{name}")).clone()
}

fn info(name: &str) -> get_info::Response {
    match World::with_profile(1, shipped(name)).request(&Request::GetInfo) {
        Ok(Response::GetInfo(info)) => info,
        other => panic!("{name}: {other:?}"),
    }
}

fn option(info: &get_info::Response, id: &str) -> Option<bool> {
    info.options.iter().find(|(name, _)| name == id).map(|(_, value)| *value)
}

#[test]
fn there_are_eight_models_of_our_own() {
    let names: Vec<_> = Profile::shipped().map(|profile| profile.name.as_str()).collect();
    let expected = [
        "device-bound",
        "synced",
        "yubikey-5.7-like",
        "u2f-only",
        "ctap20-only",
        "fingerprint-key",
        "tiny",
        "post-quantum",
    ];
    assert_eq!(names, expected);
    let aaguids: HashSet<_> = Profile::shipped().map(|profile| profile.aaguid).collect();
    assert_eq!(aaguids.len(), expected.len(), "each is a model of its own");
    for profile in Profile::shipped() {
        assert_eq!(profile.aaguid[6] >> 4, 4, "{}: a random UUID, of no vendor", profile.name);
    }
    assert_eq!(Profile::device_bound(), shipped("device-bound"));
    assert_eq!(Profile::synced(), shipped("synced"));
}

// proves: profile-device-bound
#[test]
fn device_bound_has_every_extension_and_asks_itself() {
    let (profile, info) = (shipped("device-bound"), info("device-bound"));
    assert_eq!((profile.kind, profile.backup_state), (Kind::DeviceBound, false));
    assert_eq!(info.versions, ["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"]);
    // All but largeBlob, which largeBlobKey excludes.
    assert_eq!(info.extensions.len(), 8, "{:?}", info.extensions);
    assert_eq!(info.algorithms, [-7, -8]);
    assert_eq!(info.max_msg_size, Some(1536));
    assert_eq!(option(&info, "uv"), Some(true));
    assert!(profile.features.account_chooser);
}

// proves: profile-synced
#[test]
fn synced_differs_in_kind_counter_model_and_where_blobs_lie() {
    let (profile, info) = (shipped("synced"), info("synced"));
    assert_eq!(info.aaguid, 0xc2e7_5a90_4b1d_4f38_8d06_2fa9_63b7_e5c4_u128.to_be_bytes());
    let mut extensions = Profile::device_bound().extensions;
    extensions.iter_mut().filter(|id| *id == "largeBlobKey").for_each(|id| *id = "largeBlob".to_owned());
    assert_eq!(info.extensions, extensions);
    let like = Profile {
        name: profile.name.clone(),
        description: profile.description.clone(),
        kind: Kind::Synced,
        aaguid: profile.aaguid,
        counter: CounterPolicy::Zero,
        extensions,
        features: Features { large_blobs: false, ..Profile::device_bound().features },
        ..Profile::device_bound()
    };
    assert_eq!(profile, like);
}

// proves: profile-yubikey-like
#[test]
fn yubikey_like_states_what_firmware_5_7_states() {
    let (profile, info) = (shipped("yubikey-5.7-like"), info("yubikey-5.7-like"));
    assert_eq!(info.versions, ["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"]);
    let extensions = ["credProtect", "hmac-secret", "largeBlobKey", "credBlob", "minPinLength"];
    assert_eq!(info.extensions, extensions);
    assert_eq!(info.algorithms, [-7, -8, -35]);
    assert_eq!(info.transports, ["nfc", "usb"]);
    assert_eq!(info.firmware_version, Some(0x0005_0704));
    assert_eq!((info.max_msg_size, info.min_pin_length), (Some(1280), Some(4)));
    assert_eq!(info.max_credential_count_in_list, Some(8));
    assert_eq!(info.max_credential_id_length, Some(128));
    assert_eq!(info.remaining_discoverable_credentials, Some(100));
    assert_eq!(option(&info, "uv"), None, "a key without a sensor");
    assert_eq!(option(&info, "clientPin"), Some(false));
    assert_eq!((profile.counter, profile.attestation.signer), (CounterPolicy::Global, Signer::Batch));
}

// proves: profile-u2f-only
#[test]
fn u2f_only_has_nothing_of_ctap2() {
    let profile = shipped("u2f-only");
    assert_eq!(profile.versions, ["U2F_V2"]);
    assert!(profile.extensions.is_empty() && !profile.features.client_pin);
    assert_eq!((profile.verification, profile.algorithms), (Verification::None, vec![-7]));
}

// proves: profile-ctap20-only
#[test]
fn ctap20_only_knows_no_permissions() {
    let (profile, info) = (shipped("ctap20-only"), info("ctap20-only"));
    assert_eq!(info.versions, ["FIDO_2_0"]);
    assert_eq!(info.extensions, ["hmac-secret"]);
    assert_eq!(option(&info, "clientPin"), Some(false));
    assert!(!profile.features.pin_uv_auth_token && !profile.features.credential_management);
}

// proves: profile-fingerprint
#[test]
fn fingerprint_key_verifies_once_a_finger_is_enrolled() {
    let (profile, info) = (shipped("fingerprint-key"), info("fingerprint-key"));
    assert_eq!((profile.verification, profile.limits.fingerprints), (Verification::Fingerprint, 5));
    assert!(profile.features.client_pin && profile.features.pin_uv_auth_token);
    assert_ne!(option(&info, "uv"), Some(true), "none is enrolled");
    assert_eq!(option(&info, "clientPin"), Some(false));
}

// proves: profile-tiny
#[test]
fn tiny_is_full_after_two_and_takes_small_messages() {
    let info = info("tiny");
    assert_eq!(info.remaining_discoverable_credentials, Some(2));
    assert_eq!((info.max_msg_size, info.max_credential_count_in_list), (Some(1024), Some(1)));
    assert_eq!(info.algorithms, [-7]);
}

// proves: profile-post-quantum
#[test]
fn post_quantum_prefers_ml_dsa_and_takes_the_largest_messages() {
    let info = info("post-quantum");
    assert_eq!(info.algorithms, [-48, -49, -50, -7]);
    assert_eq!(info.max_msg_size, Some(7609));
}
