//! A profile from its TOML text: docs/formats/profile.md says what may stand there.

mod section;
mod value;

use std::time::Duration;

use toml::de::DeTable;

use super::{
    Attestation, Enterprise, Features, Limits, PinPolicy, Profile, ResetPolicy, Verification,
    fault::{Fault, Notes},
    validate,
    words::{
        COUNTERS, EXTENSIONS, FORMATS, KINDS, SIGNERS, TRANSPORTS, VERIFICATIONS, VERSIONS, quoted, suggest,
    },
};
use section::Section;
use value::Value;

/// A profile takes a hundredth of it.
const MAX_SIZE: usize = 64 * 1024;
/// Of keys that have no sensor, and say nothing of it.
const FINGERPRINTS: u64 = 5;

/// The profile of a file that may extend one of `shipped`, or every fault: of the syntax, else of single
/// members, else of members that do not go together.
pub(super) fn read(text: &str, shipped: &[Profile]) -> Result<Profile, Vec<Fault>> {
    let mut notes = Notes::new(text);
    let profile = parse(text, &mut notes).and_then(|root| profile(root, shipped, &mut notes));
    if let Some(profile) = &profile
        && notes.is_faultless()
    {
        validate::check(profile, shipped, &mut notes);
    }
    match profile {
        Some(profile) if notes.is_faultless() => Ok(profile),
        _ => Err(notes.into_faults()),
    }
}

fn parse<'i>(text: &'i str, notes: &mut Notes<'_>) -> Option<Section<'i>> {
    if text.len() > MAX_SIZE {
        notes.fault(0, format!("The file has more than {MAX_SIZE} bytes."), "A profile takes a few hundred.");
        return None;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let message = format!("This is not TOML: {}.", error.message());
        notes.fault(at, message, "docs/formats/profile.md shows a whole file.");
    }
    errors.is_empty().then(|| Section::new(String::new(), 0, root.into_inner()))
}

fn profile(mut root: Section<'_>, shipped: &[Profile], notes: &mut Notes<'_>) -> Option<Profile> {
    let base = root.take(notes, "extends").map(|value| extended(value, shipped, notes));
    let base = base.flatten();
    let from = |member: fn(&Profile) -> Vec<String>| base.map(member);

    let name = root.member(notes, "name", None, Value::name);
    let description =
        root.member(notes, "description", base.map(|of| of.description.clone()), |value, notes| {
            value.line(notes, 200)
        });
    let kind = root.member(notes, "kind", base.map(|of| of.kind), |value, notes| value.word(notes, KINDS));
    let backup_state = root.member(notes, "backup-state", base.map(|of| of.backup_state), Value::flag);
    let aaguid = root.member(notes, "aaguid", base.map(|of| of.aaguid), Value::aaguid);
    let versions = root.member(notes, "versions", from(|of| of.versions.clone()), |value, notes| {
        value.words(notes, VERSIONS)
    });
    let extensions = root.member(notes, "extensions", from(|of| of.extensions.clone()), |value, notes| {
        value.words(notes, EXTENSIONS)
    });
    let algorithms =
        root.member(notes, "algorithms", base.map(|of| of.algorithms.clone()), Value::algorithms);
    let transports = root.member(notes, "transports", from(|of| of.transports.clone()), |value, notes| {
        value.words(notes, TRANSPORTS)
    });
    let firmware_version =
        root.member(notes, "firmware-version", base.map(|of| of.firmware_version), |value, notes| {
            value.number(notes, 0..=i64::MAX.unsigned_abs(), "")
        });
    let verification = root.member(notes, "verification", base.map(|of| of.verification), |value, notes| {
        value.word(notes, VERIFICATIONS)
    });
    let counter =
        root.member(notes, "counter", base.map(|of| of.counter), |value, notes| value.word(notes, COUNTERS));
    let time_limit = root.member(notes, "time-limit", base.map(|of| of.time_limit), |value, notes| {
        value.number(notes, 1..=600, "").map(Duration::from_secs)
    });

    let features = root.section(notes, "features").and_then(|of| features(of, base, notes));
    let limits = root.section(notes, "limits").and_then(|of| limits(of, base, verification, notes));
    let pin = root.section(notes, "pin").and_then(|of| pin(of, base, notes));
    let attestation = root.section(notes, "attestation").and_then(|of| attestation(of, base, notes));
    let reset = root.section(notes, "reset").and_then(|of| reset(of, base, notes));
    root.finish(notes);

    Some(Profile {
        name: name?,
        description: description?,
        kind: kind?,
        backup_state: backup_state?,
        aaguid: aaguid?,
        versions: versions?,
        extensions: extensions?,
        algorithms: algorithms?,
        transports: transports?,
        firmware_version: firmware_version?,
        verification: verification?,
        features: features?,
        limits: limits?,
        pin: pin?,
        attestation: attestation?,
        counter: counter?,
        reset: reset?,
        time_limit: time_limit?,
    })
}

/// The profile that the file begins with. After a wrong name the first one stands in, so that not everything
/// is missing besides.
fn extended<'s>(value: Value<'_>, shipped: &'s [Profile], notes: &mut Notes<'_>) -> Option<&'s Profile> {
    let at = value.at();
    let said = value.text(notes)?;
    let found = shipped.iter().find(|of| of.name == said);
    if found.is_none() {
        let names: Vec<_> = shipped.iter().map(|of| of.name.as_str()).collect();
        notes.fault(at, format!("No shipped profile is named {}.", quoted(&said)), suggest(&said, &names));
    }
    found.or(shipped.first())
}

fn features(mut of: Section<'_>, base: Option<&Profile>, notes: &mut Notes<'_>) -> Option<Features> {
    let base = base.map(|of| of.features);
    let mut flag = |notes: &mut Notes<'_>, key, inherited: fn(&Features) -> bool| {
        of.member(notes, key, base.as_ref().map(inherited), Value::flag)
    };
    let discoverable_credentials = flag(notes, "discoverable-credentials", |of| of.discoverable_credentials);
    let client_pin = flag(notes, "client-pin", |of| of.client_pin);
    let pin_uv_auth_token = flag(notes, "pin-uv-auth-token", |of| of.pin_uv_auth_token);
    let no_mc_ga_permissions_with_client_pin =
        flag(notes, "no-mc-ga-permissions-with-client-pin", |of| of.no_mc_ga_permissions_with_client_pin);
    let credential_management = flag(notes, "credential-management", |of| of.credential_management);
    let persistent_read_only_token =
        flag(notes, "persistent-read-only-token", |of| of.persistent_read_only_token);
    let large_blobs = flag(notes, "large-blobs", |of| of.large_blobs);
    let authenticator_config = flag(notes, "authenticator-config", |of| of.authenticator_config);
    let set_min_pin_length = flag(notes, "set-min-pin-length", |of| of.set_min_pin_length);
    let make_cred_uv_not_rqd = flag(notes, "make-cred-uv-not-rqd", |of| of.make_cred_uv_not_rqd);
    let account_chooser = flag(notes, "account-chooser", |of| of.account_chooser);
    let always_uv = of.member(notes, "always-uv", base.map(|of| of.always_uv), |value, notes| {
        value.or_absent(notes, Value::flag)
    });
    of.finish(notes);
    Some(Features {
        discoverable_credentials: discoverable_credentials?,
        client_pin: client_pin?,
        pin_uv_auth_token: pin_uv_auth_token?,
        no_mc_ga_permissions_with_client_pin: no_mc_ga_permissions_with_client_pin?,
        credential_management: credential_management?,
        persistent_read_only_token: persistent_read_only_token?,
        large_blobs: large_blobs?,
        authenticator_config: authenticator_config?,
        set_min_pin_length: set_min_pin_length?,
        always_uv: always_uv?,
        make_cred_uv_not_rqd: make_cred_uv_not_rqd?,
        account_chooser: account_chooser?,
    })
}

fn limits(
    mut of: Section<'_>,
    base: Option<&Profile>,
    verification: Option<Verification>,
    notes: &mut Notes<'_>,
) -> Option<Limits> {
    let sensor = |verification| verification == Some(Verification::Fingerprint);
    // A key without a sensor need not say how many fingerprints it holds.
    let fingerprints = match base.map(|of| (of.limits.fingerprints, Some(of.verification))) {
        Some((inherited, from)) if sensor(from) || !sensor(verification) => Some(inherited),
        _ if sensor(verification) => None,
        _ => Some(FINGERPRINTS),
    };
    let base = base.map(|of| of.limits);
    let mut number = |notes: &mut Notes<'_>, key, inherited: Option<u64>, range, section| {
        of.member(notes, key, inherited, |value, notes| value.number(notes, range, section))
    };
    let discoverable_credentials = number(
        notes,
        "discoverable-credentials",
        base.map(|of| of.discoverable_credentials),
        1..=100_000,
        "",
    );
    let message_size =
        number(notes, "message-size", base.map(|of| of.message_size), 1024..=7609, " (§6.4, §11.2.4)");
    let credential_count_in_list =
        number(notes, "credential-count-in-list", base.map(|of| of.credential_count_in_list), 1..=255, "");
    let credential_id_length =
        number(notes, "credential-id-length", base.map(|of| of.credential_id_length), 64..=1023, "");
    let large_blob_array =
        number(notes, "large-blob-array", base.map(|of| of.large_blob_array), 1024..=65_536, " (§6.10)");
    let cred_blob_length =
        number(notes, "cred-blob-length", base.map(|of| of.cred_blob_length), 32..=1024, " (§12.2)");
    let rp_ids_for_set_min_pin_length = number(
        notes,
        "rp-ids-for-set-min-pin-length",
        base.map(|of| of.rp_ids_for_set_min_pin_length),
        0..=64,
        "",
    );
    let fingerprints = number(notes, "fingerprints", fingerprints, 1..=100, "");
    of.finish(notes);
    Some(Limits {
        discoverable_credentials: discoverable_credentials?,
        message_size: message_size?,
        credential_count_in_list: credential_count_in_list?,
        credential_id_length: credential_id_length?,
        large_blob_array: large_blob_array?,
        cred_blob_length: cred_blob_length?,
        rp_ids_for_set_min_pin_length: rp_ids_for_set_min_pin_length?,
        fingerprints: fingerprints?,
    })
}

fn pin(mut of: Section<'_>, base: Option<&Profile>, notes: &mut Notes<'_>) -> Option<PinPolicy> {
    let base = base.map(|of| of.pin);
    let mut number = |notes: &mut Notes<'_>, key, inherited: Option<u8>, range, section| {
        of.member(notes, key, inherited, |value, notes| value.number(notes, range, section))
    };
    let min_length = number(notes, "min-length", base.map(|of| of.min_length), 4..=63, " (§6.5.1)");
    let max_length = number(notes, "max-length", base.map(|of| of.max_length), 4..=63, " (§6.5.1)");
    let retries = number(notes, "retries", base.map(|of| of.retries), 1..=8, " (§6.5.2.2)");
    let complexity = of.member(notes, "complexity", base.map(|of| of.complexity), Value::flag);
    of.finish(notes);
    Some(PinPolicy {
        min_length: min_length?,
        max_length: max_length?,
        retries: retries?,
        complexity: complexity?,
    })
}

fn attestation(mut of: Section<'_>, base: Option<&Profile>, notes: &mut Notes<'_>) -> Option<Attestation> {
    let base = base.map(|of| &of.attestation);
    let formats = of.member(notes, "formats", base.map(|of| of.formats.clone()), |value, notes| {
        value.words(notes, FORMATS)
    });
    let signer =
        of.member(notes, "signer", base.map(|of| of.signer), |value, notes| value.word(notes, SIGNERS));
    let enterprise = of.member(notes, "enterprise", base.map(|of| of.enterprise.clone()), |value, notes| {
        value.or_absent(notes, |value, notes| enterprise(value.table(notes)?, base, notes))
    });
    of.finish(notes);
    Some(Attestation { formats: formats?, signer: signer?, enterprise: enterprise? })
}

fn enterprise(mut of: Section<'_>, base: Option<&Attestation>, notes: &mut Notes<'_>) -> Option<Enterprise> {
    let base = base.and_then(|of| of.enterprise.as_ref());
    let rp_ids = of.member(notes, "rp-ids", base.map(|of| of.rp_ids.clone()), Value::rp_ids);
    let enabled = of.member(notes, "enabled", base.map(|of| of.enabled), Value::flag);
    of.finish(notes);
    Some(Enterprise { rp_ids: rp_ids?, enabled: enabled? })
}

fn reset(mut of: Section<'_>, base: Option<&Profile>, notes: &mut Notes<'_>) -> Option<ResetPolicy> {
    let base = base.map(|of| &of.reset);
    let long_touch = of.member(notes, "long-touch", base.map(|of| of.long_touch), |value, notes| {
        value.or_absent(notes, Value::flag)
    });
    let transports = of.member(notes, "transports", base.map(|of| of.transports.clone()), |value, notes| {
        value.words(notes, TRANSPORTS)
    });
    of.finish(notes);
    Some(ResetPolicy { long_touch: long_touch?, transports: transports? })
}
