use authenticator::{
    platform::Store,
    testing::{World, world},
};
use ctap::{
    Status,
    extension::{
        GetAssertionInputs, GetAssertionOutputs, HmacSecretInput, MakeCredentialInputs, MakeCredentialOutputs,
    },
    get_assertion::{Request, Response},
    make_credential,
    pin_protocol::Version,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::platform_side::*;

fn with_seeds(world: &mut World, user_id: u8) -> Registered {
    let extensions = MakeCredentialInputs { hmac_secret: Some(true), ..Default::default() };
    make(world, &make_credential::Request { extensions, ..register("a", user_id) }).unwrap()
}

pub(crate) fn input(session: &Session, salts: &[u8]) -> HmacSecretInput {
    let salt_enc = session.shared.encrypt(&[5; 16], salts).unwrap();
    HmacSecretInput {
        key_agreement: session.public.clone(),
        salt_auth: session.shared.authenticate(&salt_enc),
        salt_enc,
        pin_uv_auth_protocol: Some(session.version),
    }
}

fn asking(input: HmacSecretInput) -> Request {
    Request {
        extensions: GetAssertionInputs { hmac_secret: Some(input), ..Default::default() },
        ..sign_in("a")
    }
}

pub(crate) fn output(session: &Session, made: &Registered, response: &Response) -> Vec<u8> {
    let extensions = verified(response, &made.key).extensions.unwrap();
    let encrypted = GetAssertionOutputs::decode(&extensions).unwrap().hmac_secret.unwrap();
    session.shared.decrypt(&encrypted).unwrap().to_vec()
}

fn expected(seed: &[u8; 32], salts: &[u8]) -> Vec<u8> {
    let one = |salt| {
        let mut mac = Hmac::<Sha256>::new_from_slice(seed).unwrap();
        mac.update(salt);
        mac.finalize().into_bytes().to_vec()
    };
    salts.chunks(32).flat_map(one).collect()
}

// proves: ext-hmac-secret
#[test]
fn the_outputs_are_those_of_the_seeds() {
    for version in BOTH {
        let mut world = world(1);
        let made = with_seeds(&mut world, 1);
        let outputs = MakeCredentialOutputs::decode(made.auth_data.extensions.as_ref().unwrap()).unwrap();
        assert_eq!(outputs.hmac_secret, Some(true));
        let seeds = world.store.all().unwrap()[0].cred_random.clone().unwrap();
        assert_ne!(seeds.with_uv, seeds.without_uv);
        let session = Session::open(&mut world, version);
        for salts in [vec![1; 32], [[1; 32], [2; 32]].concat()] {
            for (uv, seed) in [(Some(true), &seeds.with_uv), (None, &seeds.without_uv)] {
                let request = Request { options: options(None, None, uv), ..asking(input(&session, &salts)) };
                let response = assert(&mut world, &request).unwrap();
                assert_eq!(output(&session, &made, &response), expected(seed, &salts));
            }
        }
    }
}

// proves: ext-hmac-secret
#[test]
fn protocol_one_is_meant_where_none_is_said() {
    let mut world = world(1);
    let made = with_seeds(&mut world, 1);
    let session = Session::open(&mut world, Version::One);
    let input = HmacSecretInput { pin_uv_auth_protocol: None, ..input(&session, &[1; 32]) };
    let response = assert(&mut world, &asking(input)).unwrap();
    assert_eq!(output(&session, &made, &response).len(), 32);
}

// proves: ext-hmac-secret
#[test]
fn every_account_has_its_own_output() {
    let profile = browser_chooses(authenticator::Profile::synced());
    let mut world = World::with_profile(1, profile);
    let made = [with_seeds(&mut world, 1), with_seeds(&mut world, 2)];
    let session = Session::open(&mut world, Version::Two);
    let first = assert(&mut world, &asking(input(&session, &[1; 32]))).unwrap();
    let second = assert_next(&mut world).unwrap();
    assert_ne!(output(&session, &made[1], &first), output(&session, &made[0], &second));
}

#[test]
fn a_credential_without_seeds_has_no_output() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(made.auth_data.extensions, None);
    let session = Session::open(&mut world, Version::Two);
    let response = assert(&mut world, &asking(input(&session, &[1; 32]))).unwrap();
    assert_eq!(verified(&response, &made.key).extensions, None);
}

// proves: ext-hmac-secret
#[test]
fn bad_inputs_have_their_statuses() {
    for version in BOTH {
        let mut world = world(1);
        with_seeds(&mut world, 1);
        let session = Session::open(&mut world, version);
        let good = || input(&session, &[1; 32]);
        let silent = Request { options: options(None, Some(false), None), ..asking(good()) };
        for (request, status) in [
            (asking(HmacSecretInput { salt_auth: vec![0; 32], ..good() }), Status::PIN_AUTH_INVALID),
            (asking(input(&session, &[1; 16])), Status::INVALID_LENGTH),
            (asking(input(&session, &[1; 96])), Status::INVALID_LENGTH),
            (silent, Status::UNSUPPORTED_OPTION),
        ] {
            assert_eq!(assert(&mut world, &request).err(), Some(status));
        }
        assert_eq!(world.store.all().unwrap()[0].sign_count, 0);
    }
}
