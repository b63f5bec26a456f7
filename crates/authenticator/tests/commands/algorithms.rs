//! Registration and sign-in by every algorithm, over the wire's bytes.

use authenticator::{
    Profile,
    testing::{World, world},
};
use ctap::{Request, Status, attestation::Statement, cose, entity::User, make_credential};

use crate::platform_side::*;

pub(crate) const ALL: [i64; 9] = [
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

fn key_of(algorithms: &[i64]) -> World {
    World::with_profile(1, Profile { algorithms: algorithms.to_vec(), ..Profile::device_bound() })
}

fn asking(algorithms: &[i64]) -> make_credential::Request {
    make_credential::Request { algorithms: algorithms.to_vec(), ..register("a", 1) }
}

// proves: alg-es256, alg-eddsa, alg-es384, alg-es512, alg-es256k, alg-rs256, alg-ml-dsa-44, alg-ml-dsa-65, alg-ml-dsa-87
#[test]
fn each_algorithm_registers_attests_itself_and_signs_in() {
    for algorithm in ALL {
        let mut world = key_of(&ALL);
        let made = make(&mut world, &asking(&[algorithm])).unwrap();
        assert_eq!(made.key.algorithm(), algorithm);
        match &made.response.attestation {
            Statement::Packed { algorithm: by, signature, chain } => {
                assert_eq!((*by, chain.len()), (algorithm, 0));
                check_signature(&made.key, &made.response.auth_data, signature);
            }
            other => panic!("{other:?}"),
        }
        verified(&assert(&mut world, &sign_in("a")).unwrap(), &made.key);
    }
}

// proves: alg-order
#[test]
fn the_profiles_set_decides_and_the_platforms_order_counts() {
    for (known, asked, taken) in [
        (&[cose::ES256, cose::EDDSA][..], &[cose::EDDSA, cose::ES256][..], Some(cose::EDDSA)),
        (&[cose::ES256], &[cose::EDDSA, cose::ES256], Some(cose::ES256)),
        (&[cose::ES384], &[-65535, cose::ES384], Some(cose::ES384)),
        (&[cose::ES256], &[cose::EDDSA, cose::RS256], None),
        (&[cose::ES256], &[], None),
    ] {
        let made = make(&mut key_of(known), &asking(asked));
        match taken {
            Some(algorithm) => assert_eq!(made.unwrap().key.algorithm(), algorithm),
            None => assert_eq!(made.err(), Some(Status::UNSUPPORTED_ALGORITHM)),
        }
    }
}

// proves: alg-ml-dsa-87
#[test]
fn the_largest_answers_fit_into_one_message() {
    let long =
        |id| User { id: vec![id; 64], name: Some("n".repeat(1500)), display_name: Some("d".repeat(1500)) };
    let mut world = key_of(&ALL);
    let request = make_credential::Request { user: long(1), ..asking(&[cose::ML_DSA_87]) };
    let answer = world.send(&Request::MakeCredential(request.clone()).encode());
    assert!((7000..=7609).contains(&answer.len()), "{}", answer.len());
    let made = make(&mut world, &request).unwrap();
    let answer = world.send(&Request::GetAssertion(sign_in("a")).encode());
    assert!(answer.len() <= 7609, "{}", answer.len());
    let response = assert(&mut world, &sign_in("a")).unwrap();
    verified(&response, &made.key);
    let user = response.user.unwrap();
    assert_eq!((user.id, user.name), (vec![1; 64], None), "names that do not fit stay on the key");
}

#[test]
fn every_extension_beside_the_largest_signature_fits_too() {
    let mut world = key_of(&ALL);
    let session = Session::open(&mut world, ctap::pin_protocol::Version::Two);
    let extensions = ctap::extension::MakeCredentialInputs {
        cred_protect: Some(ctap::extension::CredProtect::UserVerificationOptional),
        cred_blob: Some(vec![1]),
        large_blob_key: Some(true),
        hmac_secret: Some(true),
        hmac_secret_mc: Some(crate::hmac_secret::input(&session, &[1; 64])),
        ..Default::default()
    };
    let request = make_credential::Request { extensions, ..asking(&[cose::ML_DSA_87]) };
    let answer = world.send(&Request::MakeCredential(request.clone()).encode());
    assert!(answer.len() <= 7609, "{}", answer.len());
    let made = make(&mut world, &request).unwrap();
    assert!(matches!(made.response.attestation, Statement::Packed { .. }));
}

// proves: determinism
#[test]
fn a_seed_gives_the_same_keys_of_every_algorithm() {
    for algorithm in ALL {
        let run = || {
            let mut world = key_of(&ALL);
            let made = world.send(&Request::MakeCredential(asking(&[algorithm])).encode());
            (made, world.send(&Request::GetAssertion(sign_in("a")).encode()))
        };
        assert_eq!(run(), run(), "algorithm {algorithm}");
    }
}

#[test]
fn a_shipped_key_signs_by_what_it_states() {
    let mut world = world(1);
    for algorithm in world.key.profile().algorithms.clone() {
        make(&mut world, &asking(&[algorithm])).unwrap();
    }
}
