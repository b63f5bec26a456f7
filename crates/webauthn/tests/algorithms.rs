//! Passkeys of every algorithm, made and used by a Latchkey key, are accepted; a byte that was changed is not.

use authenticator::{Profile, testing::World};
use ctap::{Request, Response, cose};
use serde_json::json;
use webauthn::{
    client::{Authentication, Capabilities, Registration},
    verify::{self, Policy, Verdict},
};

const ORIGIN: &str = "https://login.example.org";
const CHALLENGE: &str = "AQIDBAUGBwgJCgsMDQ4PEA";
const ABLE: Capabilities = Capabilities { discoverable: true, user_verification: true };
const ALL: [i64; 9] = [
    cose::ES256,
    cose::EDDSA,
    cose::ES384,
    cose::ES512,
    cose::ES256K,
    cose::RS256,
    cose::ML_DSA_44,
    cose::ML_DSA_65,
    cose::ML_DSA_87,
];

fn policy(algorithm: i64) -> Policy {
    serde_json::from_value(json!({
        "rpId": "example.org",
        "origins": [ORIGIN],
        "challenge": CHALLENGE,
        "requireUserVerification": true,
        "algorithms": [algorithm],
        "attestation": "any",
    }))
    .unwrap()
}

fn registered(world: &mut World, algorithm: i64) -> Verdict {
    let options = serde_json::from_value(json!({
        "rp": { "id": "example.org", "name": "Example" },
        "user": { "id": "AQID", "name": "ada", "displayName": "Ada" },
        "challenge": CHALLENGE,
        "pubKeyCredParams": [{ "type": "public-key", "alg": algorithm }],
        "authenticatorSelection": { "residentKey": "required", "userVerification": "required" },
        "attestation": "direct",
    }))
    .unwrap();
    let registration = Registration::begin(&options, ORIGIN, ABLE).unwrap();
    let request = Request::MakeCredential(registration.request.clone());
    let Ok(Response::MakeCredential(made)) = world.request(&request) else { panic!("algorithm {algorithm}") };
    let response = registration.finish(made, &["usb".to_owned()]).unwrap();
    assert_eq!(response.response.public_key_algorithm, Some(algorithm));
    verify::registration(&policy(algorithm), &response, &|_| Some(false))
}

#[test]
fn a_passkey_of_every_algorithm_is_accepted() {
    for algorithm in ALL {
        let profile = Profile { algorithms: ALL.to_vec(), ..Profile::device_bound() };
        let mut world = World::with_profile(1, profile);
        let verdict = registered(&mut world, algorithm);
        assert!(verdict.verified, "algorithm {algorithm}: {:#?}", verdict.failure());
        assert_eq!(verdict.attestation.unwrap().format, "packed");
        let credential = verdict.credential.unwrap();

        let options = serde_json::from_value(json!({
            "rpId": "example.org", "challenge": CHALLENGE, "userVerification": "required",
        }))
        .unwrap();
        let authentication = Authentication::begin(&options, ORIGIN, ABLE).unwrap();
        let request = Request::GetAssertion(authentication.request.clone());
        let Ok(Response::GetAssertion(signed)) = world.request(&request) else {
            panic!("algorithm {algorithm}")
        };
        let mut response = authentication.finish(signed);
        let verdict = verify::assertion(&policy(algorithm), Some(&credential), &response);
        assert!(verdict.verified, "algorithm {algorithm}: {:#?}", verdict.failure());
        let middle = response.response.signature.0.len() / 2;
        response.response.signature.0[middle] ^= 1;
        let verdict = verify::assertion(&policy(algorithm), Some(&credential), &response);
        assert!(!verdict.verified, "algorithm {algorithm}: a signature of another message");
    }
}
