//! The core without HTTP, with a key in software on the other side.

use crate::support::SoftwareKey;
use ctap::auth_data::Flags;
use lab::{CeremonyKind, Config, Database, Error, Kind, Lab, Outcome, Session, Wishes};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering::Relaxed},
};
use webauthn::verify;

const ORIGIN: &str = "https://lab.example";

struct World {
    lab: Lab,
    clock: Arc<AtomicI64>,
    browser: Session,
}

impl World {
    fn new() -> Self {
        Self::on(&Database::Memory)
    }

    fn on(database: &Database) -> Self {
        let clock = Arc::new(AtomicI64::new(1_800_000_000));
        let config =
            Config { rp_id: "lab.example".to_owned(), rp_name: "Lab".to_owned(), origin: ORIGIN.to_owned() };
        let seconds = clock.clone();
        let lab = Lab::open_with_clock(database, config, move || seconds.load(Relaxed)).unwrap();
        let browser = lab.open_session().unwrap();
        Self { lab, clock, browser }
    }

    fn register(&mut self, key: &mut SoftwareKey, name: &str) -> Outcome {
        let begun = self.lab.begin_registration(&self.browser, name, "", &Wishes::default()).unwrap();
        let response = key.create(&begun.options, ORIGIN);
        let outcome = self.lab.finish_registration(&self.browser, &begun.ceremony, &response).unwrap();
        self.follow(outcome)
    }

    fn sign_in(&mut self, key: &mut SoftwareKey) -> Outcome {
        let begun = self.lab.begin_authentication(&self.browser, None).unwrap();
        let response = key.get(&begun.options, ORIGIN);
        let outcome = self.lab.finish_authentication(&self.browser, &begun.ceremony, &response).unwrap();
        self.follow(outcome)
    }

    /// The browser takes the new token, as a cookie.
    fn follow(&mut self, outcome: Outcome) -> Outcome {
        if let Some(session) = &outcome.session {
            self.browser = session.clone();
        }
        outcome
    }

    fn signed_in_as(&self) -> Option<String> {
        self.lab.signed_in_as(&self.browser).unwrap()
    }
}

fn failed_step(outcome: &Outcome) -> &str {
    &outcome.verdict.failure().expect("a failed step").id
}

#[test]
fn both_kinds_of_passkeys_register_and_sign_in_without_a_name() {
    for (mut key, kind, counts) in [
        (SoftwareKey::device_bound(1), Kind::DeviceBound, vec![1, 2, 3]),
        (SoftwareKey::synced(2), Kind::Synced, vec![0, 0, 0]),
    ] {
        let mut world = World::new();
        assert_eq!(world.signed_in_as(), None);
        let registered = world.register(&mut key, " ada ");
        assert!(registered.verdict.verified, "{:#?}", registered.verdict.failure());
        assert_eq!(world.signed_in_as().as_deref(), Some("ada"));

        world.lab.sign_out(&world.browser).unwrap();
        assert_eq!(world.signed_in_as(), None);
        world.browser = world.lab.open_session().unwrap();
        world.clock.fetch_add(60, Relaxed);
        assert!(world.sign_in(&mut key).verdict.verified);
        assert_eq!(world.signed_in_as().as_deref(), Some("ada"));
        let credential = world.sign_in(&mut key).credential.unwrap();

        assert_eq!(credential.kind, kind);
        assert!(credential.flags.uv);
        assert_eq!(
            (credential.created_at.as_second(), credential.last_used_at.unwrap().as_second()),
            (1_800_000_000, 1_800_000_060)
        );
        assert_eq!(
            credential.history.iter().map(|ceremony| ceremony.sign_count.unwrap()).collect::<Vec<_>>(),
            counts
        );
        assert_eq!(credential.history[0].kind, CeremonyKind::Registration);
        assert!(!credential.clone_suspected);
        assert_eq!(world.lab.credentials().unwrap(), [credential]);
    }
}

#[test]
fn everything_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = Database::File(folder.path().join("deeper/lab.sqlite"));
    let mut key = SoftwareKey::device_bound(1);
    World::on(&file).register(&mut key, "ada");
    let mut world = World::on(&file);
    assert_eq!(world.lab.credentials().unwrap().len(), 1);
    assert!(world.sign_in(&mut key).verdict.verified);
}

#[test]
fn a_ceremony_counts_once_whatever_came_of_it() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    world.register(&mut key, "ada");
    let begun = world.lab.begin_authentication(&world.browser, None).unwrap();
    let response = key.get(&begun.options, ORIGIN);
    let foreign = key.get(&begun.options, "https://www.lab.example");
    let first = world.lab.finish_authentication(&world.browser, &begun.ceremony, &foreign).unwrap();
    assert_eq!(failed_step(&first), "origin");
    let second = world.lab.finish_authentication(&world.browser, &begun.ceremony, &response);
    assert!(matches!(second, Err(Error::NotOpen)), "used up by the failed one");

    let begun = world.lab.begin_authentication(&world.browser, None).unwrap();
    let replayed = world.lab.finish_authentication(&world.browser, &begun.ceremony, &response).unwrap();
    assert_eq!(failed_step(&replayed), "challenge");
}

#[test]
fn a_ceremony_expires_after_five_minutes() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    world.register(&mut key, "ada");
    for (seconds, expired) in [(299, false), (300, true)] {
        let begun = world.lab.begin_authentication(&world.browser, None).unwrap();
        let response = key.get(&begun.options, ORIGIN);
        world.clock.fetch_add(seconds, Relaxed);
        let outcome = world.lab.finish_authentication(&world.browser, &begun.ceremony, &response);
        assert_eq!(matches!(outcome, Err(Error::Expired)), expired, "{seconds}");
        if let Ok(outcome) = outcome {
            world.follow(outcome);
        }
    }
}

#[test]
fn a_ceremony_belongs_to_one_browser_and_one_purpose() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    world.register(&mut key, "ada");
    let begun = world.lab.begin_authentication(&world.browser, None).unwrap();
    let response = key.get(&begun.options, ORIGIN);
    let stranger = world.lab.open_session().unwrap();
    let taken = world.lab.finish_authentication(&stranger, &begun.ceremony, &response);
    assert!(matches!(taken, Err(Error::NotOpen)));
    assert!(
        world.lab.finish_authentication(&world.browser, &begun.ceremony, &response).unwrap().verdict.verified
    );

    let browser = world.lab.open_session().unwrap();
    let begun = world.lab.begin_registration(&browser, "eve", "", &Wishes::default()).unwrap();
    let crossed = world.lab.finish_authentication(&browser, &begun.ceremony, &response);
    assert!(matches!(crossed, Err(Error::NotOpen)));
}

#[test]
fn only_the_owner_adds_a_passkey_to_an_account() {
    let mut world = World::new();
    world.register(&mut SoftwareKey::device_bound(1), "ada");
    let stranger = world.lab.open_session().unwrap();
    let taken = world.lab.begin_registration(&stranger, "ada", "", &Wishes::default());
    assert!(matches!(taken, Err(Error::NameTaken(_))));

    let second = world.lab.begin_registration(&world.browser, "ada", "", &Wishes::default()).unwrap();
    assert_eq!(second.options.exclude_credentials.len(), 1);
    assert!(world.register(&mut SoftwareKey::synced(2), "ada").verdict.verified);
    assert_eq!(world.lab.credentials().unwrap().len(), 2);
}

#[test]
fn two_browsers_cannot_found_the_same_account() {
    let mut world = World::new();
    let slow = world.lab.open_session().unwrap();
    let begun = world.lab.begin_registration(&slow, "ada", "", &Wishes::default()).unwrap();
    world.register(&mut SoftwareKey::device_bound(1), "ada");
    let response = SoftwareKey::device_bound(2).create(&begun.options, ORIGIN);
    assert!(matches!(
        world.lab.finish_registration(&slow, &begun.ceremony, &response),
        Err(Error::NameTaken(_))
    ));
    assert_eq!(world.lab.credentials().unwrap().len(), 1);
}

#[test]
fn a_credential_has_one_owner() {
    let mut world = World::new();
    world.register(&mut SoftwareKey::device_bound(1), "ada");
    world.browser = world.lab.open_session().unwrap();
    let outcome = world.register(&mut SoftwareKey::device_bound(1), "eve");
    assert_eq!(failed_step(&outcome), "credential-id-new");
    assert!(outcome.session.is_none());
}

#[test]
fn a_credential_names_its_own_account_and_no_other() {
    let mut world = World::new();
    let (mut ada, mut eve) = (SoftwareKey::device_bound(1), SoftwareKey::device_bound(2));
    world.register(&mut ada, "ada");
    world.browser = world.lab.open_session().unwrap();
    world.register(&mut eve, "eve");
    eve.user_handle.clone_from(&ada.user_handle);
    assert_eq!(failed_step(&world.sign_in(&mut eve)), "credential");

    let begun = world.lab.begin_authentication(&world.browser, Some("ada")).unwrap();
    let response = eve.get(&begun.options, ORIGIN);
    let outcome = world.lab.finish_authentication(&world.browser, &begun.ceremony, &response).unwrap();
    assert_eq!(failed_step(&outcome), "allowed");
}

#[test]
fn a_removed_passkey_signs_nobody_in() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    let credential = world.register(&mut key, "ada").credential.unwrap();
    world.lab.remove_credential(&credential.id).unwrap();
    assert!(matches!(world.lab.remove_credential(&credential.id), Err(Error::UnknownCredential)));
    assert_eq!(world.signed_in_as(), None, "the account went with its last passkey");
    world.browser = world.lab.open_session().unwrap();
    let outcome = world.sign_in(&mut key);
    assert_eq!(failed_step(&outcome), "credential");
    assert!(outcome.credential.is_none() && outcome.session.is_none());
}

#[test]
fn a_removed_passkey_can_be_put_back_and_its_name_is_free_meanwhile() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    let credential = world.register(&mut key, "ada").credential.unwrap();
    assert!(matches!(world.lab.put_back_credential(&credential.id), Err(Error::UnknownCredential)));
    world.lab.remove_credential(&credential.id).unwrap();
    assert_eq!(world.lab.credentials().unwrap(), []);

    let other = world.lab.open_session().unwrap();
    let begun = world.lab.begin_registration(&other, "ada", "", &Wishes::default()).unwrap();
    assert_eq!(begun.options.user.id, credential.user_handle, "it is the same account");

    world.lab.put_back_credential(&credential.id).unwrap();
    assert!(world.sign_in(&mut key).verdict.verified);
    let response = SoftwareKey::device_bound(2).create(&begun.options, ORIGIN);
    let late = world.lab.finish_registration(&other, &begun.ceremony, &response);
    assert!(matches!(late, Err(Error::NameTaken(_))), "something opens the account again");
}

#[test]
fn a_relying_party_of_another_name_takes_nothing() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    let mut begun = world.lab.begin_registration(&world.browser, "ada", "", &Wishes::default()).unwrap();
    begun.options.rp.id = Some("example.org".to_owned());
    let response = key.create(&begun.options, "https://example.org");
    let outcome = world.lab.finish_registration(&world.browser, &begun.ceremony, &response).unwrap();
    let failed: Vec<_> = outcome
        .verdict
        .steps
        .iter()
        .filter(|step| step.outcome == verify::Outcome::Fail)
        .map(|step| &*step.id)
        .collect();
    assert_eq!(failed, ["origin", "rp-id-hash", "complete"]);
    assert!(world.lab.credentials().unwrap().is_empty());
    world.register(&mut key, "ada");
}

#[test]
fn a_counter_that_falls_is_refused_and_seen() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    world.register(&mut key, "ada");
    world.sign_in(&mut key);
    key.sign_count = 0;
    let outcome = world.sign_in(&mut key);
    assert_eq!(failed_step(&outcome), "counter");
    let credential = outcome.credential.unwrap();
    assert!(credential.clone_suspected);
    assert_eq!(credential.sign_count, 2);
    assert_eq!(credential.history.last().unwrap().sign_count, Some(1));
}

#[test]
fn an_alarm_needs_the_credential_s_own_signature() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    world.register(&mut key, "ada");
    let begun = world.lab.begin_authentication(&world.browser, None).unwrap();
    key.sign_count = 0;
    let mut forged = key.get(&begun.options, ORIGIN);
    forged.response.signature.0.reverse();
    let outcome = world.lab.finish_authentication(&world.browser, &begun.ceremony, &forged).unwrap();
    let credential = outcome.credential.unwrap();
    assert!(!outcome.verdict.verified && !credential.clone_suspected);
    assert_eq!(credential.history.last().unwrap().sign_count, None);
}

#[test]
fn backup_eligibility_never_changes_and_backup_state_may() {
    let mut world = World::new();
    let mut key = SoftwareKey::synced(1);
    key.flags &= !Flags::BS;
    assert_eq!(world.register(&mut key, "ada").credential.unwrap().kind, Kind::NotBackedUp);
    key.flags |= Flags::BS;
    assert_eq!(world.sign_in(&mut key).credential.unwrap().kind, Kind::Synced);
    key.flags &= !(Flags::BE | Flags::BS);
    let outcome = world.sign_in(&mut key);
    assert_eq!(failed_step(&outcome), "backup-eligible");
    assert_eq!(outcome.credential.unwrap().kind, Kind::Synced);
}

#[test]
fn a_person_who_was_not_verified_is_not_let_in() {
    let mut world = World::new();
    let mut key = SoftwareKey::device_bound(1);
    world.register(&mut key, "ada");
    key.flags = Flags::UP;
    assert_eq!(failed_step(&world.sign_in(&mut key)), "user-verified");
}

#[test]
fn names_are_needed_and_bounded() {
    let world = World::new();
    for name in ["", "   ", &"x".repeat(65)] {
        assert!(matches!(
            world.lab.begin_registration(&world.browser, name, "", &Wishes::default()),
            Err(Error::Name)
        ));
    }
}

#[test]
fn a_later_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.sqlite");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let config = Config { rp_id: "x".to_owned(), rp_name: "x".to_owned(), origin: ORIGIN.to_owned() };
    assert!(matches!(Lab::open(&Database::File(path), config), Err(Error::LaterDatabase)));
}
