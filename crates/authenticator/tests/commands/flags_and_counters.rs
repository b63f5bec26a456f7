//! Backup flags (WebAuthn §6.1.3) and signature counters (WebAuthn §6.1.1).

use authenticator::{
    Credential, Kind, MemoryStore, Profile,
    platform::{Store, StoreError},
    profile::CounterPolicy,
    state::PersistentState,
    testing::{World, now, world},
};
use ctap::{Request, Status, auth_data::Flags, get_assertion};
use std::sync::{Arc, Mutex};

use crate::platform_side::*;

fn signed(world: &mut World, made: &Registered) -> ctap::auth_data::AuthenticatorData {
    let listed = get_assertion::Request { allow_list: Some(ids(&[made])), ..sign_in("a") };
    verified(&assert(world, &listed).unwrap(), &made.key)
}

const BOTH_FLAGS: u8 = Flags::BE | Flags::BS;

// proves: flags-device-bound
#[test]
fn a_device_bound_passkey_never_says_that_it_is_backed_up() {
    // Also where the profile or the store pretends so: BS without BE cannot be expressed.
    let mut world = World::with_profile(1, Profile { backup_state: true, ..Profile::device_bound() });
    let made = make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(made.auth_data.flags.0 & BOTH_FLAGS, 0);
    world.store.update(&made.id, &mut |stored| stored.backup_state = true).unwrap();
    assert_eq!(signed(&mut world, &made).flags.0 & BOTH_FLAGS, 0);
}

// proves: flags-synced
#[test]
fn a_synced_passkey_says_whether_it_was_copied_and_stays_eligible() {
    for backup_state in [false, true] {
        let mut world = World::with_profile(1, Profile { backup_state, ..Profile::synced() });
        let made = make(&mut world, &register("a", 1)).unwrap();
        let first = if backup_state { BOTH_FLAGS } else { Flags::BE };
        assert_eq!(made.auth_data.flags.0 & BOTH_FLAGS, first);
        for copied in [true, false, true] {
            world.store.update(&made.id, &mut |stored| stored.backup_state = copied).unwrap();
            let expected = if copied { BOTH_FLAGS } else { Flags::BE };
            assert_eq!(signed(&mut world, &made).flags.0 & BOTH_FLAGS, expected);
        }
        assert!(world.store.all().unwrap()[0].backup_eligible);
    }
}

fn two_credentials(counter: CounterPolicy, kind: Kind) -> (World, [Registered; 2]) {
    let profile = Profile { counter, kind, ..Profile::device_bound() };
    let mut world = World::with_profile(1, profile);
    let made = [1, 2].map(|account| make(&mut world, &register("a", account)).unwrap());
    (world, made)
}

// proves: counter-device-bound
#[test]
fn each_credential_counts_for_itself_or_all_count_together() {
    let (mut world, [one, two]) = two_credentials(CounterPolicy::PerCredential, Kind::DeviceBound);
    let counts = [&one, &one, &two, &one].map(|made| signed(&mut world, made).sign_count);
    assert_eq!(counts, [1, 2, 1, 3]);

    let (mut world, [one, two]) = two_credentials(CounterPolicy::Global, Kind::DeviceBound);
    let counts = [&one, &one, &two, &one].map(|made| signed(&mut world, made).sign_count);
    assert_eq!(counts, [1, 2, 3, 4]);
    let later = make(&mut world, &register("a", 3)).unwrap();
    assert_eq!(later.auth_data.sign_count, 4, "a new credential starts from where the key stands");
    world.key.power_cycle();
    assert_eq!(signed(&mut world, &later).sign_count, 5, "power does not set the counter back");
}

/// "Each successful authenticatorGetAssertion operation" counts (WebAuthn §6.1.1), so a silent one does too.
// proves: counter-device-bound
#[test]
fn a_silent_assertion_counts() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    let silent = get_assertion::Request {
        allow_list: Some(ids(&[&made])),
        options: options(None, Some(false), None),
        ..sign_in("a")
    };
    assert_eq!(verified(&assert(&mut world, &silent).unwrap(), &made.key).sign_count, 1);
    assert_eq!(signed(&mut world, &made).sign_count, 2);
    assert_eq!(world.store.all().unwrap()[0].sign_count, 2);
}

// proves: counter-synced
#[test]
fn a_synced_passkey_stays_at_zero_unless_the_profile_counts() {
    let (mut world, [one, _]) = two_credentials(CounterPolicy::Zero, Kind::Synced);
    assert_eq!([(); 3].map(|()| signed(&mut world, &one).sign_count), [0; 3]);
    let (mut world, [one, _]) = two_credentials(CounterPolicy::PerCredential, Kind::Synced);
    assert_eq!([(); 3].map(|()| signed(&mut world, &one).sign_count), [1, 2, 3]);
}

// proves: override-per-credential
#[test]
fn a_tester_sets_the_counter_and_the_backup_state_of_one_credential() {
    let (mut world, [one, two]) = two_credentials(CounterPolicy::PerCredential, Kind::Synced);
    let set = |count| {
        move |stored: &mut Credential| {
            stored.sign_count = count;
            stored.backup_state = true;
        }
    };
    world.store.update(&one.id, &mut set(41)).unwrap();
    let data = signed(&mut world, &one);
    assert_eq!((data.sign_count, data.flags.0 & BOTH_FLAGS), (42, BOTH_FLAGS));
    let data = signed(&mut world, &two);
    assert_eq!((data.sign_count, data.flags.0 & BOTH_FLAGS), (1, Flags::BE), "the other one is untouched");
    world.store.update(&one.id, &mut set(6)).unwrap();
    assert_eq!(signed(&mut world, &one).sign_count, 7, "also backwards, as a cloned key would");
    world.store.update(&one.id, &mut set(u32::MAX)).unwrap();
    assert_eq!(signed(&mut world, &one).sign_count, u32::MAX, "the end of the counter is no wrap");
}

/// A store whose commits can be made to fail.
#[derive(Clone)]
struct Failing {
    store: MemoryStore,
    fails: Arc<Mutex<bool>>,
}

impl Failing {
    fn check(&self) -> Result<(), StoreError> {
        let fails = *self.fails.lock().unwrap();
        if fails { Err(StoreError::Failed("The disk is full.".to_owned())) } else { Ok(()) }
    }
}

impl Store for Failing {
    fn find(&self, rp_id: &str) -> Result<Vec<Credential>, StoreError> {
        self.store.find(rp_id)
    }

    fn get(&self, id: &[u8]) -> Result<Option<Credential>, StoreError> {
        self.store.get(id)
    }

    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        self.store.all()
    }

    fn add(&self, credential: &Credential, replaces: &[Vec<u8>]) -> Result<(), StoreError> {
        self.check()?;
        self.store.add(credential, replaces)
    }

    fn update(
        &self,
        id: &[u8],
        change: &mut dyn FnMut(&mut Credential),
    ) -> Result<Option<Credential>, StoreError> {
        self.check()?;
        self.store.update(id, change)
    }

    fn remove(&self, id: &[u8]) -> Result<bool, StoreError> {
        self.check()?;
        self.store.remove(id)
    }

    fn state(&self) -> Result<Arc<PersistentState>, StoreError> {
        self.store.state()
    }

    fn update_state(
        &self,
        change: &mut dyn FnMut(&mut PersistentState),
    ) -> Result<Arc<PersistentState>, StoreError> {
        self.check()?;
        self.store.update_state(change)
    }

    fn reset(&self) -> Result<(), StoreError> {
        self.check()?;
        self.store.reset()
    }

    fn revision(&self) -> Result<u64, StoreError> {
        self.store.revision()
    }

    fn remaining(&self) -> Result<u64, StoreError> {
        self.store.remaining()
    }
}

// proves: durable
#[test]
fn nothing_is_promised_or_signed_that_was_not_committed() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    let failing = Failing { store: world.store.clone(), fails: Arc::default() };
    let platform = authenticator::platform::Platform {
        store: Arc::new(failing.clone()),
        ..world.key.platform().clone()
    };
    let mut key = authenticator::Authenticator::new(Profile::device_bound(), platform);
    let mut status = |request: Request| now(key.handle(&request.encode(), authenticator::Transport::Usb))[0];
    *failing.fails.lock().unwrap() = true;
    let failed = Status::OTHER.0;
    assert_eq!(status(Request::MakeCredential(register("a", 2))), failed);
    assert_eq!(status(Request::GetAssertion(sign_in("a"))), failed, "its counter was not committed");
    *failing.fails.lock().unwrap() = false;
    assert_eq!(world.store.all().unwrap().len(), 1);
    assert_eq!(status(Request::GetAssertion(sign_in("a"))), Status::SUCCESS.0);
    assert_eq!(world.store.get(&made.id).unwrap().unwrap().sign_count, 1);
}
