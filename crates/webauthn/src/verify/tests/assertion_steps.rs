use ctap::auth_data::Flags;

use super::{
    failed,
    key::{Key, policy},
    outcome,
};
use crate::{
    Base64Url,
    client_data::CREATE,
    verify::{CounterPolicy, CredentialRecord, Outcome, Policy, Verdict, assertion},
};

/// A ceremony in which the key says something else.
fn with(change: impl FnOnce(&mut Key)) -> Verdict {
    let mut key = Key::authenticating();
    change(&mut key);
    assertion(&policy(), Some(&Key::record()), &key.authenticated())
}

/// A ceremony in which the site expects something else.
fn under(change: impl FnOnce(&mut Policy)) -> Verdict {
    let mut policy = policy();
    change(&mut policy);
    assertion(&policy, Some(&Key::record()), &Key::authenticating().authenticated())
}

/// A ceremony in which the site remembers something else.
fn remembering(change: impl FnOnce(&mut CredentialRecord)) -> Verdict {
    let mut record = Key::record();
    change(&mut record);
    assertion(&policy(), Some(&record), &Key::authenticating().authenticated())
}

#[test]
fn a_correct_assertion_passes_every_step_in_order() {
    let verdict = with(|_| ());
    assert_eq!(failed(&verdict), [""; 0]);
    let sections: Vec<u8> = verdict
        .steps
        .iter()
        .map(|step| step.section.strip_prefix("7.2.").unwrap().parse().unwrap())
        .collect();
    assert_eq!(sections, [vec![3, 5, 6, 7], (9..=25).collect()].concat());
    assert_eq!(verdict.credential.unwrap().sign_count, 5);
}

#[test]
fn response() {
    let mut response = Key::authenticating().authenticated();
    response.kind = "password".to_owned();
    assert_eq!(failed(&assertion(&policy(), Some(&Key::record()), &response)), ["response"]);
}

#[test]
fn allowed() {
    assert_eq!(failed(&under(|policy| policy.allow_credentials = vec![Base64Url(vec![1])])), ["allowed"]);
    assert_eq!(failed(&under(|policy| policy.allow_credentials = vec![Key::record().id])), [""; 0]);
}

#[test]
fn credential_unknown_and_what_depends_on_it() {
    for stored in [None, Some(CredentialRecord { id: Base64Url(vec![1]), ..Key::record() })] {
        let verdict = assertion(&policy(), stored.as_ref(), &Key::authenticating().authenticated());
        assert_eq!(failed(&verdict), ["credential"]);
        for id in ["backup-eligible", "signature", "counter"] {
            assert_eq!(outcome(&verdict, id), Outcome::Skip, "{id}");
        }
    }
}

#[test]
fn credential_of_another_account() {
    assert_eq!(
        failed(&remembering(|record| record.user_handle = Some(Base64Url(vec![2; 16])))),
        ["credential"]
    );
}

#[test]
fn credential_without_the_user_handle_that_names_the_account() {
    let mut response = Key::authenticating().authenticated();
    response.response.user_handle = None;
    assert_eq!(failed(&assertion(&policy(), Some(&Key::record()), &response)), [""; 0]);
    let discoverable = Policy { require_user_handle: true, ..policy() };
    assert_eq!(failed(&assertion(&discoverable, Some(&Key::record()), &response)), ["credential"]);
}

#[test]
fn authenticator_data_fails_with_the_signature_over_it() {
    let mut response = Key::authenticating().authenticated();
    response.response.authenticator_data.0.push(0);
    let verdict = assertion(&policy(), Some(&Key::record()), &response);
    assert_eq!(failed(&verdict), ["authenticator-data", "signature"]);
    assert_eq!(outcome(&verdict, "counter"), Outcome::Skip);
}

#[test]
fn client_data_fails_with_the_signature_over_it() {
    let mut response = Key::authenticating().authenticated();
    response.response.client_data_json.0.pop();
    let verdict = assertion(&policy(), Some(&Key::record()), &response);
    assert_eq!(failed(&verdict), ["client-data", "signature"]);
}

#[test]
fn kind_of_ceremony() {
    assert_eq!(failed(&with(|key| key.client_data.kind = CREATE.to_owned())), ["type"]);
}

#[test]
fn challenge() {
    assert_eq!(failed(&under(|policy| policy.challenge = vec![0; 32].into())), ["challenge"]);
}

#[test]
fn origin() {
    assert_eq!(
        failed(&with(|key| key.client_data.origin = "https://example.org.evil.example".to_owned())),
        ["origin"]
    );
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
fn rp_id_hash() {
    assert_eq!(failed(&with(|key| key.data.rp_id_hash = [0; 32])), ["rp-id-hash"]);
}

#[test]
fn user_present() {
    assert_eq!(failed(&with(|key| key.data.flags = Flags(0))), ["user-present"]);
}

#[test]
fn user_verified() {
    assert_eq!(failed(&under(|policy| policy.require_user_verification = true)), ["user-verified"]);
}

#[test]
fn backup_flags() {
    assert_eq!(failed(&with(|key| key.data.flags = Flags(Flags::UP | Flags::BS))), ["backup-flags"]);
}

#[test]
fn backup_eligible_never_changes() {
    assert_eq!(failed(&with(|key| key.data.flags = Flags(Flags::UP | Flags::BE))), ["backup-eligible"]);
    assert_eq!(failed(&remembering(|record| record.backup_eligible = true)), ["backup-eligible"]);
}

#[test]
fn backup_state_may_change() {
    let mut key = Key::authenticating();
    key.data.flags = Flags(Flags::UP | Flags::BE | Flags::BS);
    let stored = CredentialRecord { backup_eligible: true, backup_state: false, ..Key::record() };
    let verdict = assertion(&policy(), Some(&stored), &key.authenticated());
    assert_eq!(failed(&verdict), [""; 0]);
    assert!(verdict.credential.unwrap().backup_state);
}

#[test]
fn signature() {
    let verdict = with(|key| key.private = p256::ecdsa::SigningKey::from_slice(&[8; 32]).unwrap());
    assert_eq!(failed(&verdict), ["signature"]);
}

#[test]
fn counter_repeats_or_falls() {
    for stored in [5, 6, u32::MAX] {
        let verdict = remembering(|record| record.sign_count = stored);
        assert_eq!(failed(&verdict), ["counter"], "{stored}");
        assert!(verdict.step("counter").unwrap().detail.contains("cloned"));
    }
    assert_eq!(failed(&with(|key| key.data.sign_count = 0)), ["counter"], "a key that counted counts on");
}

#[test]
fn counter_policies() {
    let judge = |counter| {
        let stored = CredentialRecord { sign_count: 9, ..Key::record() };
        assertion(&Policy { counter, ..policy() }, Some(&stored), &Key::authenticating().authenticated())
    };
    let warned = judge(CounterPolicy::Warn);
    assert_eq!((failed(&warned), outcome(&warned, "counter")), (vec![], Outcome::Warn));
    assert_eq!(warned.credential.unwrap().sign_count, 9, "the alarm rings again next time");
    let ignored = judge(CounterPolicy::Ignore);
    assert_eq!((failed(&ignored), outcome(&ignored, "counter")), (vec![], Outcome::Skip));
}

#[test]
fn a_counter_of_zero_is_not_counted() {
    let mut key = Key::authenticating();
    key.data.sign_count = 0;
    let stored = CredentialRecord { sign_count: 0, ..Key::record() };
    let verdict = assertion(&policy(), Some(&stored), &key.authenticated());
    assert_eq!(failed(&verdict), [""; 0]);
    assert_eq!(verdict.step("counter").unwrap().detail, "Not counted: both are 0.");
}
