//! Steps of a platform that knows the PIN protocols, of a person, and of time: what reaches the states that
//! arbitrary bytes never would.

use arbitrary::{Arbitrary, Unstructured};

use crate::{platform::Platform, step::Step};

/// More would only be slow.
const MAX_STEPS: usize = 40;

/// The first byte chooses the profile; the steps follow.
pub fn run(input: &[u8]) {
    let mut input = Unstructured::new(input);
    let Ok(profile) = u8::arbitrary(&mut input) else { return };
    let mut platform = Platform::new(profile);
    for _ in 0..MAX_STEPS {
        if input.is_empty() {
            return;
        }
        let Ok(step) = Step::arbitrary(&mut input) else { return };
        platform.take(step);
    }
}
