//! Messages as they come: arbitrary bytes to a key that was just powered.

use crate::invariants;

/// The first byte chooses the profile. Then messages, each behind its length as two big-endian bytes; what is left
/// when a length reaches too far is the last one.
pub fn run(input: &[u8]) {
    let Some((&profile, mut rest)) = input.split_first() else { return };
    let mut world = invariants::world(profile);
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (message, after) = after.split_at(length);
        rest = after;
        let answer = world.send(message);
        invariants::check(&world, message, &answer);
    }
}
