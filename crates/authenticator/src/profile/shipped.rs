//! The profiles that come with the program. Each is read when it is first asked for: a key that starts wants one of them.

use std::sync::LazyLock;

use super::{Profile, file};

pub(super) static DEVICE_BOUND: LazyLock<Profile> =
    LazyLock::new(|| parsed(include_str!("../../profiles/device-bound.toml"), &[]));

pub(super) static SYNCED: LazyLock<Profile> =
    LazyLock::new(|| parsed(include_str!("../../profiles/synced.toml"), std::slice::from_ref(&DEVICE_BOUND)));

static OTHERS: [LazyLock<Profile>; 6] = [
    LazyLock::new(|| extending(include_str!("../../profiles/yubikey-5.7-like.toml"))),
    LazyLock::new(|| extending(include_str!("../../profiles/u2f-only.toml"))),
    LazyLock::new(|| extending(include_str!("../../profiles/ctap20-only.toml"))),
    LazyLock::new(|| extending(include_str!("../../profiles/fingerprint-key.toml"))),
    LazyLock::new(|| extending(include_str!("../../profiles/tiny.toml"))),
    LazyLock::new(|| extending(include_str!("../../profiles/post-quantum.toml"))),
];

/// One after the other, in the order in which a person meets them.
pub(super) fn each() -> impl Iterator<Item = &'static Profile> {
    [&DEVICE_BOUND, &SYNCED].into_iter().chain(&OTHERS).map(LazyLock::force)
}

/// All of them, in the same order.
pub(super) fn all() -> &'static [Profile] {
    static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| each().cloned().collect());
    &ALL
}

fn extending(text: &str) -> Profile {
    parsed(text, &[DEVICE_BOUND.clone(), SYNCED.clone()])
}

#[expect(clippy::panic, reason = "the files are part of the program, and a test reads them all")]
fn parsed(text: &str, before: &[Profile]) -> Profile {
    file::read(text, before).unwrap_or_else(|faults| panic!("a shipped profile has faults: {faults:?}"))
}
