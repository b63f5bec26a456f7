use authenticator::{
    Credential,
    platform::{Store, StoreError},
};
use vault::{BackupReason, Edit, Error, Happened};

use crate::world::{START, World, copyable, passkey};

#[test]
fn bs_is_1_after_a_confirmed_backup_and_says_why() {
    let world = World::new();
    world.synced().add(&copyable(1, "erika"), &[]).unwrap();
    world.bound().add(&passkey(2, "erika"), &[]).unwrap();
    let ids = [vec![1; 32], vec![2; 32], vec![9; 32]];
    world.clock.advance(60);
    assert_eq!(
        world.vault.confirm_backup(&ids, BackupReason::Backup).unwrap(),
        [[1; 32]],
        "one of them can be copied"
    );
    assert!(world.synced().get(&[1; 32]).unwrap().unwrap().backup_state);
    let shown = world.vault.passkey(&[1; 32]).unwrap().unwrap();
    assert_eq!(
        (shown.backup_state, shown.backup_reason, shown.backed_up_at),
        (true, Some(BackupReason::Backup), Some(START + 60))
    );
    assert!(!world.vault.passkey(&[2; 32]).unwrap().unwrap().backup_state);
    assert_eq!(world.history(&[1; 32])[1].0, Happened::BackedUp);
    assert!(world.vault.confirm_backup(&ids, BackupReason::Upload).unwrap().is_empty(), "nothing is new");
    assert_eq!(world.history(&[1; 32]).len(), 2);
    assert!(matches!(world.vault.confirm_backup(&ids, BackupReason::ToldByKey), Err(Error::Refused(_))));
}

/// BS is about the credential, which is in the copy; the rest is told apart.
#[test]
fn a_later_change_leaves_bs_and_is_told() {
    let world = World::new();
    world.synced().add(&copyable(1, "erika"), &[]).unwrap();
    let ids = [vec![1; 32]];
    world.vault.confirm_backup(&ids, BackupReason::Backup).unwrap();
    let shown = || world.vault.passkey(&[1; 32]).unwrap().unwrap();
    assert!(!shown().changed_since_backup());
    world.clock.advance(60);
    world.vault.edit_passkey(&[1; 32], &Edit { notes: Some("new".into()), ..Edit::default() }).unwrap();
    assert!(shown().backup_state && shown().changed_since_backup());
    world.clock.advance(60);
    assert!(world.vault.confirm_backup(&ids, BackupReason::Upload).unwrap().is_empty(), "BS was 1 before");
    assert!(!shown().changed_since_backup());
    assert_eq!(
        (shown().backup_reason, shown().backed_up_at),
        (Some(BackupReason::Upload), Some(START + 120))
    );
}

#[test]
fn a_key_cannot_say_that_there_is_a_backup() {
    let world = World::new();
    let born = Credential { backup_state: true, ..copyable(1, "erika") };
    let Err(StoreError::Failed(why)) = world.synced().add(&born, &[]) else { panic!("it was taken") };
    assert!(why.contains("--store memory"), "{why}");
    world.synced().add(&copyable(1, "erika"), &[]).unwrap();
    let said = world.synced().update(&[1; 32], &mut |credential| credential.backup_state = true);
    assert!(matches!(said, Err(StoreError::Failed(_))));
    world.vault.confirm_backup(&[vec![1; 32]], BackupReason::Upload).unwrap();
    let unsaid = world.synced().update(&[1; 32], &mut |credential| credential.backup_state = false);
    assert!(matches!(unsaid, Err(StoreError::Failed(_))));
}

#[test]
fn an_export_is_told() {
    let world = World::new();
    world.synced().add(&copyable(1, "erika"), &[]).unwrap();
    world.vault.note_export(&[vec![1; 32]], "cxf").unwrap();
    let exported = world.vault.history(&[1; 32]).unwrap().remove(0);
    assert_eq!((exported.what, exported.detail.as_deref()), (Happened::Exported, Some("cxf")));
}
