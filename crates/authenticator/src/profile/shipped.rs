//! The profiles that come with the program.

use std::sync::LazyLock;

use super::{Profile, file};

pub(super) static DEVICE_BOUND: LazyLock<Profile> =
    LazyLock::new(|| parsed(include_str!("../../profiles/device-bound.toml"), &[]));

pub(super) static SYNCED: LazyLock<Profile> =
    LazyLock::new(|| parsed(include_str!("../../profiles/synced.toml"), std::slice::from_ref(&DEVICE_BOUND)));

/// All of them, in the order in which a person meets them.
pub(super) fn all() -> &'static [Profile] {
    &ALL
}

static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let defaults = [DEVICE_BOUND.clone(), SYNCED.clone()];
    let others = OTHERS.iter().map(|text| parsed(text, &defaults)).collect();
    [defaults.to_vec(), others].concat()
});

const OTHERS: &[&str] = &[
    include_str!("../../profiles/yubikey-5.7-like.toml"),
    include_str!("../../profiles/u2f-only.toml"),
    include_str!("../../profiles/ctap20-only.toml"),
    include_str!("../../profiles/fingerprint-key.toml"),
    include_str!("../../profiles/tiny.toml"),
    include_str!("../../profiles/post-quantum.toml"),
];

#[expect(clippy::panic, reason = "the files are part of the program, and a test reads them all")]
fn parsed(text: &str, before: &[Profile]) -> Profile {
    file::read(text, before).unwrap_or_else(|faults| panic!("a shipped profile has faults: {faults:?}"))
}
