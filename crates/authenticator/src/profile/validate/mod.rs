//! What goes together in a profile and what does not.

mod ctap2;
mod u2f;

use super::{
    Kind, Profile, Signer, aaguid,
    fault::Notes,
    words::{VERSIONS, quoted},
};

/// Notes every rule that the profile breaks. `shipped` are those whose AAGUIDs are taken.
pub(super) fn check(profile: &Profile, shipped: &[Profile], notes: &mut Notes<'_>) {
    identity(profile, shipped, notes);
    versions(profile, notes);
    transports(profile, notes);
    attestation(profile, notes);
    if profile.versions == ["U2F_V2"] {
        u2f::check(profile, notes);
    } else {
        ctap2::check(profile, notes);
    }
}

fn identity(profile: &Profile, shipped: &[Profile], notes: &mut Notes<'_>) {
    if profile.backup_state && profile.kind != Kind::Synced {
        notes.blame(
            &["backup-state", "kind"],
            "BS without BE: a passkey that may not be copied cannot have a copy (WebAuthn §6.1.3).",
            "Write `kind = \"synced\"`, or `backup-state = false`.",
        );
    }
    let contradicts = |of: &&Profile| of.aaguid == profile.aaguid && of.kind != profile.kind;
    if let Some(other) = shipped.iter().find(contradicts) {
        notes.blame(
            &["aaguid", "kind"],
            format!(
                "The AAGUID {} is that of `{}`, whose passkeys are of the other kind, and BE never changes (WebAuthn §6.1.3).",
                aaguid::text(&profile.aaguid),
                other.name
            ),
            "Give this profile an AAGUID of its own; `uuidgen` makes one.",
        );
    }
}

fn versions(profile: &Profile, notes: &mut Notes<'_>) {
    let place = |version: &String| VERSIONS.iter().position(|known| known == version);
    if profile.versions.is_empty() {
        notes.blame(
            &["versions"],
            "A key without a version speaks no protocol (§6.4).",
            "State at least one, such as `FIDO_2_1`.",
        );
    }
    for pair in profile.versions.windows(2) {
        if let [before, after] = pair
            && place(before) > place(after)
        {
            notes.blame(
                &[&format!("versions/{after}"), "versions"],
                format!("`{after}` stands behind `{before}`, which came later."),
                "State the versions from the oldest to the newest.",
            );
        }
    }
    if has_version(profile, "U2F_V2") {
        if profile.kind == Kind::Synced {
            notes.blame(
                &["versions/U2F_V2", "kind"],
                "U2F knows no backup flags, so a synced passkey cannot be told from another by it (§10).",
                "Take `U2F_V2` out, or write `kind = \"device-bound\"`.",
            );
        }
        if !profile.algorithms.contains(&ctap::cose::ES256) {
            notes.blame(
                &["algorithms", "versions/U2F_V2"],
                "U2F signs by ES256 alone, and the key does not have it (U2F raw messages §4.3).",
                "Add `ES256` to `algorithms`, or take `U2F_V2` out.",
            );
        }
    }
    if profile.algorithms.is_empty() {
        notes.blame(
            &["algorithms"],
            "A key without an algorithm makes no credential (§6.1.2 step 3).",
            "State at least one, such as `ES256`.",
        );
    }
}

fn transports(profile: &Profile, notes: &mut Notes<'_>) {
    if profile.transports.is_empty() {
        notes.blame(
            &["transports"],
            "A key without a transport is reached by nobody (§6.4).",
            "State at least one, such as `usb`.",
        );
    }
    for transport in &profile.reset.transports {
        if !profile.transports.contains(transport) {
            notes.blame(
                &[&format!("reset.transports/{transport}"), "reset.transports", "transports"],
                format!(
                    "A reset by {} is not possible: the key does not have that transport (§6.6).",
                    quoted(transport)
                ),
                format!("Add {} to `transports`, or take it out here.", quoted(transport)),
            );
        }
    }
}

fn attestation(profile: &Profile, notes: &mut Notes<'_>) {
    let attestation = &profile.attestation;
    let makes = |format: &str| attestation.formats.iter().any(|of| of == format);
    if attestation.formats.is_empty() {
        notes.blame(
            &["attestation.formats"],
            "Without a format no credential has a statement; even `none` is one (WebAuthn §8.7).",
            "State at least one, such as `packed`.",
        );
    }
    if makes("fido-u2f") {
        if attestation.signer != Signer::Batch {
            notes.blame(
                &["attestation.formats/fido-u2f", "attestation.signer"],
                "A fido-u2f statement always has a certificate (WebAuthn §8.6).",
                "Write `signer = \"batch\"`, or take `fido-u2f` out.",
            );
        }
        if !profile.algorithms.contains(&ctap::cose::ES256) {
            notes.blame(
                &["attestation.formats/fido-u2f", "algorithms"],
                "A fido-u2f statement is made for ES256 alone, and the key does not have it (WebAuthn §8.6).",
                "Add `ES256` to `algorithms`, or take `fido-u2f` out.",
            );
        }
    }
    if attestation.enterprise.is_some() && !makes("packed") {
        notes.blame(
            &["attestation.enterprise", "attestation.formats"],
            "An enterprise attestation is a packed statement with a certificate of its own (§7.1).",
            "Add `packed` to `formats`, or write `enterprise = \"absent\"`.",
        );
    }
}

fn has_version(profile: &Profile, version: &str) -> bool {
    profile.versions.iter().any(|of| of == version)
}

fn has_extension(profile: &Profile, id: &str) -> bool {
    profile.extensions.iter().any(|of| of == id)
}
