use authenticator::{
    Profile, permission,
    profile::{Enterprise, ResetPolicy, Verification},
    testing::{World, world},
};
use ctap::{Request, Response, get_info, pin_protocol::Version};

use crate::platform_side::*;

fn info(world: &mut World) -> get_info::Response {
    match world.request(&Request::GetInfo).unwrap() {
        Response::GetInfo(info) => info,
        other => panic!("{other:?}"),
    }
}

fn option(info: &get_info::Response, id: &str) -> Option<bool> {
    info.options.iter().find(|(name, _)| name == id).map(|(_, value)| *value)
}

// proves: get-info
#[test]
fn says_what_the_profile_claims() {
    for profile in [Profile::device_bound(), Profile::synced()] {
        let aaguid = profile.aaguid;
        let info = info(&mut World::with_profile(1, profile));
        assert_eq!(info.versions, ["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"]);
        assert!(["credProtect", "hmac-secret"].iter().all(|id| info.extensions.iter().any(|of| of == id)));
        assert_eq!(info.aaguid, aaguid);
        assert_eq!(info.max_msg_size, Some(1536));
        assert_eq!(info.pin_uv_auth_protocols, [2, 1]);
        assert_eq!(info.algorithms, [-7, -8]);
        assert_eq!(info.attestation_formats, ["packed", "none"]);
        assert_eq!(info.remaining_discoverable_credentials, Some(1000));
        for (id, value) in [
            ("rk", Some(true)),
            ("up", Some(true)),
            ("uv", Some(true)),
            ("plat", Some(false)),
            ("credMgmt", Some(true)),
            ("clientPin", Some(false)),
            ("pinUvAuthToken", None),
            ("makeCredUvNotRqd", None),
        ] {
            assert_eq!(option(&info, id), value, "{id}");
        }
    }
}

// proves: get-info
#[test]
fn follows_the_pin_and_the_store() {
    let mut world = world(1);
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    make(&mut world, &register("a", 1)).unwrap();
    let info = info(&mut world);
    assert_eq!(option(&info, "clientPin"), Some(true));
    assert_eq!(option(&info, "pinUvAuthToken"), Some(true));
    assert_eq!(option(&info, "makeCredUvNotRqd"), Some(true));
    assert_eq!(info.remaining_discoverable_credentials, Some(999));
}

// proves: get-info
#[test]
fn a_key_without_built_in_verification_does_not_state_uv() {
    let profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let info = info(&mut World::with_profile(1, profile));
    assert_eq!(option(&info, "uv"), None);
    assert_eq!(option(&info, "pinUvAuthToken"), Some(true));
}

/// Each member from 0x01 to 0x1F is there where the key has what it belongs to, and absent elsewhere. Without a
/// persistent token nobody could read 0x19 and 0x1E; certifications (0x13) and prototypes of a vendor (0x15) no
/// key has.
// proves: get-info
#[test]
fn every_member_follows_the_features() {
    let mut profile = Profile { verification: Verification::Fingerprint, ..Profile::device_bound() };
    profile.reset.transports = vec!["usb".to_owned()];
    profile.attestation.enterprise = Some(Enterprise::default());
    let mut world = World::with_profile(1, profile.clone());
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    let token = permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;
    Token::by_pin(&mut world, Version::Two, "1234", token, None).unwrap();
    let absent = [0x13, 0x15, 0x1C];
    let expected: Vec<u64> = (0x01..=0x1F).filter(|key| !absent.contains(key)).collect();
    assert_eq!(members(&mut world), expected);
    let full = info(&mut world);
    assert_eq!(full.max_serialized_large_blob_array, Some(4096));
    assert_eq!((full.min_pin_length, full.max_pin_length), (Some(4), Some(63)));
    assert_eq!((full.max_cred_blob_length, full.max_rp_ids_for_set_min_pin_length), (Some(128), Some(8)));
    assert_eq!(full.transports_for_reset, ["usb"]);
    assert_eq!(full.uv_count_since_last_pin_entry, Some(0));
    assert_eq!(full.authenticator_config_commands, Some(vec![1, 2, 3, 4]));

    let features = &mut profile.features;
    (features.large_blobs, features.client_pin, features.set_min_pin_length) = (false, false, false);
    (features.persistent_read_only_token, features.authenticator_config) = (false, false);
    features.discoverable_credentials = false;
    profile.verification = Verification::None;
    profile.extensions.clear();
    profile.reset = ResetPolicy { long_touch: None, transports: vec![] };
    let bare = members(&mut World::with_profile(1, profile));
    assert_eq!(bare, [0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0E, 0x16]);
}

// proves: get-info
#[test]
fn every_option_follows_the_features() {
    let stated = |profile: &Profile| -> Vec<String> {
        let info = info(&mut World::with_profile(1, profile.clone()));
        info.options.into_iter().map(|(id, _)| id).collect()
    };
    let mut profile = Profile { verification: Verification::Fingerprint, ..Profile::device_bound() };
    profile.attestation.enterprise = Some(Enterprise::default());
    profile.features.no_mc_ga_permissions_with_client_pin = true;
    let all = stated(&profile);
    for id in [
        "alwaysUv",
        "authnrCfg",
        "bioEnroll",
        "clientPin",
        "credMgmt",
        "credentialMgmtPreview",
        "ep",
        "largeBlobs",
        "makeCredUvNotRqd",
        "noMcGaPermissionsWithClientPin",
        "perCredMgmtRO",
        "pinUvAuthToken",
        "plat",
        "rk",
        "setMinPINLength",
        "up",
        "userVerificationMgmtPreview",
        "uv",
        "uvAcfg",
        "uvBioEnroll",
    ] {
        assert!(all.iter().any(|stated| stated == id), "{id}");
    }
    assert_eq!(all.len(), 20);
    let oldest = Profile::shipped().find(|profile| profile.name == "ctap20-only").unwrap();
    assert_eq!(stated(oldest), ["rk", "up", "plat", "clientPin"]);
    assert_eq!(members(&mut World::with_profile(1, oldest.clone())), [1, 2, 3, 4, 5, 6]);
    assert_eq!(info(&mut World::with_profile(1, oldest.clone())).pin_uv_auth_protocols, [1]);
}

/// The keys of the response map.
fn members(world: &mut World) -> Vec<u64> {
    let answer = world.send(&Request::GetInfo.encode());
    let map = ctap::cbor::decode(&answer[1..]).unwrap().into_map().unwrap();
    map.into_iter().map(|(key, _)| u64::try_from(key.into_integer().unwrap()).unwrap()).collect()
}
