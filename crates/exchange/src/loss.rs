//! What the passkeys that were written lost on the way, counted.

use crate::{format::Format, inflate::inflate_blob, passkey::Passkey};

/// A part of a passkey that some formats have no place for.
struct Part {
    kept_by: &'static [Format],
    has: fn(&Passkey) -> bool,
    what: &'static str,
}

use Format::{Bitwarden, Cdp, Cxf, Kdbx, WebDriver};

const PARTS: &[Part] = &[
    Part {
        kept_by: &[Cxf, Kdbx],
        has: |passkey| passkey.hmac_secret.is_some(),
        what: "lost the hmac-secret seeds (PRF): sites that encrypt with the passkey cannot decrypt with the copy",
    },
    Part {
        kept_by: &[Cxf],
        has: |passkey| passkey.cred_blob.is_some(),
        what: "lost what the site stored by credBlob",
    },
    Part {
        kept_by: &[Cxf, WebDriver, Cdp],
        has: |passkey| passkey.large_blob.is_some(),
        what: "lost what the site stored by largeBlob",
    },
    Part {
        kept_by: &[Cxf],
        has: |passkey| passkey.third_party_payment,
        what: "may not be used for payments at other sites any more",
    },
    Part {
        kept_by: &[Kdbx, WebDriver, Cdp],
        has: |passkey| passkey.backup_eligible.is_some(),
        what: "lost whether they may be backed up and are (BE, BS): a site may refuse the copy where the other \
               program states them differently",
    },
    Part {
        kept_by: &[Bitwarden, WebDriver, Cdp],
        has: |passkey| passkey.sign_count.unwrap_or(0) != 0,
        what: "lost the signature counter: a site may take the copy for a clone",
    },
    Part {
        kept_by: &[Bitwarden, WebDriver, Cdp],
        has: |passkey| passkey.discoverable == Some(false),
        what: "are found without their id now, which they were not",
    },
];

/// What was lost of `written`, one plain sentence for each part.
pub(crate) fn notes(format: Format, written: &[&Passkey]) -> Vec<String> {
    if !format.has_keys() {
        return vec!["The list has no private keys: it is no backup.".into()];
    }
    let mut notes: Vec<String> = PARTS
        .iter()
        .filter(|part| !part.kept_by.contains(&format))
        .filter_map(|part| counted(written, part.has, part.what))
        .collect();
    notes.extend(damaged_blobs(format, written));
    notes.extend(derived_seeds(format, written));
    notes.extend(long_ids(format, written));
    notes
}

fn counted(written: &[&Passkey], has: fn(&Passkey) -> bool, what: &str) -> Option<String> {
    match written.iter().filter(|passkey| has(passkey)).count() {
        0 => None,
        1 => Some(format!("1 passkey: {what}.")),
        count => Some(format!("{count} passkeys: {what}.")),
    }
}

/// These formats have blobs plain.
fn damaged_blobs(format: Format, written: &[&Passkey]) -> Option<String> {
    let plain = [WebDriver, Cdp].contains(&format);
    let damaged =
        |passkey: &Passkey| passkey.large_blob.as_ref().is_some_and(|blob| inflate_blob(blob).is_none());
    plain.then(|| counted(written, damaged, "lost their largeBlob, which cannot be unpacked")).flatten()
}

/// Bitwarden gives its own passkeys sixteen bytes, and its browser extension has looked for no others.
fn long_ids(format: Format, written: &[&Passkey]) -> Option<String> {
    let what = "have an id that is no GUID: some versions of Bitwarden keep such a passkey and do not sign in with it";
    let other = |passkey: &Passkey| passkey.credential_id.len() != 16;
    (format == Bitwarden).then(|| counted(written, other, what)).flatten()
}

fn derived_seeds(format: Format, written: &[&Passkey]) -> Option<String> {
    let single =
        |passkey: &Passkey| passkey.hmac_secret.as_ref().is_some_and(|seeds| seeds.without_uv.is_none());
    let what = "have one hmac-secret seed where the format demands two; the second, which no site has ever used, \
                was derived from it";
    let second_lost =
        |passkey: &Passkey| passkey.hmac_secret.as_ref().is_some_and(|seeds| seeds.without_uv.is_some());
    match format {
        Cxf => counted(written, single, what),
        Kdbx => counted(
            written,
            second_lost,
            "lost the hmac-secret seed for users that are not verified, which no browser uses",
        ),
        _ => None,
    }
}
