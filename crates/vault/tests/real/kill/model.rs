//! What a vault has to hold after the steps that were acknowledged.

use std::collections::BTreeMap;

use authenticator::{Credential, platform::Store};
use vault::Vault;

use super::step::{Step, Verb};
use crate::world::{credential, device_bound};

/// The passkeys by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) passkeys: BTreeMap<u32, Held>,
}

/// What may change of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) counter: u32,
    pub(super) name: u32,
}

impl Model {
    /// What lies there. Panics where a record is not wholly what was once stored.
    pub(super) fn of(vault: &Vault) -> Self {
        let mut passkeys = BTreeMap::new();
        for found in device_bound(vault).all().unwrap() {
            let number = number_of(&found);
            let held = Held { counter: found.sign_count, name: name_of(&found) };
            assert!(found == made(number, held), "passkey {number} is not what was stored");
            assert!(passkeys.insert(number, held).is_none(), "passkey {number} is there twice");
        }
        Self { passkeys }
    }

    pub(super) fn apply(&mut self, step: Step) {
        match step.verb {
            Verb::Add => drop(self.passkeys.insert(step.passkey, Held { counter: 1, name: 0 })),
            Verb::Delete => drop(self.passkeys.remove(&step.passkey)),
            Verb::Rename => self.held(step.passkey).name = step.number,
            Verb::Count => {
                let held = self.held(step.passkey);
                assert!(
                    step.number > held.counter,
                    "a counter fell from {} to {}",
                    held.counter,
                    step.number
                );
                held.counter = step.number;
            }
        }
    }

    /// Goes on from what `held` shows, if it is this, or this with all of the step that was not acknowledged. A
    /// counter may have run ahead.
    pub(super) fn accept(&mut self, held: Self, pending: Option<Step>) -> Result<(), String> {
        let mut done = self.clone();
        if let Some(step) = pending.filter(|step| step.verb != Verb::Count) {
            done.apply(step);
        }
        if !(self.is_held_by(&held) || done.is_held_by(&held)) {
            return Err(format!("expected {self:?}\nor, with {pending:?}, {done:?}\nfound {held:?}"));
        }
        *self = held;
        Ok(())
    }

    fn is_held_by(&self, held: &Self) -> bool {
        self.passkeys.len() == held.passkeys.len()
            && self.passkeys.iter().zip(&held.passkeys).all(|((number, expected), (found, held))| {
                number == found
                    && Held { counter: held.counter, ..*expected } == *held
                    && held.counter >= expected.counter
            })
    }

    fn held(&mut self, passkey: u32) -> &mut Held {
        self.passkeys.get_mut(&passkey).expect("a step on a passkey that was acknowledged")
    }
}

/// The passkey of this number.
pub(super) fn made(number: u32, held: Held) -> Credential {
    let mut made = credential(number);
    made.sign_count = held.counter;
    rename(&mut made, held.name);
    made
}

pub(super) fn rename(credential: &mut Credential, name: u32) {
    credential.user.display_name = Some(format!("name {name}"));
}

fn number_of(found: &Credential) -> u32 {
    u32::from_be_bytes(*found.id.last_chunk().unwrap())
}

fn name_of(found: &Credential) -> u32 {
    found.user.display_name.as_ref().unwrap().strip_prefix("name ").unwrap().parse().unwrap()
}
