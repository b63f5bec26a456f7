//! What a vault has to hold after the steps that were acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use authenticator::{Credential, Profile, platform::Store};
use vault::{Slot, Standing, Vault};

use super::step::{Step, Verb};
use crate::world::{credential, device_bound};

/// Passkeys from here on come from a file.
pub(super) const IMPORTED: u32 = 1 << 30;

/// The passkeys by their numbers, and the slots beside those that are always there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) passkeys: BTreeMap<u32, Held>,
    pub(super) slots: BTreeSet<u32>,
}

/// What may change of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) counter: u32,
    pub(super) name: u32,
    pub(super) deleted: bool,
}

impl Model {
    /// What lies there. Panics where a record is not wholly what was once stored.
    pub(super) fn of(vault: &Vault) -> Self {
        let mut passkeys = BTreeMap::new();
        let offered =
            [device_bound(vault), vault.store(&Profile::synced())].map(|store| store.all().unwrap());
        for found in offered.concat() {
            let number = number_of(&found.id);
            let name = name_of(found.user.display_name.as_ref());
            let held = Held { counter: found.sign_count, name, deleted: false };
            assert!(found == made(number, held), "passkey {number} is not what was stored");
            assert!(passkeys.insert(number, held).is_none(), "passkey {number} is there twice");
        }
        assert_eq!(vault.passkeys().unwrap().len(), passkeys.len(), "the list and the keys disagree");
        for found in vault.put_aside().unwrap() {
            assert_eq!(found.standing, Standing::Deleted);
            let name = name_of(found.user_display_name.as_ref());
            let held = Held { counter: found.sign_count, name, deleted: true };
            assert!(passkeys.insert(number_of(&found.id), held).is_none(), "a passkey is there twice");
        }
        let slots = vault.slots().unwrap().into_iter().filter(|slot| slot.kind == Slot::SecurityKey);
        let slots = slots.filter_map(|slot| slot.label.strip_prefix("slot ")?.parse().ok()).collect();
        Self { passkeys, slots }
    }

    pub(super) fn apply(&mut self, step: Step) {
        match step.verb {
            Verb::Add => self.insert(step.of, 1),
            Verb::Import => (step.of..step.of + step.number).for_each(|number| self.insert(number, 0)),
            Verb::Rename => self.held(step.of).name = step.number,
            Verb::Delete => self.held(step.of).deleted = true,
            Verb::Restore => self.held(step.of).deleted = false,
            Verb::Purge => drop(self.passkeys.remove(&step.of)),
            Verb::AddSlot => assert!(self.slots.insert(step.of)),
            Verb::RemoveSlot => assert!(self.slots.remove(&step.of)),
            Verb::Count => {
                let held = self.held(step.of);
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
        // What a deleted one may sign next shows when it is restored, and must not be below what it was.
        let counters = self.passkeys.iter().map(|(number, held)| (*number, held.counter)).collect::<Vec<_>>();
        *self = held;
        for (number, counter) in counters {
            if let Some(held) = self.passkeys.get_mut(&number).filter(|held| held.deleted) {
                held.counter = counter;
            }
        }
        Ok(())
    }

    fn is_held_by(&self, found: &Self) -> bool {
        let same = |((expected_number, expected), (number, held)): ((&u32, &Held), (&u32, &Held))| {
            expected_number == number
                && (held.deleted || held.counter >= expected.counter)
                && Held { counter: held.counter, ..*expected } == *held
        };
        self.slots == found.slots
            && self.passkeys.len() == found.passkeys.len()
            && self.passkeys.iter().zip(&found.passkeys).all(same)
    }

    fn insert(&mut self, number: u32, counter: u32) {
        assert!(self.passkeys.insert(number, Held { counter, name: 0, deleted: false }).is_none());
    }

    fn held(&mut self, number: u32) -> &mut Held {
        self.passkeys.get_mut(&number).expect("a step on a passkey that was acknowledged")
    }
}

/// The passkey of this number, each of an account of its own.
pub(super) fn made(number: u32, held: Held) -> Credential {
    let mut made = credential(number);
    made.user.id = number.to_be_bytes().to_vec();
    made.sign_count = held.counter;
    if number >= IMPORTED {
        (made.backup_eligible, made.backup_state) = (true, true);
    }
    rename(&mut made, held.name);
    made
}

pub(super) fn rename(credential: &mut Credential, name: u32) {
    credential.user.display_name = Some(format!("name {name}"));
}

fn number_of(id: &[u8]) -> u32 {
    u32::from_be_bytes(*id.last_chunk().unwrap())
}

fn name_of(display_name: Option<&String>) -> u32 {
    display_name.unwrap().strip_prefix("name ").unwrap().parse().unwrap()
}
