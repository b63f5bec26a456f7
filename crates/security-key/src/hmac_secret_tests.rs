//! Against the emulated key in this process, whose seeds the test reads to compute what must come out.

use std::sync::{Arc, Mutex};

use authenticator::{
    MemoryStore, Profile, Transport as Over,
    platform::Store,
    testing::{World, now},
};
use ctap::{
    Status,
    auth_data::{AuthenticatorData, Flags},
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs},
    get_assertion, get_info, make_credential,
    make_credential::Options,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::*;
use crate::{InProcess, Permissions, Pin, PinRetries, Token, Verification};

const RP_ID: &str = "vault.example";
const PIN: &str = "p\u{e9}ril";
/// The same PIN, typed as letter and accent.
const PIN_DECOMPOSED: &str = "pe\u{301}ril";
const HASH: [u8; 32] = [7; 32];

struct Bench {
    session: Session<InProcess>,
    store: MemoryStore,
    info: get_info::Response,
}

impl Bench {
    fn new(profile: Profile, protocols: &[u64]) -> Self {
        let world = World::with_profile(1, profile);
        let store = world.store.clone();
        let world = Arc::new(Mutex::new(world));
        let mut session = Session::new(InProcess::new(move |request| {
            let mut world = world.lock().unwrap();
            world.transport = Over::Usb;
            std::future::ready(world.send(&request))
        }));
        let mut info = now(session.info()).unwrap();
        info.pin_uv_auth_protocols.retain(|number| protocols.contains(number));
        Self { session, store, info }
    }

    fn token(&mut self, permissions: Permissions) -> Token {
        now(self.session.token_by_pin(&self.info, &pin(PIN_DECOMPOSED), permissions, Some(RP_ID))).unwrap()
    }

    /// A credential with seeds, made with the person's proof where `token` is one.
    fn credential(&mut self, token: Option<&Token>) -> Descriptor {
        let response = now(self.session.make_credential(registration(token))).unwrap();
        assert_eq!(has_seeds(&response), Ok(true));
        let data = AuthenticatorData::decode(&response.auth_data).unwrap();
        Descriptor { id: data.attested.unwrap().credential_id }
    }

    /// What the seeds of the only credential make of these salts.
    fn expected(&self, user_verified: bool, salts: &[[u8; 32]]) -> Vec<[u8; 32]> {
        let seeds = self.store.all().unwrap()[0].cred_random.clone().unwrap();
        let seed = if user_verified { seeds.with_uv } else { seeds.without_uv };
        let one = |salt: &[u8; 32]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&seed).unwrap();
            mac.update(salt);
            mac.finalize().into_bytes().into()
        };
        salts.iter().map(one).collect()
    }
}

fn pin(typed: &str) -> Pin {
    Pin::existing(&typed.into()).unwrap()
}

fn shipped(name: &str) -> Profile {
    Profile::shipped().find(|profile| profile.name == name).unwrap().clone()
}

fn registration(token: Option<&Token>) -> make_credential::Request {
    make_credential::Request {
        client_data_hash: HASH,
        rp: RelyingParty { id: RP_ID.to_owned(), name: None },
        user: User { id: vec![1], name: None, display_name: None },
        algorithms: vec![cose::ES256],
        exclude_list: vec![],
        extensions: MakeCredentialInputs { hmac_secret: Some(true), ..Default::default() },
        options: Options::default(),
        pin_uv_auth_param: token.map(|token| token.prove(&HASH)),
        pin_uv_auth_protocol: token.map(Token::protocol),
        enterprise_attestation: None,
        attestation_formats_preference: vec![],
    }
}

fn sign_in(credential: &Descriptor, token: Option<&Token>) -> get_assertion::Request {
    get_assertion::Request {
        rp_id: RP_ID.to_owned(),
        client_data_hash: HASH,
        allow_list: Some(vec![credential.clone()]),
        extensions: GetAssertionInputs::default(),
        options: Options::default(),
        pin_uv_auth_param: token.map(|token| token.prove(&HASH)),
        pin_uv_auth_protocol: token.map(Token::protocol),
    }
}

fn user_verified(response: &get_assertion::Response) -> bool {
    AuthenticatorData::decode(&response.auth_data).unwrap().flags.has(Flags::UV)
}

fn plain(secrets: &[HmacSecret]) -> Vec<[u8; 32]> {
    secrets.iter().map(|secret| **secret).collect()
}

#[test]
fn without_a_pin_the_secrets_are_those_of_whoever_is_present_by_both_protocols() {
    for protocols in [&[1_u64][..], &[2], &[1, 2]] {
        let mut bench = Bench::new(Profile::device_bound(), protocols);
        let credential = bench.credential(None);
        for salts in [vec![[1; 32]], vec![[1; 32], [2; 32]]] {
            let request = sign_in(&credential, None);
            let asked = bench.session.get_assertion_with_secrets(&bench.info, request, &salts);
            let (response, secrets) = now(asked).unwrap();
            assert!(!user_verified(&response));
            assert_eq!(plain(&secrets), bench.expected(false, &salts));
        }
    }
}

#[test]
fn with_a_pin_they_are_those_of_the_verified_person_however_it_is_typed() {
    for protocols in [&[1_u64][..], &[2]] {
        let mut bench = Bench::new(shipped("yubikey-5.7-like"), protocols);
        assert_eq!(Verification::of(&bench.info), Verification::None);
        now(bench.session.set_pin(&bench.info, &pin(PIN))).unwrap();
        let info = now(bench.session.info()).unwrap();
        assert_eq!(Verification::of(&info), Verification::Pin);
        assert_eq!(now(bench.session.pin_retries()), Ok(PinRetries { left: 8, power_cycle: false }));

        let token = bench.token(Permissions::MAKE_CREDENTIAL);
        let credential = bench.credential(Some(&token));
        let token = bench.token(Permissions::GET_ASSERTION);
        let request = sign_in(&credential, Some(&token));
        let asked = bench.session.get_assertion_with_secrets(&bench.info, request, &[[9; 32]]);
        let (response, secrets) = now(asked).unwrap();
        assert!(user_verified(&response));
        assert_eq!(plain(&secrets), bench.expected(true, &[[9; 32]]));

        let other = pin("wrong");
        let wrong = bench.session.token_by_pin(&bench.info, &other, Permissions::GET_ASSERTION, Some(RP_ID));
        assert_eq!(now(wrong).err(), Some(Error::Status(Status::PIN_INVALID)));
        assert_eq!(now(bench.session.pin_retries()), Ok(PinRetries { left: 7, power_cycle: false }));
    }
}

#[test]
fn a_key_of_ctap_2_0_gives_tokens_without_permissions() {
    let mut bench = Bench::new(shipped("ctap20-only"), &[1]);
    now(bench.session.set_pin(&bench.info, &pin(PIN))).unwrap();
    let token = bench.token(Permissions::MAKE_CREDENTIAL);
    let credential = bench.credential(Some(&token));
    let token = bench.token(Permissions::GET_ASSERTION);
    let request = sign_in(&credential, Some(&token));
    let (_, secrets) =
        now(bench.session.get_assertion_with_secrets(&bench.info, request, &[[3; 32]])).unwrap();
    assert_eq!(plain(&secrets), bench.expected(true, &[[3; 32]]));
}

#[test]
fn built_in_verification_is_the_verified_person_s_too() {
    let mut bench = Bench::new(Profile::device_bound(), &[2]);
    assert_eq!(Verification::of(&bench.info), Verification::BuiltIn);
    let credential = bench.credential(None);
    let request = get_assertion::Request {
        options: Options { uv: Some(true), ..Options::default() },
        ..sign_in(&credential, None)
    };
    let (response, secrets) =
        now(bench.session.get_assertion_with_secrets(&bench.info, request, &[[3; 32]])).unwrap();
    assert!(user_verified(&response));
    assert_eq!(plain(&secrets), bench.expected(true, &[[3; 32]]));
}

#[test]
fn a_new_credential_s_secrets_come_at_once_where_the_key_can() {
    for protocols in [&[1_u64][..], &[2]] {
        let mut bench = Bench::new(Profile::device_bound(), protocols);
        let salts = [[4; 32], [5; 32]];
        let asked = bench.session.make_credential_with_secrets(&bench.info, registration(None), &salts);
        let (response, secrets) = now(asked).unwrap();
        assert_eq!(has_seeds(&response), Ok(true));
        let verified = AuthenticatorData::decode(&response.auth_data).unwrap().flags.has(Flags::UV);
        assert_eq!(plain(&secrets), bench.expected(verified, &salts));
    }
}

#[test]
fn a_credential_without_seeds_and_a_key_without_protocols_are_told() {
    let mut bench = Bench::new(Profile::device_bound(), &[2]);
    let request =
        make_credential::Request { extensions: MakeCredentialInputs::default(), ..registration(None) };
    let response = now(bench.session.make_credential(request)).unwrap();
    assert_eq!(has_seeds(&response), Ok(false));
    let data = AuthenticatorData::decode(&response.auth_data).unwrap();
    let credential = Descriptor { id: data.attested.unwrap().credential_id };
    let asked = bench.session.get_assertion_with_secrets(&bench.info, sign_in(&credential, None), &[[1; 32]]);
    assert_eq!(now(asked).err(), Some(Error::NoSecret));

    bench.info.pin_uv_auth_protocols = vec![7];
    assert!(matches!(now(bench.session.agree(&bench.info)).err(), Some(Error::Unsupported(_))));
}
