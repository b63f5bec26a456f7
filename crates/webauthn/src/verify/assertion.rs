//! Verifying an authentication assertion (WebAuthn §7.2).

use ctap::auth_data::{AuthenticatorData, Flags};

use super::{
    CounterPolicy, CredentialRecord, Outcome, Policy, Verdict,
    auth_data::{self, UNREADABLE, bits},
    client_data,
    registration::{complete, extensions},
    signature::{Key, name},
    steps::{Steps, hex},
};
use crate::{
    Base64Url,
    authentication::{AuthenticationResponseJSON, AuthenticatorAssertionResponseJSON},
    client_data as browser,
};

/// Judges an authentication, steps 3 to 25, against the stored `credential`; `None` where the credential is
/// not known, which is a failure of step 6. The verdict's record carries the new counter and backup state.
pub fn assertion(
    policy: &Policy,
    credential: Option<&CredentialRecord>,
    response: &AuthenticationResponseJSON,
) -> Verdict {
    let mut steps = Steps::new("7.2");
    let parts = &response.response;

    let same_id = Base64Url::parse(&response.id).as_ref() == Some(&response.raw_id);
    steps.check(
        "response",
        3,
        "The response is a public key credential",
        response.kind == "public-key" && same_id,
        format!("type is {:?}, id {}, rawId {}.", response.kind, response.id, response.raw_id),
    );
    allowed(&mut steps, policy, &response.raw_id);
    let credential = owner(&mut steps, policy, credential, response);
    let data = decode(&mut steps, parts.authenticator_data.as_ref());
    client_data::check(&mut steps, 9, browser::GET, policy, parts.client_data_json.as_ref());
    auth_data::check(&mut steps, 15, policy, data.as_ref());
    eligibility(&mut steps, credential, data.as_ref());
    let hash = browser::hash(parts.client_data_json.as_ref());
    steps.check("hash", 20, "The client data is hashed", true, format!("SHA-256 is {}.", hex(&hash)));
    signature(&mut steps, credential, parts, &hash);
    counter(&mut steps, policy, credential, data.as_ref());
    extensions(&mut steps, 23, data.as_ref(), response.client_extension_results.keys());

    let updated = steps.all_hold().then(|| update(credential, data.as_ref())).flatten();
    update_step(&mut steps, updated.as_ref());
    let verified = steps.all_hold();
    steps.check("complete", 25, "Everything above holds", verified, complete(verified));
    Verdict {
        verified,
        steps: steps.into_list(),
        authenticator_data: data.as_ref().map(Into::into),
        credential: updated,
        attestation: None,
    }
}

/// Step 5.
fn allowed(steps: &mut Steps, policy: &Policy, raw_id: &Base64Url) {
    const TITLE: &str = "The credential is one of those that were asked for";
    if policy.allow_credentials.is_empty() {
        steps.skip("allowed", 5, TITLE, "Any discoverable credential was asked for.");
    } else {
        let holds = policy.allow_credentials.contains(raw_id);
        let detail = format!("{} were asked for; came {raw_id}.", policy.allow_credentials.len());
        steps.check("allowed", 5, TITLE, holds, detail);
    }
}

/// Step 6. The credential to go on with: only the one that the response names.
fn owner<'a>(
    steps: &mut Steps,
    policy: &Policy,
    credential: Option<&'a CredentialRecord>,
    response: &AuthenticationResponseJSON,
) -> Option<&'a CredentialRecord> {
    const TITLE: &str = "The credential is known and belongs to the account";
    let credential = credential.filter(|credential| credential.id == response.raw_id);
    let came = response.response.user_handle.as_ref();
    let (holds, detail) = match (credential, came) {
        (None, _) => (false, format!("No credential {} is stored.", response.raw_id)),
        (Some(_), None) if policy.require_user_handle => {
            (false, "The account was not known before, and no user handle came.".to_owned())
        }
        (Some(_), None) => (true, "The account was known before; no user handle came.".to_owned()),
        (Some(credential), Some(came)) => match &credential.user_handle {
            Some(stored) => (stored == came, format!("User handle: stored {stored}, came {came}.")),
            None => (true, format!("User handle {came} came; none is stored to compare with.")),
        },
    };
    steps.check("credential", 6, TITLE, holds, detail);
    credential
}

/// Step 7.
fn decode(steps: &mut Steps, bytes: &[u8]) -> Option<AuthenticatorData> {
    let decoded = AuthenticatorData::decode(bytes);
    let detail = match &decoded {
        Ok(_) => format!("{} bytes: {}.", bytes.len(), hex(bytes)),
        Err(status) => format!("The authenticator data is not as it should be: {}.", status.meaning()),
    };
    steps.check("authenticator-data", 7, "The authenticator data can be read", decoded.is_ok(), detail);
    decoded.ok()
}

/// Step 19.
fn eligibility(steps: &mut Steps, credential: Option<&CredentialRecord>, data: Option<&AuthenticatorData>) {
    const TITLE: &str = "The backup eligibility has not changed";
    match (credential, data) {
        (Some(credential), Some(data)) => {
            let (be, bs) = (data.flags.has(Flags::BE), data.flags.has(Flags::BS));
            let stored = bits(credential.backup_eligible, credential.backup_state);
            let detail = format!("Stored {stored}; came {}.", bits(be, bs));
            steps.check("backup-eligible", 19, TITLE, be == credential.backup_eligible, detail);
        }
        (None, _) => steps.skip("backup-eligible", 19, TITLE, UNKNOWN),
        (_, None) => steps.skip("backup-eligible", 19, TITLE, UNREADABLE),
    }
}

/// Step 21.
fn signature(
    steps: &mut Steps,
    credential: Option<&CredentialRecord>,
    parts: &AuthenticatorAssertionResponseJSON,
    hash: &[u8; 32],
) {
    const TITLE: &str = "The signature is the credential's";
    let Some(credential) = credential else {
        steps.skip("signature", 21, TITLE, UNKNOWN);
        return;
    };
    match Key::decode(credential.public_key.as_ref()) {
        Ok(key) => {
            let message = [parts.authenticator_data.as_ref(), hash].concat();
            let holds = key.verifies(&message, parts.signature.as_ref());
            let detail = format!("{}, signature {}.", name(key.algorithm()), hex(parts.signature.as_ref()));
            steps.check("signature", 21, TITLE, holds, detail);
        }
        Err(reason) => steps.check("signature", 21, TITLE, false, format!("The stored key: {reason}")),
    }
}

/// Step 22.
fn counter(
    steps: &mut Steps,
    policy: &Policy,
    credential: Option<&CredentialRecord>,
    data: Option<&AuthenticatorData>,
) {
    const TITLE: &str = "The signature counter has grown";
    let (stored, came) = match (credential, data) {
        (Some(credential), Some(data)) => (credential.sign_count, data.sign_count),
        (None, _) => return steps.skip("counter", 22, TITLE, UNKNOWN),
        (_, None) => return steps.skip("counter", 22, TITLE, UNREADABLE),
    };
    let values = format!("Stored {stored}, came {came}");
    let (outcome, detail) = match policy.counter {
        _ if stored == 0 && came == 0 => (Outcome::Pass, "Not counted: both are 0.".to_owned()),
        CounterPolicy::Ignore => (Outcome::Skip, format!("{values}; the policy does not look at it.")),
        _ if came > stored => (Outcome::Pass, format!("{values}.")),
        CounterPolicy::Reject => (Outcome::Fail, format!("{values}: this key may have been cloned.")),
        CounterPolicy::Warn => (Outcome::Warn, format!("{values}: this key may have been cloned.")),
    };
    steps.add("counter", 22, TITLE, outcome, detail);
}

/// The record after the ceremony. A counter that fell is not taken over: the alarm must ring again next time.
fn update(
    credential: Option<&CredentialRecord>,
    data: Option<&AuthenticatorData>,
) -> Option<CredentialRecord> {
    let (credential, data) = (credential?, data?);
    Some(CredentialRecord {
        sign_count: data.sign_count.max(credential.sign_count),
        backup_state: data.flags.has(Flags::BS),
        uv_initialized: credential.uv_initialized || data.flags.has(Flags::UV),
        ..credential.clone()
    })
}

/// Step 24.
fn update_step(steps: &mut Steps, updated: Option<&CredentialRecord>) {
    const TITLE: &str = "The credential record is brought up to date";
    match updated {
        Some(record) => {
            let detail = format!("Counter {}, BS {}.", record.sign_count, u8::from(record.backup_state));
            steps.check("credential-record", 24, TITLE, true, detail);
        }
        None => steps.skip("credential-record", 24, TITLE, "A step above failed: nothing is changed."),
    }
}

const UNKNOWN: &str = "The credential is not known.";
