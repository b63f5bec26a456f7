//! What the features, extensions and versions of CTAP2 need of each other.

use super::{has_extension, has_version};
use crate::profile::{Features, Profile, Verification, fault::Notes};

/// Notes every rule that the profile breaks.
pub(super) fn check(profile: &Profile, notes: &mut Notes<'_>) {
    verification(profile, notes);
    features(profile, notes);
    policies(profile, notes);
    extensions(profile, notes);
    large_blob(profile, notes);
    for version in ["FIDO_2_1", "FIDO_2_3"] {
        mandatory(version, profile, notes);
    }
}

fn verification(profile: &Profile, notes: &mut Notes<'_>) {
    let Features { client_pin, pin_uv_auth_token, .. } = profile.features;
    let sensor = profile.verification == Verification::Fingerprint;
    if sensor && !(client_pin && pin_uv_auth_token) {
        notes.blame(
            &["verification", CLIENT_PIN, TOKEN],
            "Fingerprints are enrolled with a token that a PIN opens (§6.7).",
            "Write `client-pin = true` and `pin-uv-auth-token = true` in `[features]`.",
        );
    }
    if !sensor && notes.is_stated("limits.fingerprints") {
        notes.blame(
            &["limits.fingerprints"],
            "The key has no fingerprint sensor to hold fingerprints for (§6.7).",
            "Take `fingerprints` out, or write `verification = \"fingerprint\"`.",
        );
    }
}

/// Each row: the feature, whether it is stated, whether it has what it needs, where that is said, and why.
fn features(profile: &Profile, notes: &mut Notes<'_>) {
    let of = &profile.features;
    let rk = of.discoverable_credentials;
    let managed = of.credential_management;
    for (key, stated, holds, lacking, why) in [
        (
            "pin-uv-auth-token",
            of.pin_uv_auth_token,
            verifies(profile),
            CLIENT_PIN,
            "a token is got by a PIN or by built-in verification (§6.4)",
        ),
        (
            "no-mc-ga-permissions-with-client-pin",
            of.no_mc_ga_permissions_with_client_pin,
            of.client_pin,
            CLIENT_PIN,
            "it is about tokens got by `client-pin` (§6.4)",
        ),
        ("credential-management", managed, rk, RK, "it manages `discoverable-credentials` alone (§6.8)"),
        (
            "persistent-read-only-token",
            of.persistent_read_only_token,
            managed && of.pin_uv_auth_token,
            MANAGEMENT,
            "it is a `pin-uv-auth-token` for `credential-management` (§6.4)",
        ),
        (
            "set-min-pin-length",
            of.set_min_pin_length,
            of.client_pin && of.authenticator_config,
            CONFIG,
            "it sets a rule for `client-pin` by `authenticator-config` (§6.11)",
        ),
        (
            "account-chooser",
            of.account_chooser,
            rk,
            RK,
            "it chooses among `discoverable-credentials` alone (§6.2.2)",
        ),
    ] {
        if stated && !holds {
            notes.blame(
                &[&format!("features.{key}"), lacking, CLIENT_PIN, TOKEN],
                format!("`{key}` cannot be: {why}, and the key lacks that."),
                format!("Write `{key} = false`, or give the key what it lacks."),
            );
        }
    }
    if of.large_blobs && !has_extension(profile, "largeBlobKey") {
        notes.blame(
            &["features.large-blobs", "extensions"],
            "`large-blobs` cannot be: without the extension `largeBlobKey` nobody can read a blob (§6.10, §12.3).",
            "Add `largeBlobKey` to `extensions`, or write `large-blobs = false`.",
        );
    }
}

fn policies(profile: &Profile, notes: &mut Notes<'_>) {
    let of = &profile.features;
    if of.always_uv.is_some() && !verifies(profile) {
        notes.blame(
            &["features.always-uv", "verification", CLIENT_PIN],
            "`always-uv` cannot be: the key verifies nobody, neither itself nor by a PIN (§7.2).",
            "Write `always-uv = \"absent\"`, or give the key a way to verify.",
        );
    }
    if profile.pin.complexity && !of.client_pin {
        notes.blame(
            &["pin.complexity", CLIENT_PIN],
            "`complexity` cannot be: without `client-pin` there is no PIN to be complex (§6.5.1).",
            "Write `complexity = false`, or `client-pin = true`.",
        );
    }
    let (least, most) = (profile.pin.min_length, profile.pin.max_length);
    if least > most {
        notes.blame(
            &["pin.min-length", "pin.max-length"],
            format!("No PIN is at least {least} and at most {most} long (§6.5.1)."),
            "Make `min-length` at most `max-length`.",
        );
    }
}

/// Each row: the extension, whether it has what it needs, where that is said, and why.
fn extensions(profile: &Profile, notes: &mut Notes<'_>) {
    let of = &profile.features;
    for (id, holds, lacking, why) in [
        (
            "largeBlobKey",
            of.large_blobs && of.discoverable_credentials,
            "features.large-blobs",
            "it is the key to `large-blobs` for `discoverable-credentials` (§12.3)",
        ),
        ("minPinLength", of.set_min_pin_length, SET_MIN, "it tells what `set-min-pin-length` set (§12.5)"),
        ("pinComplexityPolicy", of.client_pin, CLIENT_PIN, "it tells a policy for `client-pin` (§12.6)"),
        (
            "hmac-secret-mc",
            has_extension(profile, "hmac-secret"),
            "extensions",
            "it is asked beside `hmac-secret` (§12.8)",
        ),
    ] {
        if has_extension(profile, id) && !holds {
            notes.blame(
                &[&format!("extensions/{id}"), lacking, RK],
                format!("The extension `{id}` cannot be: {why}, and the key lacks that."),
                format!("Take `{id}` out of `extensions`, or give the key what it lacks."),
            );
        }
    }
}

/// Browsers refuse a key that states both ways to a blob.
fn large_blob(profile: &Profile, notes: &mut Notes<'_>) {
    if has_extension(profile, "largeBlob") && has_extension(profile, "largeBlobKey") {
        notes.blame(
            &["extensions/largeBlob", "extensions"],
            "The extensions `largeBlob` and `largeBlobKey` exclude each other (§12.4).",
            "Take one of them out of `extensions`; `largeBlobKey` goes with `large-blobs`.",
        );
    }
}

/// §9: what a key must have to state this version. Each row: whether it has it, what, where, how to get it.
fn mandatory(version: &str, profile: &Profile, notes: &mut Notes<'_>) {
    if !has_version(profile, version) {
        return;
    }
    let of = &profile.features;
    for (holds, lacking, place, remedy) in [
        (
            verifies(profile),
            "a way to verify the person",
            CLIENT_PIN,
            "Write `client-pin = true`, or a `verification`",
        ),
        (of.pin_uv_auth_token, "tokens with permissions", TOKEN, "Write `pin-uv-auth-token = true`"),
        (
            of.credential_management || !of.discoverable_credentials,
            "management of its discoverable credentials",
            MANAGEMENT,
            "Write `credential-management = true`",
        ),
        (
            has_extension(profile, "hmac-secret"),
            "the extension `hmac-secret`",
            "extensions",
            "Add it to `extensions`",
        ),
        (
            has_extension(profile, "credProtect"),
            "the extension `credProtect`",
            "extensions",
            "Add it to `extensions`",
        ),
    ] {
        if !holds {
            notes.blame(
                &[&format!("versions/{version}"), place],
                format!("A key of {version} has {lacking}, and this one has not (§9)."),
                format!("{remedy}, or take `{version}` out."),
            );
        }
    }
}

const CLIENT_PIN: &str = "features.client-pin";
const CONFIG: &str = "features.authenticator-config";
const MANAGEMENT: &str = "features.credential-management";
const RK: &str = "features.discoverable-credentials";
const SET_MIN: &str = "features.set-min-pin-length";
const TOKEN: &str = "features.pin-uv-auth-token";

fn verifies(profile: &Profile) -> bool {
    profile.features.client_pin || profile.verification != Verification::None
}
