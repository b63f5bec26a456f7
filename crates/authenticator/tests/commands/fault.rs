//! What each fault of CTAP does to what a platform sees.

use authenticator::{
    Profile,
    fault::{Faults, Fired, KNOWN},
    testing::World,
};
use ctap::{
    Request, Response, Status,
    attestation::Statement,
    auth_data::{AuthenticatorData, Flags},
    cbor, credential_management as cm,
    entity::Descriptor,
    extension::CredProtect,
    get_assertion,
};

use crate::platform_side::*;

/// A key with one account, and the switch of its faults.
fn faulty(faults: &[&str]) -> (World, Faults, Registered) {
    let mut world = World::with_profile(7, Profile::device_bound());
    let made = make(&mut world, &register("a", 1)).unwrap();
    let switch = Faults::default();
    world.key = world.key.with_faults(switch.clone());
    for fault in faults {
        switch.set(fault.parse().unwrap());
    }
    (world, switch, made)
}

/// The authenticator data of an assertion with this fault: the signature is over the faulty data.
fn signed_with(fault: &str) -> AuthenticatorData {
    let (mut world, _, made) = faulty(&[fault]);
    let response = assert(&mut world, &sign_in("a")).unwrap();
    verified(&response, &made.key)
}

// proves: fault-ctap
#[test]
fn faulty_data_is_what_is_signed() {
    let sound = signed_with("slow=1");
    assert_eq!(sound.flags.0, Flags::UP | Flags::UV);
    assert_eq!(signed_with("up-unset").flags.0, Flags::UV);
    assert_eq!(signed_with("uv-unset").flags.0, Flags::UP);
    assert_eq!(signed_with("be-changed").flags.0, Flags::UP | Flags::UV | Flags::BE);
    assert_eq!(signed_with("bs-without-be").flags.0, Flags::UP | Flags::UV | Flags::BS);
    assert_ne!(signed_with("wrong-rp-id-hash").rp_id_hash, sound.rp_id_hash);
    let extension = signed_with("unsolicited-extension").extensions.unwrap();
    assert_eq!(extension, b"\xA1\x6Bunsolicited\xF5");
    let attested = signed_with("attested-data-in-assertion").attested.unwrap();
    assert_eq!(attested.aaguid, Profile::device_bound().aaguid);
}

// proves: fault-ctap
#[test]
fn a_counter_stands_still_or_goes_back() {
    let counts = |fault: &str| {
        let (mut world, _, _) = faulty(&[]);
        for _ in 0..4 {
            assert(&mut world, &sign_in("a")).unwrap();
        }
        let switch = Faults::default();
        world.key = world.key.with_faults(switch.clone());
        switch.set(fault.parse().unwrap());
        let mut count = || {
            let response = assert(&mut world, &sign_in("a")).unwrap();
            AuthenticatorData::decode(&response.auth_data).unwrap().sign_count
        };
        [count(), count(), count()]
    };
    assert_eq!(counts("slow=1"), [5, 6, 7]);
    assert_eq!(counts("counter-stuck"), [5, 5, 5]);
    assert_eq!(counts("counter-backwards"), [3, 2, 1]);
}

// proves: fault-ctap
#[test]
fn a_registration_names_another_model_or_credential_and_is_signed_so() {
    let (mut world, switch, first) = faulty(&["wrong-aaguid,count=1"]);
    let aaguid = |made: &Registered| made.auth_data.attested.clone().unwrap().aaguid;
    let made = make(&mut world, &register("a", 2)).unwrap();
    assert_ne!(aaguid(&made), aaguid(&first));
    let Statement::Packed { signature, .. } = &made.response.attestation else { panic!() };
    check_signature(&made.key, &made.response.auth_data, signature);
    switch.set("wrong-credential-id,count=1".parse().unwrap());
    let made = make(&mut world, &register("b", 2)).unwrap();
    let list = Some(ids(&[&made]));
    let request = get_assertion::Request { allow_list: list, ..sign_in("b") };
    assert_eq!(assert(&mut world, &request), Err(Status::NO_CREDENTIALS), "the key has no such credential");
}

// proves: fault-ctap
#[test]
fn a_signature_is_bad_and_the_next_one_good_again() {
    let (mut world, switch, made) = faulty(&["bad-signature,count=1"]);
    let sound = |response: &get_assertion::Response| {
        let message = [response.auth_data.as_slice(), &HASH].concat();
        crate::signature::verifies(&made.key, &message, &response.signature)
    };
    assert!(!sound(&assert(&mut world, &sign_in("a")).unwrap()));
    assert!(sound(&assert(&mut world, &sign_in("a")).unwrap()));
    assert_eq!(switch.take_fired(), [Fired { name: "bad-signature", command: "getAssertion" }]);
    assert!(switch.list().is_empty());
    switch.set("bad-signature".parse().unwrap());
    let other = make(&mut world, &register("c", 1)).unwrap();
    let Statement::Packed { signature, .. } = &other.response.attestation else { panic!() };
    let message = [other.response.auth_data.as_slice(), &HASH].concat();
    assert!(!crate::signature::verifies(&other.key, &message, signature));
}

// proves: fault-ctap
#[test]
fn an_answer_is_replaced_and_nothing_is_done() {
    let (mut world, switch, _) = faulty(&["status=0x27,command=makeCredential"]);
    assert_eq!(make(&mut world, &register("b", 1)).err(), Some(Status::OPERATION_DENIED));
    assert!(assert(&mut world, &sign_in("a")).is_ok(), "another command is as before");
    switch.clear(None);
    switch.set("fixed-response=00a10102".parse().unwrap());
    assert_eq!(world.send(&[0x04]), [0x00, 0xA1, 0x01, 0x02]);
    assert_eq!(switch.clear(Some("fixed-response")), 1);
    assert!(world.send(&[0x04]).len() > 100);
    assert_eq!(assert(&mut world, &sign_in("b")).err(), Some(Status::NO_CREDENTIALS));
}

/// The answer to getInfo with this fault.
fn info_with(fault: &str) -> Vec<u8> {
    let (mut world, ..) = faulty(&[fault]);
    world.send(&[0x04])
}

// proves: fault-ctap
#[test]
fn a_response_is_not_what_the_specification_says() {
    let sound = info_with("slow=1");
    let members = |bytes: &[u8]| cbor::decode(&bytes[1..]).unwrap().into_map().unwrap();
    let count = members(&sound).len();
    assert_eq!(members(&info_with("extra-members")).len(), count + 2);
    let without = members(&info_with("missing-member=3"));
    assert_eq!(without.len(), count - 1);
    assert!(!without.iter().any(|(key, _)| *key == 3.into()));
    assert_eq!(info_with("trailing-bytes"), [sound.as_slice(), &[0, 0]].concat());
    for fault in ["non-canonical-cbor", "invalid-utf8"] {
        let broken = info_with(fault);
        assert_ne!(broken, sound, "{fault}");
        assert_eq!(cbor::decode(&broken[1..]), Err(Status::INVALID_CBOR), "{fault}");
    }
    assert_eq!(info_with("non-canonical-cbor").len(), sound.len() + 1);
}

// proves: fault-ctap
#[test]
fn an_enterprise_attestation_is_claimed_and_an_account_left_out() {
    let (mut world, ..) = faulty(&["always-enterprise-attestation", "omits-user"]);
    let answer = world.send(&Request::MakeCredential(register("b", 1)).encode());
    let members = cbor::decode(&answer[1..]).unwrap().into_map().unwrap();
    assert!(members.contains(&(4.into(), true.into())));
    assert_eq!(assert(&mut world, &sign_in("a")).unwrap().user, None);
}

// proves: fault-ctap
#[test]
fn a_model_is_named_beside_a_statement_of_the_credentials_own_key() {
    let mut profile = Profile::device_bound();
    profile.attestation.signer = authenticator::profile::Signer::Batch;
    let mut world = World::with_profile(3, profile.clone());
    let switch = Faults::default();
    world.key = world.key.with_faults(switch.clone());
    switch.set("self-attestation-with-aaguid,count=1".parse().unwrap());
    let made = make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(made.auth_data.attested.clone().unwrap().aaguid, profile.aaguid);
    let Statement::Packed { signature, chain, .. } = &made.response.attestation else { panic!() };
    assert!(chain.is_empty());
    check_signature(&made.key, &made.response.auth_data, signature);
    assert_eq!(world.key.profile(), &profile, "only for the moment");
}

// proves: fault-ctap
#[test]
fn a_key_refuses_what_it_should_take() {
    let (mut world, switch, made) = faulty(&["rejects-large-allow-list", "rejects-large-exclude-list=2"]);
    let list = |length| vec![Descriptor { id: made.id.clone() }; length];
    let allowing = |length| get_assertion::Request { allow_list: Some(list(length)), ..sign_in("a") };
    assert_eq!(assert(&mut world, &allowing(2)).err(), Some(Status::LIMIT_EXCEEDED));
    assert!(assert(&mut world, &allowing(1)).is_ok());
    let mut request = register("b", 1);
    request.exclude_list = list(3);
    assert_eq!(make(&mut world, &request).err(), Some(Status::LIMIT_EXCEEDED));
    request.exclude_list = list(2);
    assert!(make(&mut world, &request).is_ok());

    switch.set("rejects-silent-requests".parse().unwrap());
    let mut silent = allowing(1);
    silent.options = options(None, Some(false), None);
    assert_eq!(assert(&mut world, &silent).err(), Some(Status::INVALID_OPTION));

    switch.set("invalid-credential-at-once".parse().unwrap());
    let foreign = Some(vec![Descriptor { id: vec![9; 32] }]);
    let request = get_assertion::Request { allow_list: foreign, ..sign_in("a") };
    world.user.take_questions();
    assert_eq!(assert(&mut world, &request).err(), Some(Status::INVALID_CREDENTIAL));
    assert!(world.user.take_questions().is_empty());

    switch.set("rejects-empty-display-name".parse().unwrap());
    switch.set("rejects-missing-display-name".parse().unwrap());
    let mut request = register("c", 1);
    request.user.display_name = Some(String::new());
    assert_eq!(make(&mut world, &request).err(), Some(Status::INVALID_LENGTH));
    request.user.display_name = None;
    assert_eq!(make(&mut world, &request).err(), Some(Status::INVALID_CBOR));
}

// proves: fault-ctap
#[test]
fn extensions_are_refused_or_passed_over() {
    let mut request = register("b", 1);
    request.extensions.cred_protect = Some(CredProtect::UserVerificationRequired);
    let (mut world, switch, _) = faulty(&["rejects-extensions"]);
    assert_eq!(make(&mut world, &request).err(), Some(Status::UNSUPPORTED_OPTION));
    switch.clear(None);
    switch.set("ignores-extensions".parse().unwrap());
    assert_eq!(make(&mut world, &request).unwrap().auth_data.extensions, None);
    switch.clear(None);
    assert!(make(&mut world, &request).unwrap().auth_data.extensions.is_some());
}

// proves: fault-ctap
#[test]
fn an_empty_enumeration_ends_with_another_error() {
    let mut world = World::with_profile(7, Profile::device_bound());
    let switch = Faults::default();
    world.key = world.key.with_faults(switch.clone());
    switch.set("empty-rp-enumeration-error=0x02".parse().unwrap());
    let request = cm::Request {
        sub_command: cm::sub_command::ENUMERATE_RPS_BEGIN,
        params: None,
        raw_params: Vec::new(),
        pin_uv_auth_protocol: None,
        pin_uv_auth_param: None,
    };
    let answer = world.request(&Request::CredentialManagement(request));
    assert_eq!(answer, Err::<Response, _>(Status::INVALID_PARAMETER));
}

// proves: fault-ctap, fault-ctaphid
#[test]
fn every_fault_is_documented_and_every_documented_fault_exists() {
    let text = include_str!("../../../../docs/faults.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|row| row.split_once('`'));
    let mut documented: Vec<&str> = rows.map(|(fault, _)| fault).collect();
    let written = |known: &authenticator::fault::Known| match known.value {
        "" => known.name.to_owned(),
        value => format!("{}={value}", known.name),
    };
    let mut known: Vec<String> = KNOWN.iter().map(written).collect();
    documented.sort_unstable();
    known.sort_unstable();
    assert_eq!(documented, known);
}
