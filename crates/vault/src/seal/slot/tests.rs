use proptest::prelude::*;

use super::*;
use crate::seal::Id;

const VAULT: Id = [1; 16];
const SLOT: Id = [2; 16];
const PLACE: Place<'_> = Place { vault: &VAULT, record: &SLOT, kind: 1 };

fn kek() -> Secret {
    Secret::new([7; 32])
}

fn secret() -> SlotSecret {
    SlotSecret { scalar: Secret::new([3; 32]), seed: Secret::new([4; 32]) }
}

fn elsewhere() -> [Place<'static>; 3] {
    const OTHER: Id = [5; 16];
    [Place { vault: &OTHER, ..PLACE }, Place { record: &OTHER, ..PLACE }, Place { kind: 2, ..PLACE }]
}

#[test]
fn a_slot_is_bound_to_its_parameters_and_place() {
    let wrapped = wrap(&kek(), PLACE, b"parameters", &secret(), [0; 12]).unwrap();
    let Ok(Unwrapped::KeyPair(opened)) = unwrap(&kek(), PLACE, b"parameters", &wrapped) else {
        panic!("does not open");
    };
    assert_eq!((opened.scalar.expose(), opened.seed.expose()), (&[3; 32], &[4; 32]));
    assert!(unwrap(&kek(), PLACE, b"parameterz", &wrapped).is_err());
    assert!(unwrap(&Secret::new([8; 32]), PLACE, b"parameters", &wrapped).is_err());
    for place in elsewhere() {
        assert!(unwrap(&kek(), place, b"parameters", &wrapped).is_err());
    }
}

#[test]
fn the_vault_key_opens_with_the_slots_secret_in_its_place_alone() {
    let public = public_key(&secret().scalar).unwrap();
    let vault_key = Secret::new([6; 32]);
    let sealed = seal_vault_key(&vault_key, PLACE, &public, &secret().seed, &Secret::new([9; 32])).unwrap();
    assert_eq!(open_vault_key(&secret(), PLACE, &sealed).unwrap().expose(), &[6; 32]);
    for place in elsewhere() {
        assert!(open_vault_key(&secret(), place, &sealed).is_err());
    }
    let foreign_scalar = SlotSecret { scalar: Secret::new([8; 32]), ..secret() };
    let foreign_seed = SlotSecret { seed: Secret::new([8; 32]), ..secret() };
    assert!(open_vault_key(&foreign_scalar, PLACE, &sealed).is_err());
    assert!(open_vault_key(&foreign_seed, PLACE, &sealed).is_err(), "the public key alone seals nothing");
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(open_vault_key(&secret(), PLACE, &altered).is_err(), "byte {at}");
    }
}

#[test]
fn the_list_tells_a_slot_by_each_of_its_parts() {
    let whole = listed(PLACE, &[4; 65], "desk", b"salt");
    let others = [
        listed(PLACE, &[5; 65], "desk", b"salt"),
        listed(PLACE, &[4; 65], "des", b"ksalt"),
        listed(PLACE, &[4; 65], "desk", b"salz"),
    ];
    assert!(!others.contains(&whole));
    assert!(elsewhere().into_iter().all(|place| listed(place, &[4; 65], "desk", b"salt") != whole));
}

proptest! {
    #[test]
    fn no_bytes_open_or_panic(bytes: Vec<u8>) {
        prop_assert!(unwrap(&kek(), PLACE, b"", &bytes).is_err());
        prop_assert!(open_vault_key(&secret(), PLACE, &bytes).is_err());
        prop_assert!(seal_vault_key(&kek(), PLACE, &bytes, &kek(), &kek()).is_err());
    }
}
