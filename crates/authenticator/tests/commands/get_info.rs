use authenticator::{
    Profile,
    profile::Verification,
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

#[test]
fn says_what_the_profile_claims() {
    for profile in [Profile::device_bound(), Profile::synced()] {
        let aaguid = profile.aaguid;
        let info = info(&mut World::with_profile(1, profile));
        assert_eq!(info.versions, ["FIDO_2_0", "FIDO_2_1", "FIDO_2_3"]);
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

#[test]
fn a_key_without_built_in_verification_does_not_state_uv() {
    let profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let info = info(&mut World::with_profile(1, profile));
    assert_eq!(option(&info, "uv"), None);
    assert_eq!(option(&info, "pinUvAuthToken"), Some(true));
}
