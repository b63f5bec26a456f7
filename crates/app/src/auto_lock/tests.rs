use secrecy::SecretString;
use std::{net::TcpStream, sync::Arc};
use tempfile::TempDir;

use super::LockReason;
use crate::{
    App,
    keys::{Approval, Faults, KeyConfig, KeyLink, KeyStore, RunningKey},
    profiles,
    settings::{AutoLock, Reopen, Settings},
    vault::VaultState,
};

/// A program on a vault that no keyring opens.
fn program() -> (TempDir, Arc<App>, SecretString) {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = SecretString::from("correct horse battery staple");
    ::vault::Vault::create(folder.path(), &passphrase, ::vault::Keyring::Skip).unwrap();
    let app = Arc::new(App::new(folder.path().to_owned()));
    app.unlock(Some(&passphrase)).unwrap();
    (folder, app, passphrase)
}

fn key(app: &App, store: KeyStore) -> RunningKey {
    let config = KeyConfig {
        profile: profiles::load("device-bound").unwrap(),
        links: vec![KeyLink::Tcp("127.0.0.1:0".parse().unwrap())],
        store,
        approval: Approval::Always,
        trace: None,
        faults: Faults::default(),
    };
    app.start_key(&config, None).unwrap()
}

fn reached(address: &str) -> bool {
    TcpStream::connect(address.strip_prefix("tcp:").unwrap()).is_ok()
}

#[test]
fn a_key_leaves_with_the_vault_and_comes_back_to_its_address() {
    let (_folder, app, passphrase) = program();
    let (kept, in_memory) = (key(&app, KeyStore::Vault), key(&app, KeyStore::Memory { seed: None }));
    let [address] = kept.addresses().try_into().unwrap();
    app.lock_by_itself(LockReason::Screen);
    assert_eq!((kept.away(), kept.addresses()), (Some(LockReason::Screen), vec![]));
    assert!(!reached(&address));
    let status = app.vault_status();
    assert_eq!((status.state, status.lock_reason), (VaultState::Locked, Some(LockReason::Screen)));
    assert_eq!(in_memory.away(), None);
    assert!(reached(&in_memory.addresses()[0]));

    app.unlock(Some(&passphrase)).unwrap();
    assert_eq!((kept.away(), kept.addresses()), (None, vec![address.clone()]));
    assert!(reached(&address));
    assert_eq!(app.vault_status().lock_reason, None);
}

#[test]
fn a_key_that_is_stopped_while_it_is_away_stays_away() {
    let (_folder, app, passphrase) = program();
    let stopped = key(&app, KeyStore::Vault);
    let [address] = stopped.addresses().try_into().unwrap();
    app.lock_by_itself(LockReason::Idle);
    drop(stopped);
    app.unlock(Some(&passphrase)).unwrap();
    assert!(!reached(&address));
}

#[test]
fn another_program_is_locked_only_where_that_was_chosen() {
    for (reopen, by_owner) in [(Reopen::Ask, false), (Reopen::Screen, false), (Reopen::Passphrase, true)] {
        let (folder, app, _) = program();
        let auto_lock = AutoLock { reopen, ..AutoLock::default() };
        app.save_settings(&Settings { auto_lock, ..Settings::default() }).unwrap();
        app.lock_by_itself(LockReason::Sleep);
        let state = ::vault::Vault::state(folder.path());
        assert_eq!(state == ::vault::State::LockedByOwner, by_owner, "{reopen:?}");
        assert_eq!(app.lock_reason(), Some(LockReason::Sleep), "it says why");
    }
}
