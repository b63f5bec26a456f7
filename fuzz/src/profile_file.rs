//! Files that people write: a profile, or its faults, each with a place in the file.

use authenticator::{Profile, testing::World};

use crate::invariants;

/// The text of a profile file.
pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match Profile::from_toml(&text) {
        Ok(profile) => {
            let written = profile.to_toml();
            assert_eq!(
                Profile::from_toml(&written).as_ref(),
                Ok(&profile),
                "written and read again:\n{written}"
            );
            let mut world = World::with_profile(1, profile);
            let answer = world.send(&[0x04]);
            invariants::check(&world, &[0x04], &answer);
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "a refusal has a reason");
            let lines = text.split('\n').count();
            for fault in faults {
                assert!((1..=lines).contains(&fault.line) && fault.column >= 1, "{fault} is in the file");
                assert!(!fault.message.is_empty());
            }
        }
    }
}
