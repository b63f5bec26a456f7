//! What opens a vault, as its owner sees the list.

use crate::world::World;

#[test]
fn of_one_kind_the_oldest_comes_first_and_those_of_one_second_by_name() {
    let world = World::new();
    // Ids are random: without an order of its own, one of 24 runs would pass.
    for (label, seconds) in [("of Zoe", 0), ("of Ada", 0), ("of Ben", 1)] {
        world.clock.advance(seconds);
        world.vault.add_passphrase_slot(label, &format!("the passphrase {label}").into()).unwrap();
    }
    // The vault itself was made at the time of day, after all of these.
    let labels: Vec<_> = world.vault.slots().unwrap().into_iter().map(|slot| slot.label).collect();
    assert_eq!(labels, ["of Ada", "of Zoe", "of Ben", "Passphrase"]);
}
