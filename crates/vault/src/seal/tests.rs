use proptest::prelude::*;

use super::*;

const VAULT: Id = [1; 16];
const RECORD: Id = [2; 16];
const PLACE: Place<'_> = Place { vault: &VAULT, record: &RECORD, kind: 1 };

fn key() -> Secret {
    Secret::new([7; 32])
}

fn fresh() -> Fresh {
    Fresh { content_key: Secret::new([9; 32]), wrap_nonce: [3; 12], content_nonce: [4; 12] }
}

fn sealed(plaintext: &[u8]) -> Vec<u8> {
    seal(&key(), PLACE, 1, plaintext, &fresh()).unwrap()
}

#[test]
fn opens_only_in_its_own_place() {
    let envelope = sealed(b"secret");
    assert_eq!(open(&key(), PLACE, &envelope).unwrap().1.as_slice(), b"secret");
    let other = [5; 16];
    for place in
        [Place { vault: &other, ..PLACE }, Place { record: &other, ..PLACE }, Place { kind: 2, ..PLACE }]
    {
        assert_eq!(open(&key(), place, &envelope).err(), Some(Unopened));
    }
    assert_eq!(open(&Secret::new([8; 32]), PLACE, &envelope).err(), Some(Unopened));
}

#[test]
fn every_altered_byte_and_every_cut_is_noticed() {
    let envelope = sealed(b"secret");
    for at in 0..envelope.len() {
        let mut altered = envelope.clone();
        altered[at] ^= 1;
        assert_eq!(open(&key(), PLACE, &altered).err(), Some(Unopened), "byte {at}");
        assert_eq!(open(&key(), PLACE, &envelope[..at]).err(), Some(Unopened), "cut at {at}");
    }
}

#[test]
fn a_rewrapped_record_opens_with_the_new_key_alone() {
    let (envelope, new) = (sealed(b"secret"), Secret::new([8; 32]));
    let rewrapped = rewrap(&key(), &new, PLACE, &envelope, &[5; 12]).unwrap();
    assert_eq!(open(&new, PLACE, &rewrapped).unwrap().1.as_slice(), b"secret");
    assert_eq!(open(&key(), PLACE, &rewrapped).err(), Some(Unopened));
    assert_eq!(rewrapped[63..], envelope[63..], "the content is as it was");
    assert!(rewrap(&new, &key(), PLACE, &envelope, &[5; 12]).is_err());
    assert!(rewrap(&key(), &new, Place { kind: 2, ..PLACE }, &envelope, &[5; 12]).is_err());
}

#[test]
fn lookups_of_different_purposes_differ() {
    let index = index_key(&key(), &VAULT).unwrap();
    let of = |purpose| lookup(&index, purpose, b"example.com").unwrap();
    assert_ne!(of("rp"), of("credential"));
    assert_eq!(of("rp"), of("rp"));
}

/// The bytes come from a Python program over `cryptography` 48 that follows docs/vault-format.md.
#[test]
fn matches_an_independent_implementation() {
    let expected = include_str!("envelope.hex").trim();
    assert_eq!(hex::encode(sealed(b"latchkey")), expected);
    let index = index_key(&key(), &VAULT).unwrap();
    assert_eq!(hex::encode(lookup(&index, "rp", b"example.com").unwrap()), include_str!("lookup.hex").trim());
}

proptest! {
    #[test]
    fn opens_to_what_was_sealed(plaintext: Vec<u8>) {
        let envelope = sealed(&plaintext);
        prop_assert_eq!((envelope.len() - HEADER - 16) % BLOCK, 0);
        let (schema, opened) = open(&key(), PLACE, &envelope).unwrap();
        prop_assert_eq!((schema, opened.as_slice()), (1, plaintext.as_slice()));
    }

    #[test]
    fn no_bytes_open_or_panic(envelope: Vec<u8>) {
        prop_assert_eq!(open(&key(), PLACE, &envelope).err(), Some(Unopened));
        prop_assert!(rewrap(&key(), &key(), PLACE, &envelope, &[0; 12]).is_err());
    }
}
