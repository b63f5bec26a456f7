//! The words that profile files use.

use ctap::cose;

use super::{CounterPolicy, Kind, Signer, Verification};

/// COSE algorithm names and identifiers (RFC 9053, RFC 8812, RFC 9964).
pub(super) const ALGORITHMS: &[(&str, i64)] = &[
    ("ES256", cose::ES256),
    ("EdDSA", cose::EDDSA),
    ("ES384", cose::ES384),
    ("ES512", cose::ES512),
    ("ES256K", cose::ES256K),
    ("RS256", cose::RS256),
    ("ML-DSA-44", cose::ML_DSA_44),
    ("ML-DSA-65", cose::ML_DSA_65),
    ("ML-DSA-87", cose::ML_DSA_87),
];

/// §6.4, in the order in which they came.
pub(super) const VERSIONS: &[&str] = &["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"];

/// §12
pub(super) const EXTENSIONS: &[&str] = &[
    "credProtect",
    "credBlob",
    "largeBlobKey",
    "largeBlob",
    "minPinLength",
    "pinComplexityPolicy",
    "hmac-secret",
    "hmac-secret-mc",
    "thirdPartyPayment",
];

/// WebAuthn §5.8.4
pub(super) const TRANSPORTS: &[&str] = &["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

/// WebAuthn §8, those that a key makes.
pub(super) const FORMATS: &[&str] = &["packed", "none", "fido-u2f"];

pub(super) const KINDS: &[(&str, Kind)] = &[("device-bound", Kind::DeviceBound), ("synced", Kind::Synced)];

pub(super) const VERIFICATIONS: &[(&str, Verification)] = &[
    ("none", Verification::None),
    ("built-in", Verification::BuiltIn),
    ("fingerprint", Verification::Fingerprint),
];

pub(super) const COUNTERS: &[(&str, CounterPolicy)] = &[
    ("per-credential", CounterPolicy::PerCredential),
    ("global", CounterPolicy::Global),
    ("zero", CounterPolicy::Zero),
];

pub(super) const SIGNERS: &[(&str, Signer)] = &[("credential", Signer::Credential), ("batch", Signer::Batch)];

/// What stands in place of a member that the key does not know.
pub(super) const ABSENT: &str = "absent";

/// The word for a value.
pub(super) fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, of)| of == value).map_or("", |(word, _)| word)
}

/// "Did you mean …?" where a known word is near, and all that are known.
pub(super) fn suggest(said: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    nearest(said, known).map_or_else(
        || format!("Known are: {all}."),
        |near| format!("Did you mean `{near}`? Known are: {all}."),
    )
}

/// The text of a file in a message: never longer than a line bears.
pub(super) fn quoted(said: &str) -> String {
    let shown: String = said.chars().take(LONGEST_QUOTE).flat_map(char::escape_debug).collect();
    let more = if said.chars().nth(LONGEST_QUOTE).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

const LONGEST_QUOTE: usize = 40;

fn nearest<'k>(said: &str, known: &[&'k str]) -> Option<&'k str> {
    if said.len() > LONGEST_QUOTE {
        return None;
    }
    let said = folded(said);
    let distances = known.iter().map(|word| (distance(&said, &folded(word)), *word));
    distances.filter(|(distance, word)| *distance <= 2.min(word.len() / 2)).min().map(|(_, word)| word)
}

/// Letters and digits alone, all small: `largeblob-key` is near `largeBlobKey`.
fn folded(word: &str) -> Vec<char> {
    word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Levenshtein's, row by row.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.iter().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        for (index, other) in other.iter().enumerate() {
            let up = row.get(index + 1).copied().unwrap_or_default();
            let cost = if letter == other { diagonal } else { 1 + diagonal.min(up).min(left) };
            if let Some(passed) = row.get_mut(index) {
                *passed = left;
            }
            (diagonal, left) = (up, cost);
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_near_where_two_letters_differ_or_only_case_and_hyphens_do() {
        let ids: Vec<_> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        for (said, near) in [("ES265", Some("ES256")), ("mldsa44", Some("ML-DSA-44")), ("PS999", None)] {
            assert_eq!(nearest(said, &ids), near, "{said}");
        }
        assert_eq!(nearest("largeblob-key", EXTENSIONS), Some("largeBlobKey"));
        assert_eq!(distance(&folded("kitten"), &folded("sitting")), 3);
        assert_eq!(distance(&[], &folded("four")), 4);
    }
}
