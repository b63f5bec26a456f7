//! Registering a new credential (WebAuthn §7.1).

use ctap::{
    attestation::AttestationObject,
    auth_data::{AttestedCredential, AuthenticatorData, Flags},
};

use super::{
    CredentialRecord, Outcome, Policy, Verdict,
    attestation::{self, Attested},
    auth_data::{self, UNREADABLE},
    client_data,
    signature::{Key, name},
    steps::{Steps, hex},
};
use crate::{Base64Url, client_data as browser, registration::RegistrationResponseJSON};

/// Judges a registration, steps 3 to 29. `registered` says whether a credential id is known already, for
/// any user; `None` where nobody can say.
pub fn registration(
    policy: &Policy,
    response: &RegistrationResponseJSON,
    registered: &dyn Fn(&[u8]) -> Option<bool>,
) -> Verdict {
    let mut steps = Steps::new("7.1");
    let parts = &response.response;

    let same_id = Base64Url::parse(&response.id).as_ref() == Some(&response.raw_id);
    steps.check(
        "response",
        3,
        "The response is a public key credential",
        response.kind == "public-key" && same_id,
        format!("type is {:?}, id {}, rawId {}.", response.kind, response.id, response.raw_id),
    );
    client_data::check(&mut steps, 6, browser::CREATE, policy, parts.client_data_json.as_ref());
    let hash = browser::hash(parts.client_data_json.as_ref());
    steps.check("hash", 12, "The client data is hashed", true, format!("SHA-256 is {}.", hex(&hash)));

    let decoded = attestation_object(&mut steps, parts.attestation_object.as_ref(), &response.raw_id);
    let data = decoded.as_ref().map(|decoded| &decoded.data);
    auth_data::check(&mut steps, 14, policy, data);
    backup_policy(&mut steps, data);

    let key = algorithm(&mut steps, policy, decoded.as_ref());
    let attested = decoded.as_ref().map(|decoded| Attested {
        object: &decoded.object,
        client_data_hash: &hash,
        key: key.as_ref(),
    });
    let attestation = attestation::check(&mut steps, policy, attested.as_ref());
    credential_id(&mut steps, decoded.as_ref(), registered);
    let record = decoded.as_ref().map(|decoded| record(decoded, &parts.transports));
    record_step(&mut steps, record.as_ref());
    extensions(&mut steps, 28, data, response.client_extension_results.keys());

    let verified = steps.all_hold();
    steps.check("complete", 29, "Everything above holds", verified, complete(verified));
    Verdict {
        verified,
        steps: steps.into_list(),
        authenticator_data: data.map(Into::into),
        credential: record.filter(|_| verified),
        attestation,
    }
}

struct Decoded {
    object: AttestationObject,
    data: AuthenticatorData,
    credential: AttestedCredential,
}

/// Step 13.
fn attestation_object(steps: &mut Steps, cbor: &[u8], raw_id: &Base64Url) -> Option<Decoded> {
    let decoded = decode(cbor, raw_id);
    let detail = match &decoded {
        Ok(decoded) => {
            format!("{} bytes, authenticator data {}.", cbor.len(), hex(&decoded.object.auth_data))
        }
        Err(reason) => reason.clone(),
    };
    steps.check("attestation-object", 13, "The attestation object can be read", decoded.is_ok(), detail);
    decoded.ok()
}

fn decode(cbor: &[u8], raw_id: &Base64Url) -> Result<Decoded, String> {
    let object = AttestationObject::decode(cbor)
        .map_err(|status| format!("The attestation object is not as it should be: {}.", status.meaning()))?;
    let data = AuthenticatorData::decode(&object.auth_data)
        .map_err(|status| format!("The authenticator data is not as it should be: {}.", status.meaning()))?;
    let credential = data.attested.clone().ok_or("The authenticator data carries no credential: AT is 0.")?;
    if credential.credential_id != raw_id.0 {
        return Err(format!(
            "The credential id in the authenticator data, {}, is not the response's.",
            Base64Url(credential.credential_id)
        ));
    }
    Ok(Decoded { object, data, credential })
}

/// Steps 18 and 19: this policy takes both kinds of passkeys.
fn backup_policy(steps: &mut Steps, data: Option<&AuthenticatorData>) {
    for (id, number, title, mask, letters) in [
        ("backup-eligible", 18, "The backup eligibility suits the policy", Flags::BE, "BE"),
        ("backup-state", 19, "The backup state suits the policy", Flags::BS, "BS"),
    ] {
        match data {
            Some(data) => {
                let bit = u8::from(data.flags.has(mask));
                steps.skip(id, number, title, format!("{letters} is {bit}; the policy takes both."));
            }
            None => steps.skip(id, number, title, UNREADABLE),
        }
    }
}

/// Step 20.
fn algorithm(steps: &mut Steps, policy: &Policy, decoded: Option<&Decoded>) -> Option<Key> {
    const TITLE: &str = "The key's algorithm was offered, and the key is a valid one";
    let Some(decoded) = decoded else {
        steps.skip("algorithm", 20, TITLE, UNREADABLE);
        return None;
    };
    let offered = policy.algorithms.iter().copied().map(name).collect::<Vec<_>>().join(", ");
    match Key::decode(&decoded.credential.public_key) {
        Ok(key) => {
            let detail = format!("Offered {offered}; the key is for {}.", name(key.algorithm()));
            steps.check("algorithm", 20, TITLE, policy.algorithms.contains(&key.algorithm()), detail);
            Some(key)
        }
        Err(reason) => {
            let detail = format!("{reason} COSE key {}.", hex(&decoded.credential.public_key));
            steps.check("algorithm", 20, TITLE, false, detail);
            None
        }
    }
}

/// Steps 25 and 26.
fn credential_id(steps: &mut Steps, decoded: Option<&Decoded>, registered: &dyn Fn(&[u8]) -> Option<bool>) {
    const LENGTH: &str = "The credential id has at most 1023 bytes";
    const NEW: &str = "The credential is new to us";
    let Some(decoded) = decoded else {
        steps.skip("credential-id-length", 25, LENGTH, UNREADABLE);
        steps.skip("credential-id-new", 26, NEW, UNREADABLE);
        return;
    };
    let id = &decoded.credential.credential_id;
    let fits = (1..=1023).contains(&id.len());
    steps.check("credential-id-length", 25, LENGTH, fits, format!("{} bytes.", id.len()));
    match registered(id) {
        Some(false) => steps.check("credential-id-new", 26, NEW, true, "Not registered before."),
        Some(true) => steps.check(
            "credential-id-new",
            26,
            NEW,
            false,
            "Registered already; a credential has one owner.",
        ),
        None => steps.skip("credential-id-new", 26, NEW, "There is no list of credentials to compare with."),
    }
}

fn record(decoded: &Decoded, transports: &[String]) -> CredentialRecord {
    let flags = decoded.data.flags;
    CredentialRecord {
        id: decoded.credential.credential_id.clone().into(),
        public_key: decoded.credential.public_key.clone().into(),
        sign_count: decoded.data.sign_count,
        backup_eligible: flags.has(Flags::BE),
        backup_state: flags.has(Flags::BS),
        user_handle: None,
        uv_initialized: flags.has(Flags::UV),
        transports: transports.to_vec(),
    }
}

/// Step 27.
fn record_step(steps: &mut Steps, record: Option<&CredentialRecord>) {
    const TITLE: &str = "The credential record is made";
    match record {
        Some(record) => steps.check(
            "credential-record",
            27,
            TITLE,
            true,
            format!("Counter {}, transports [{}].", record.sign_count, record.transports.join(", ")),
        ),
        None => steps.skip("credential-record", 27, TITLE, UNREADABLE),
    }
}

/// Steps 7.1.28 and 7.2.23: outputs are shown, none is relied on.
pub(super) fn extensions<'a>(
    steps: &mut Steps,
    number: u8,
    data: Option<&AuthenticatorData>,
    client: impl Iterator<Item = &'a String>,
) {
    const TITLE: &str = "Extension outputs are looked at";
    let Some(data) = data else {
        steps.skip("extensions", number, TITLE, UNREADABLE);
        return;
    };
    let client = client.map(String::as_str).collect::<Vec<_>>().join(", ");
    let signed = data.extensions.as_deref().map_or_else(|| "none".to_owned(), hex);
    let detail =
        format!("From the browser: [{client}]; signed by the key: {signed}. The policy relies on none.");
    steps.add("extensions", number, TITLE, Outcome::Pass, detail);
}

pub(super) fn complete(verified: bool) -> &'static str {
    if verified { "No step failed." } else { "At least one step failed." }
}
