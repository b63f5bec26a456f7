use ctap::{
    attestation::Statement,
    auth_data::Flags,
    cose::{self, PublicKey},
};

use super::{
    failed,
    key::{Key, policy},
    outcome,
};
use crate::{
    client_data::GET,
    verify::{AttestationPolicy, AttestationType, Outcome, Policy, Verdict, registration},
};

fn judge(key: &Key, policy: &Policy) -> Verdict {
    registration(policy, &key.registered(), &|_| Some(false))
}

/// A ceremony in which the key says something else.
fn with(change: impl FnOnce(&mut Key)) -> Verdict {
    let mut key = Key::registering();
    change(&mut key);
    judge(&key, &policy())
}

/// A ceremony in which the site expects something else.
fn under(change: impl FnOnce(&mut Policy)) -> Verdict {
    let mut policy = policy();
    change(&mut policy);
    judge(&Key::registering(), &policy)
}

#[test]
fn a_correct_registration_passes_every_step_in_order() {
    let verdict = with(|_| ());
    assert_eq!(failed(&verdict), [""; 0]);
    let sections: Vec<u8> = verdict
        .steps
        .iter()
        .map(|step| step.section.strip_prefix("7.1.").unwrap().parse().unwrap())
        .collect();
    assert_eq!(sections, [vec![3], (6..=29).collect()].concat());
    let record = verdict.credential.unwrap();
    assert_eq!(
        (record.sign_count, record.backup_eligible, record.transports),
        (5, false, vec!["usb".to_owned()])
    );
}

#[test]
fn response() {
    let mut response = Key::registering().registered();
    response.id = "AAAA".to_owned();
    assert_eq!(failed(&registration(&policy(), &response, &|_| None)), ["response"]);
}

#[test]
fn client_data_and_what_depends_on_it() {
    let mut response = Key::registering().registered();
    response.response.client_data_json = b"{\"type\":".to_vec().into();
    let verdict = registration(&policy(), &response, &|_| None);
    assert_eq!(failed(&verdict), ["client-data"]);
    for id in ["type", "challenge", "origin", "cross-origin", "top-origin"] {
        assert_eq!(outcome(&verdict, id), Outcome::Skip, "{id}");
    }
    assert_eq!(outcome(&verdict, "rp-id-hash"), Outcome::Pass, "what can be judged is judged");
}

#[test]
fn kind_of_ceremony() {
    assert_eq!(failed(&with(|key| key.client_data.kind = GET.to_owned())), ["type"]);
}

#[test]
fn challenge() {
    assert_eq!(failed(&under(|policy| policy.challenge = vec![0; 32].into())), ["challenge"]);
}

#[test]
fn origin() {
    for foreign in
        ["https://example.com", "https://login.example.org", "http://example.org", "https://example.org:8443"]
    {
        assert_eq!(failed(&with(|key| key.client_data.origin = foreign.to_owned())), ["origin"], "{foreign}");
    }
}

#[test]
fn cross_origin() {
    assert_eq!(failed(&with(|key| key.client_data.cross_origin = Some(true))), ["cross-origin"]);
}

#[test]
fn top_origin() {
    assert_eq!(
        failed(&with(|key| key.client_data.top_origin = Some("https://example.com".to_owned()))),
        ["top-origin"]
    );
}

#[test]
fn attestation_object_and_what_depends_on_it() {
    let mut response = Key::registering().registered();
    response.response.attestation_object.0.push(0);
    let verdict = registration(&policy(), &response, &|_| Some(false));
    assert_eq!(failed(&verdict), ["attestation-object"]);
    for id in [
        "rp-id-hash",
        "user-present",
        "algorithm",
        "attestation-statement",
        "credential-id-new",
        "extensions",
    ] {
        assert_eq!(outcome(&verdict, id), Outcome::Skip, "{id}");
    }
}

#[test]
fn attestation_object_of_another_credential() {
    let mut response = Key::registering().registered();
    response.raw_id = vec![8; 16].into();
    response.id = response.raw_id.to_string();
    assert_eq!(failed(&registration(&policy(), &response, &|_| None)), ["attestation-object"]);
}

#[test]
fn attestation_object_without_a_credential() {
    let mut key = Key::registering();
    let response = key.registered();
    key.data.attested = None;
    let object =
        ctap::attestation::AttestationObject { statement: Statement::None, auth_data: key.data.encode() };
    let mut bare = response;
    bare.response.attestation_object = object.encode().into();
    assert_eq!(failed(&registration(&policy(), &bare, &|_| None)), ["attestation-object"]);
}

#[test]
fn rp_id_hash() {
    assert_eq!(failed(&under(|policy| policy.rp_id = "example.com".to_owned())), ["rp-id-hash"]);
}

#[test]
fn user_present() {
    let absent = |key: &mut Key| key.data.flags = Flags(0);
    assert_eq!(failed(&with(absent)), ["user-present"]);
    let mut key = Key::registering();
    absent(&mut key);
    let conditional = Policy { require_user_presence: false, ..policy() };
    assert_eq!(failed(&judge(&key, &conditional)), [""; 0]);
}

#[test]
fn user_verified() {
    assert_eq!(failed(&under(|policy| policy.require_user_verification = true)), ["user-verified"]);
}

#[test]
fn backup_flags() {
    assert_eq!(failed(&with(|key| key.data.flags = Flags(Flags::UP | Flags::BS))), ["backup-flags"]);
    for allowed in [Flags::BE, Flags::BE | Flags::BS] {
        assert_eq!(failed(&with(|key| key.data.flags = Flags(Flags::UP | allowed))), [""; 0]);
    }
}

#[test]
fn algorithm() {
    assert_eq!(failed(&under(|policy| policy.algorithms = vec![cose::EDDSA])), ["algorithm"]);
}

#[test]
fn algorithm_of_a_key_that_is_no_point_of_the_curve() {
    let off_curve = PublicKey::P256 { algorithm: cose::ES256, x: [1; 32], y: [1; 32] };
    let verdict = with(|key| key.data.attested.as_mut().unwrap().public_key = off_curve.encode());
    assert_eq!(failed(&verdict), ["algorithm"]);
}

#[test]
fn attestation_statement() {
    let key = Key::registering();
    let good = registration(&policy(), &key.registered_with_self_attestation(), &|_| None);
    assert_eq!(failed(&good), [""; 0]);
    assert_eq!(good.attestation.unwrap().kind, AttestationType::SelfAttestation);

    let mut forged = Key::registering();
    forged.private = p256::ecdsa::SigningKey::from_slice(&[8; 32]).unwrap();
    let verdict = registration(&policy(), &forged.registered_with_self_attestation(), &|_| None);
    assert_eq!(failed(&verdict), ["attestation-statement"]);

    let other = Statement::Packed { algorithm: cose::EDDSA, signature: vec![0; 64], chain: vec![] };
    assert_eq!(
        failed(&registration(&policy(), &key.registered_with(other), &|_| None)),
        ["attestation-statement"]
    );
}

#[test]
fn certificates_are_not_judged_and_not_trusted() {
    let chained =
        Statement::Packed { algorithm: cose::ES256, signature: vec![0; 8], chain: vec![vec![0x30]] };
    let response = Key::registering().registered_with(chained);
    let verdict = registration(&policy(), &response, &|_| None);
    assert_eq!(failed(&verdict), [""; 0]);
    assert_eq!(outcome(&verdict, "attestation-statement"), Outcome::Skip);
    assert!(!verdict.attestation.unwrap().trusted);

    let demanding = Policy { attestation: AttestationPolicy::Trusted, ..policy() };
    let verdict = registration(&demanding, &response, &|_| None);
    assert_eq!(failed(&verdict), ["attestation-statement", "trustworthiness"]);
}

#[test]
fn trustworthiness() {
    assert_eq!(failed(&under(|policy| policy.attestation = AttestationPolicy::Trusted)), ["trustworthiness"]);
    assert_eq!(failed(&under(|policy| policy.attestation = AttestationPolicy::Any)), [""; 0]);
}

#[test]
fn credential_id_length() {
    let verdict = with(|key| key.data.attested.as_mut().unwrap().credential_id = vec![]);
    assert_eq!(failed(&verdict), ["credential-id-length"]);
    let verdict = with(|key| key.data.attested.as_mut().unwrap().credential_id = vec![1; 1023]);
    assert_eq!(failed(&verdict), [""; 0]);
}

#[test]
fn credential_id_new() {
    let verdict = registration(&policy(), &Key::registering().registered(), &|_| Some(true));
    assert_eq!(failed(&verdict), ["credential-id-new"]);
}

#[test]
fn the_verdict_has_the_documented_shape() {
    let verdict = serde_json::to_value(with(|_| ())).unwrap();
    assert_eq!(verdict["verified"], true);
    assert_eq!(verdict["steps"][0]["section"], "7.1.3");
    assert_eq!(verdict["steps"][0]["outcome"], "pass");
    assert_eq!(verdict["credential"]["signCount"], 5);
    assert_eq!(verdict["authenticatorData"]["aaguid"], "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa");
    assert_eq!(verdict["authenticatorData"]["algorithm"], -7);
    assert_eq!(
        verdict["attestation"],
        serde_json::json!({"format":"none","type":"none","trusted":false,"chain":[]})
    );
}
