//! CTAP1, spoken to over raw messages, and across the border to CTAP2.

use authenticator::{
    Profile,
    platform::{Answer, Question, Store},
    testing::{World, now},
};
use ctap::{
    Status,
    apdu::{Response, StatusWord},
    auth_data::{AuthenticatorData, Flags},
    cose,
    entity::Descriptor,
    extension::CredProtect,
    get_assertion, make_credential,
    u2f::{Control, Request},
};
use p256::ecdsa::{DerSignature, VerifyingKey, signature::Verifier};
use sha2::{Digest, Sha256};
use x509_cert::{
    Certificate,
    der::{Decode, Encode, Reader, SliceReader},
};

use crate::platform_side::*;

const CHALLENGE: [u8; 32] = [0xC0; 32];

fn both() -> Profile {
    let mut profile = Profile::device_bound();
    profile.versions = ["U2F_V2", "FIDO_2_0", "FIDO_2_1"].map(str::to_owned).to_vec();
    profile
}

fn application(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}

fn send(world: &mut World, request: &Request) -> Response {
    Response::decode(&now(world.key.handle_u2f(&request.encode()))).unwrap()
}

fn register(world: &mut World, rp_id: &str) -> Response {
    send(world, &Request::Register { challenge: CHALLENGE, application: application(rp_id) })
}

/// A registration, taken apart: public key and key handle. What vouches for it is checked.
fn registered(world: &mut World, rp_id: &str) -> (VerifyingKey, Vec<u8>) {
    let response = register(world, rp_id);
    assert_eq!(response.status, StatusWord::SUCCESS);
    let (head, rest) = response.data.split_at(67);
    assert_eq!((head[0], head[1]), (0x05, 0x04));
    let (key_handle, rest) = rest.split_at(head[66].into());
    let mut reader = SliceReader::new(rest).unwrap();
    let certificate = Certificate::decode(&mut reader).unwrap();
    let signature = reader.read_slice(reader.remaining_len()).unwrap();
    let attestation_key =
        certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
    let signed = [&[0][..], &application(rp_id), &CHALLENGE, key_handle, &head[1..66]].concat();
    verify(&VerifyingKey::from_sec1_bytes(attestation_key).unwrap(), &signed, signature);
    assert!(rest.starts_with(&certificate.to_der().unwrap()));
    (VerifyingKey::from_sec1_bytes(&head[1..66]).unwrap(), key_handle.to_vec())
}

fn authenticate(world: &mut World, control: Control, rp_id: &str, key_handle: &[u8]) -> Response {
    let (application, key_handle) = (application(rp_id), key_handle.to_vec());
    send(world, &Request::Authenticate { control, challenge: CHALLENGE, application, key_handle })
}

/// The counter of a signature that is good.
fn signed_in(key: &VerifyingKey, response: &Response, rp_id: &str, present: bool) -> u32 {
    assert_eq!(response.status, StatusWord::SUCCESS);
    let (head, signature) = response.data.split_at(5);
    assert_eq!(head[0], u8::from(present));
    verify(key, &[&application(rp_id)[..], head, &CHALLENGE].concat(), signature);
    u32::from_be_bytes(head[1..].try_into().unwrap())
}

fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) {
    key.verify(message, &DerSignature::from_bytes(signature).unwrap()).unwrap();
}

use Control::{CheckOnly, DontEnforceUserPresenceAndSign, EnforceUserPresenceAndSign};

// proves: u2f-version
#[test]
fn the_version_is_u2f_v2() {
    let mut world = World::with_profile(1, both());
    assert_eq!(send(&mut world, &Request::Version), Response::success(b"U2F_V2".to_vec()));
    assert_eq!(world.user.take_questions(), []);
}

// proves: u2f-register, durable
#[test]
fn a_registration_is_vouched_for_and_stores_nothing_but_the_root_secret() {
    let mut world = World::with_profile(1, both());
    let (one, first) = registered(&mut world, "a.example");
    let question = Question::SecondFactor { application: application("a.example"), register: true };
    assert_eq!(world.user.take_questions(), [question]);
    assert!(world.store.all().unwrap().is_empty());
    assert!(world.store.state().unwrap().root_secret.is_some(), "committed before the answer left");
    let (two, second) = registered(&mut world, "a.example");
    assert_ne!((one, &first), (two, &second), "each registration has a key of its own");
}

// proves: u2f-authenticate
#[test]
fn a_key_handle_signs_for_its_application_and_counts() {
    let mut world = World::with_profile(1, both());
    let (key, handle) = registered(&mut world, "a.example");
    world.user.take_questions();
    let enforced = authenticate(&mut world, EnforceUserPresenceAndSign, "a.example", &handle);
    assert_eq!(signed_in(&key, &enforced, "a.example", true), 1);
    assert_eq!(world.store.state().unwrap().global_counter, 1, "committed before the signature left");
    let question = Question::SecondFactor { application: application("a.example"), register: false };
    assert_eq!(world.user.take_questions(), [question]);
    let silent = authenticate(&mut world, DontEnforceUserPresenceAndSign, "a.example", &handle);
    assert_eq!(signed_in(&key, &silent, "a.example", false), 2);
    // After a power cycle too.
    world.key.power_cycle();
    let again = authenticate(&mut world, EnforceUserPresenceAndSign, "a.example", &handle);
    assert_eq!(signed_in(&key, &again, "a.example", true), 3);
}

// proves: u2f-authenticate
#[test]
fn check_only_says_whether_the_key_handle_is_known() {
    let mut world = World::with_profile(1, both());
    let (_, handle) = registered(&mut world, "a.example");
    world.user.take_questions();
    let mut bent = handle.clone();
    bent[40] ^= 1;
    for (rp_id, handle, status) in [
        ("a.example", &handle[..], StatusWord::CONDITIONS_NOT_SATISFIED),
        ("b.example", &handle, StatusWord::WRONG_DATA),
        ("a.example", &bent, StatusWord::WRONG_DATA),
        ("a.example", b"", StatusWord::WRONG_DATA),
    ] {
        assert_eq!(authenticate(&mut world, CheckOnly, rp_id, handle), status.into());
        if status == StatusWord::WRONG_DATA {
            for control in [EnforceUserPresenceAndSign, DontEnforceUserPresenceAndSign] {
                assert_eq!(authenticate(&mut world, control, rp_id, handle), status.into());
            }
        }
    }
    assert_eq!(world.user.take_questions(), [], "nobody is asked");
    assert_eq!(world.store.state().unwrap().global_counter, 0);
}

// proves: u2f-register, u2f-authenticate
#[test]
fn each_answer_of_the_person_has_its_status_word() {
    let mut world = World::with_profile(1, both());
    let (_, handle) = registered(&mut world, "a.example");
    for (answer, status) in [
        (Answer::Declined, StatusWord::COMMAND_NOT_ALLOWED),
        (Answer::TimedOut, StatusWord::CONDITIONS_NOT_SATISFIED),
        (Answer::Cancelled, StatusWord::CONDITIONS_NOT_SATISFIED),
    ] {
        world.user.will(answer);
        assert_eq!(register(&mut world, "a.example"), status.into());
        world.user.will(answer);
        let signed = authenticate(&mut world, EnforceUserPresenceAndSign, "a.example", &handle);
        assert_eq!(signed, status.into());
    }
    // What a transport whose client polls answers while nobody has said anything.
    let request = Request::Register { challenge: CHALLENGE, application: application("a.example") }.encode();
    assert_eq!(world.key.answer_u2f(&request, None), [0x69, 0x85]);
    assert_eq!(world.store.state().unwrap().global_counter, 0);
}

#[test]
fn a_platform_that_only_wants_a_touch_is_told_from_a_site() {
    let mut world = World::with_profile(1, both());
    // Chromium's application parameter, and python-fido2's.
    for byte in [b'A', 0] {
        let request = Request::Register { challenge: [b'B'; 32], application: [byte; 32] };
        assert_eq!(send(&mut world, &request).status, StatusWord::SUCCESS);
    }
    assert_eq!(world.user.take_questions(), [Question::Select, Question::Select]);
}

#[test]
fn what_the_key_does_not_speak_it_refuses() {
    let mut world = World::with_profile(1, Profile { versions: vec!["FIDO_2_1".to_owned()], ..both() });
    assert_eq!(send(&mut world, &Request::Version), StatusWord::INS_NOT_SUPPORTED.into());
    assert_eq!(register(&mut world, "a.example"), StatusWord::INS_NOT_SUPPORTED.into());

    let mut world = World::with_profile(1, both());
    let (_, handle) = registered(&mut world, "a.example");
    for apdu in [&b""[..], b"\x00", b"\x00\x01\x00\x00\x01", b"\x00\x01\x00\x00\x01x"] {
        assert_eq!(now(world.key.handle_u2f(apdu)), [0x67, 0x00], "{apdu:02X?}");
    }
    // §7.2.4: U2F knows no verification.
    world.store.update_state(&mut |state| state.always_uv = Some(true)).unwrap();
    assert!(!world.key.speaks_u2f().unwrap());
    let refused = Response::from(StatusWord::COMMAND_NOT_ALLOWED);
    assert_eq!(register(&mut world, "a.example"), refused);
    assert_eq!(authenticate(&mut world, CheckOnly, "a.example", &handle), refused);
    assert_eq!(send(&mut world, &Request::Version), Response::success(b"U2F_V2".to_vec()));
}

#[test]
fn a_reset_takes_registrations_along() {
    let mut world = World::with_profile(1, both());
    let (_, handle) = registered(&mut world, "a.example");
    world.request(&ctap::Request::Reset).unwrap();
    let gone = authenticate(&mut world, CheckOnly, "a.example", &handle);
    assert_eq!(gone, StatusWord::WRONG_DATA.into());
}

// proves: u2f-interoperates
#[test]
fn a_credential_of_ctap2_signs_in_by_u2f() {
    let mut world = World::with_profile(1, both());
    let made = make(&mut world, &crate::platform_side::register("a.example", 1)).unwrap();
    let id = made.id;
    let cose::PublicKey::P256 { x, y, .. } = made.key else { panic!() };
    let key = VerifyingKey::from_sec1_bytes(&[&[4][..], &x, &y].concat()).unwrap();
    let known = authenticate(&mut world, CheckOnly, "a.example", &id);
    assert_eq!(known, StatusWord::CONDITIONS_NOT_SATISFIED.into());
    assert_eq!(authenticate(&mut world, CheckOnly, "b.example", &id), StatusWord::WRONG_DATA.into());
    world.user.take_questions();
    let response = authenticate(&mut world, EnforceUserPresenceAndSign, "a.example", &id);
    assert_eq!(signed_in(&key, &response, "a.example", true), 1);
    let questions = world.user.take_questions();
    assert!(matches!(&questions[..], [Question::Authenticate { rp_id, .. }] if rp_id == "a.example"));
    assert_eq!(world.store.get(&id).unwrap().unwrap().sign_count, 1);
}

// proves: u2f-interoperates
#[test]
fn a_registration_of_u2f_signs_in_by_ctap2_and_is_not_made_again() {
    let mut world = World::with_profile(1, both());
    let (key, handle) = registered(&mut world, "a.example");
    let allow = |rp_id: &str, id: &[u8]| get_assertion::Request {
        allow_list: Some(vec![Descriptor { id: id.to_vec() }]),
        ..sign_in(rp_id)
    };
    let request = allow("a.example", &handle);
    let response = assert(&mut world, &request).unwrap();
    let signed = [&response.auth_data[..], &request.client_data_hash].concat();
    verify(&key, &signed, &response.signature);
    let auth_data = AuthenticatorData::decode(&response.auth_data).unwrap();
    assert_eq!((auth_data.flags, auth_data.sign_count), (Flags(Flags::UP | Flags::UV), 1));
    assert_eq!((response.credential.id, response.user), (handle.clone(), None));
    // One counter, whatever the protocol.
    let by_u2f = authenticate(&mut world, EnforceUserPresenceAndSign, "a.example", &handle);
    assert_eq!(signed_in(&key, &by_u2f, "a.example", true), 2);
    assert_eq!(assert(&mut world, &allow("b.example", &handle)).err(), Some(Status::NO_CREDENTIALS));

    let again = make_credential::Request {
        exclude_list: vec![Descriptor { id: handle }],
        ..crate::platform_side::register("a.example", 1)
    };
    assert_eq!(make(&mut world, &again).err(), Some(Status::CREDENTIAL_EXCLUDED));
}

// proves: u2f-interoperates
#[test]
fn u2f_does_not_get_round_the_verification_that_a_credential_asks_for() {
    let mut world = World::with_profile(1, both());
    make(&mut world, &crate::platform_side::register("a.example", 1)).unwrap();
    let id = world.store.all().unwrap()[0].id.clone();
    let protect = &mut |of: &mut authenticator::Credential| {
        of.cred_protect = CredProtect::UserVerificationRequired;
    };
    world.store.update(&id, protect).unwrap();
    assert_eq!(authenticate(&mut world, CheckOnly, "a.example", &id), StatusWord::WRONG_DATA.into());
}
