use authenticator::{Credential, PrivateKey, credential::CredRandom, testing::SeededRng};
use ctap::{
    entity::{RelyingParty, User},
    extension::{CredProtect, LargeBlob},
};

use super::*;
use crate::export::Reason;

const DEVICE: [u8; 16] = [4; 16];

#[test]
fn unknown_members_survive_a_change() {
    let later = Value::Map(vec![(Value::Text("deep".into()), Value::Bytes(vec![1, 2]))]);
    let mut record = Record::created(&credential(false), Kind::DeviceBound, [3; 16], 1).unwrap();
    record.unknown.insert("later".to_owned(), later.clone());
    let mut read: Record = decode(&encode(&record).unwrap()).unwrap();
    let mut changed = read.credential().unwrap();
    changed.sign_count = 9;
    read.update(&changed, &DEVICE).unwrap();
    let read: Record = decode(&encode(&read).unwrap()).unwrap();
    assert_eq!((read.unknown.get("later"), read.sign_count), (Some(&later), 9));
}

#[test]
fn a_credential_comes_back_as_it_was() {
    let credential = credential(true);
    let record = Record::created(&credential, Kind::Synced, [3; 16], 1).unwrap();
    let read: Record = decode(&encode(&record).unwrap()).unwrap();
    assert!(read.credential().unwrap() == credential);
}

#[test]
fn a_record_of_any_size_fits_into_the_buffer_it_is_encoded_in() {
    let largest = Credential {
        key: PrivateKey::generate(ctap::cose::RS256, &SeededRng::new(1)).unwrap(),
        cred_blob: Some(vec![4; 128]),
        large_blob: Some(LargeBlob { compressed: vec![5; 40_960], original_size: 90_000 }),
        ..credential(true)
    };
    let record = Record::created(&largest, Kind::Synced, [3; 16], 1).unwrap();
    let bytes = encode(&record).unwrap();
    assert!(bytes.len() > 40_960, "{}", bytes.len());
    assert_eq!(bytes.capacity(), bytes.len(), "the buffer did not move");
}

#[test]
fn flags_that_contradict_are_refused() {
    let mut made = credential(false);
    assert!(Record::created(&made, Kind::Synced, [3; 16], 1).is_err(), "BE 0 in a synced key");
    let mut record = Record::created(&made, Kind::DeviceBound, [3; 16], 1).unwrap();
    made.backup_state = true;
    assert!(record.update(&made, &DEVICE).is_err(), "BS without BE");
    made.backup_eligible = true;
    assert!(record.update(&made, &DEVICE).is_err(), "BE that changes");
    assert!(!record.backup_state && !record.backup_eligible);
}

#[test]
fn a_key_neither_makes_nor_breaks_a_backup() {
    let born = Credential { backup_state: true, ..credential(true) };
    let refused = Record::created(&born, Kind::Synced, [3; 16], 1).err().unwrap().to_string();
    assert!(refused.contains("--store memory"), "{refused}");
    let mut record = Record::created(&credential(true), Kind::Synced, [3; 16], 1).unwrap();
    assert!(record.update(&born, &DEVICE).is_err());
    record.backup_state = true;
    assert!(record.update(&credential(true), &DEVICE).is_err());
    assert!(record.update(&born, &DEVICE).is_ok());
}

#[test]
fn a_synced_passkey_that_counts_is_refused() {
    let counted = Credential { sign_count: 1, ..credential(true) };
    let refused = Record::created(&counted, Kind::Synced, [3; 16], 1).err().unwrap().to_string();
    assert!(refused.contains("--store memory"), "{refused}");
}

#[test]
fn the_core_never_changes() {
    let made = credential(false);
    let mut record = Record::created(&made, Kind::DeviceBound, [3; 16], 1).unwrap();
    let changes: [fn(&mut Credential); 5] = [
        |c| c.id.push(0),
        |c| c.rp.id.push('x'),
        |c| c.user.id.push(0),
        |c| c.key = PrivateKey::from_bytes(ctap::cose::ES256, &[6; 32]).unwrap(),
        |c| c.created_at += 1,
    ];
    for change in changes {
        let mut other = made.clone();
        change(&mut other);
        assert!(record.update(&other, &DEVICE).is_err());
    }
    assert!(record.credential().unwrap() == made);
}

/// Vaults of earlier formats have some.
#[test]
fn a_synced_passkey_that_counted_is_not_copied() {
    let mut record = Record::created(&credential(true), Kind::Synced, [3; 16], 1).unwrap();
    assert!(record.copyable().is_ok());
    record.sign_count = 5;
    assert_eq!(record.copyable().err(), Some(Reason::Counted(5)));
}

fn credential(synced: bool) -> Credential {
    Credential {
        id: vec![1; 32],
        rp: RelyingParty { id: "example.com".into(), name: Some("Example".into()) },
        user: User { id: vec![2; 16], name: Some("erika".into()), display_name: None },
        key: PrivateKey::from_bytes(ctap::cose::ES256, &[5; 32]).unwrap(),
        discoverable: true,
        cred_protect: CredProtect::UserVerificationRequired,
        cred_random: Some(CredRandom { with_uv: [8; 32], without_uv: [9; 32] }),
        cred_blob: Some(vec![4; 32]),
        large_blob_key: Some(Zeroizing::new([6; 32])),
        large_blob: Some(LargeBlob { compressed: vec![5; 100], original_size: 300 }),
        third_party_payment: true,
        backup_eligible: synced,
        backup_state: false,
        sign_count: if synced { 0 } else { 4 },
        created_at: 1_700_000_000,
        last_used_at: Some(1_700_000_001),
    }
}
