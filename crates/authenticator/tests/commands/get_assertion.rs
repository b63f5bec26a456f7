use std::time::Duration;

use authenticator::{
    Profile, permission,
    platform::{Answer, Clock, Question, Store},
    profile::Verification,
    testing::{World, world},
};
use ctap::{
    Status,
    auth_data::Flags,
    cose,
    entity::{Descriptor, User},
    extension::{CredProtect, MakeCredentialInputs},
    get_assertion::Request,
    make_credential,
    pin_protocol::Version,
};

use crate::platform_side::*;

fn question(accounts: Vec<User>, verify: bool) -> Question {
    Question::Authenticate { rp_id: "a".to_owned(), accounts, verify }
}

fn protected(level: CredProtect, user_id: u8) -> make_credential::Request {
    let extensions = MakeCredentialInputs { cred_protect: Some(level), ..Default::default() };
    make_credential::Request { extensions, ..register("a", user_id) }
}

fn chooserless(seed: u64) -> World {
    World::with_profile(seed, browser_chooses(Profile::device_bound()))
}

fn listing(made: &Registered) -> Request {
    Request { allow_list: Some(ids(&[made])), ..sign_in("a") }
}

// proves: get-assertion
#[test]
fn one_account_signs_in_by_one_question() {
    for algorithm in [cose::ES256, cose::EDDSA] {
        let mut world = world(1);
        let request = make_credential::Request { algorithms: vec![algorithm], ..register("a", 1) };
        let made = make(&mut world, &request).unwrap();
        world.user.take_questions();
        world.clock.advance(Duration::from_secs(5));
        let response = assert(&mut world, &sign_in("a")).unwrap();
        assert_eq!(world.user.take_questions(), [question(vec![user(1)], true)]);
        let auth_data = verified(&response, &made.key);
        assert_eq!(auth_data.flags.0, Flags::UP | Flags::UV);
        assert_eq!(auth_data.sign_count, 1);
        assert_eq!(response.credential, Descriptor { id: made.id });
        assert_eq!(response.user, Some(user(1)));
        assert_eq!((response.number_of_credentials, response.user_selected), (None, Some(true)));
        let stored = &world.store.all().unwrap()[0];
        assert_eq!(stored.sign_count, 1, "what was signed is what was stored");
        assert_eq!(stored.last_used_at, Some(world.clock.unix_seconds()));
    }
}

// proves: counter-device-bound, counter-synced
#[test]
fn the_counter_rises_on_a_device_bound_key_and_stays_on_a_synced_one() {
    for (profile, counts) in [(Profile::device_bound(), [1, 2, 3]), (Profile::synced(), [0, 0, 0])] {
        let mut world = World::with_profile(1, profile);
        let made = make(&mut world, &register("a", 1)).unwrap();
        for count in counts {
            let response = assert(&mut world, &sign_in("a")).unwrap();
            assert_eq!(verified(&response, &made.key).sign_count, count);
        }
    }
}

// proves: flags-synced
#[test]
fn backed_up_follows_the_store() {
    let mut world = World::with_profile(1, Profile::synced());
    let made = make(&mut world, &register("a", 1)).unwrap();
    let be = Flags::UP | Flags::UV | Flags::BE;
    let response = assert(&mut world, &sign_in("a")).unwrap();
    assert_eq!(verified(&response, &made.key).flags.0, be);
    world.store.update(&made.id, &mut |credential| credential.backup_state = true).unwrap();
    let response = assert(&mut world, &sign_in("a")).unwrap();
    assert_eq!(verified(&response, &made.key).flags.0, be | Flags::BS);
}

// proves: get-assertion
#[test]
fn the_person_chooses_among_accounts_newest_first() {
    let mut world = world(1);
    let made: Vec<_> = (1..=3).map(|id| make(&mut world, &register("a", id)).unwrap()).collect();
    world.user.take_questions();
    world.user.will(Answer::Approved { account: 2, verified: true });
    let response = assert(&mut world, &sign_in("a")).unwrap();
    assert_eq!(world.user.take_questions(), [question(vec![user(3), user(2), user(1)], true)]);
    verified(&response, &made[0].key);
    assert_eq!(response.user, Some(user(1)));
    assert_eq!((response.number_of_credentials, response.user_selected), (None, Some(true)));
    assert_eq!(assert_next(&mut world).err(), Some(Status::NOT_ALLOWED));
    world.user.will(Answer::Approved { account: 3, verified: true });
    assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(Status::OTHER), "no such account");
}

// proves: get-next-assertion
#[test]
fn without_the_chooser_the_platform_asks_for_the_next() {
    let mut world = chooserless(1);
    let made: Vec<_> = (1..=3).map(|id| make(&mut world, &register("a", id)).unwrap()).collect();
    world.user.take_questions();
    let first = assert(&mut world, &sign_in("a")).unwrap();
    assert_eq!(world.user.take_questions(), [question(vec![user(3)], true)]);
    assert_eq!((first.number_of_credentials, first.user_selected), (Some(3), None));
    verified(&first, &made[2].key);
    world.clock.advance(Duration::from_secs(30));
    let second = assert_next(&mut world).unwrap();
    assert_eq!(second.number_of_credentials, None);
    assert_eq!(second.user, Some(user(2)));
    let auth_data = verified(&second, &made[1].key);
    assert_eq!(auth_data.flags.0, Flags::UP | Flags::UV);
    world.clock.advance(Duration::from_secs(30));
    verified(&assert_next(&mut world).unwrap(), &made[0].key);
    assert_eq!(assert_next(&mut world).err(), Some(Status::NOT_ALLOWED));
    assert_eq!(world.user.take_questions(), []);
}

// proves: get-next-assertion
#[test]
fn the_next_is_not_allowed_late_or_after_another_command() {
    let mut world = chooserless(1);
    for id in 1..=2 {
        make(&mut world, &register("a", id)).unwrap();
    }
    assert_eq!(assert_next(&mut world).err(), Some(Status::NOT_ALLOWED));
    assert(&mut world, &sign_in("a")).unwrap();
    world.clock.advance(Duration::from_secs(31));
    assert_eq!(assert_next(&mut world).err(), Some(Status::NOT_ALLOWED));
    assert(&mut world, &sign_in("a")).unwrap();
    world.request(&ctap::Request::GetInfo).unwrap();
    assert_eq!(assert_next(&mut world).err(), Some(Status::NOT_ALLOWED));
}

// proves: get-assertion
#[test]
fn an_allow_list_selects_by_id_and_tells_no_names() {
    let mut world = world(1);
    let (first, _) = (make(&mut world, &register("a", 1)).unwrap(), make(&mut world, &register("a", 2)));
    world.user.take_questions();
    let response = assert(&mut world, &listing(&first)).unwrap();
    assert_eq!(world.user.take_questions(), [question(vec![user(1)], true)]);
    verified(&response, &first.key);
    assert_eq!(response.user, Some(User { id: user(1).id, name: None, display_name: None }));
    assert_eq!((response.number_of_credentials, response.user_selected), (None, None));

    let options = options(None, None, Some(true));
    let hidden = make(&mut world, &make_credential::Request { options, ..register("a", 3) }).unwrap();
    let response = assert(&mut world, &listing(&hidden)).unwrap();
    verified(&response, &hidden.key);
    assert_eq!(response.user, None);
}

// proves: get-assertion
#[test]
fn without_verification_names_stay_on_the_key() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    world.user.take_questions();
    let response =
        assert(&mut world, &Request { options: options(None, None, None), ..sign_in("a") }).unwrap();
    assert_eq!(world.user.take_questions(), [question(vec![user(1)], false)]);
    assert_eq!(verified(&response, &made.key).flags.0, Flags::UP);
    assert_eq!(response.user, Some(User { id: user(1).id, name: None, display_name: None }));
}

// proves: get-assertion
#[test]
fn a_silent_probe_asks_nobody_and_says_not_present() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    world.user.take_questions();
    let silent = || options(None, Some(false), None);
    let response = assert(&mut world, &Request { options: silent(), ..listing(&made) }).unwrap();
    assert_eq!(verified(&response, &made.key).flags.0, 0);
    assert_eq!(world.store.all().unwrap()[0].last_used_at, None);
    let foreign = Request { allow_list: Some(vec![Descriptor { id: vec![1; 32] }]), ..sign_in("a") };
    let none = assert(&mut world, &Request { options: silent(), ..foreign.clone() });
    assert_eq!(none.err(), Some(Status::NO_CREDENTIALS));
    assert_eq!(world.user.take_questions(), []);

    assert_eq!(assert(&mut world, &foreign).err(), Some(Status::NO_CREDENTIALS));
    let notice = Question::Notice { rp_id: "a".to_owned(), already_registered: false };
    assert_eq!(world.user.take_questions(), [notice]);
    world.user.will(Answer::Declined);
    assert_eq!(assert(&mut world, &foreign).err(), Some(Status::OPERATION_DENIED));
}

// proves: get-assertion
#[test]
fn credentials_of_another_site_or_hidden_ones_are_not_found() {
    let mut world = world(1);
    let made = make(&mut world, &register("b", 1)).unwrap();
    let options = options(None, None, Some(true));
    make(&mut world, &make_credential::Request { options, ..register("a", 1) }).unwrap();
    assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(Status::NO_CREDENTIALS));
    assert_eq!(assert(&mut world, &listing(&made)).err(), Some(Status::NO_CREDENTIALS));
}

// proves: ext-cred-protect
#[test]
fn cred_protect_decides_what_is_found_without_verification() {
    use CredProtect::{
        UserVerificationOptional as Optional, UserVerificationOptionalWithCredentialIdList as WithList,
        UserVerificationRequired as Required,
    };
    for (level, discovered, listed) in
        [(Optional, true, true), (WithList, false, true), (Required, false, false)]
    {
        let mut world = world(1);
        let made = make(&mut world, &protected(level, 1)).unwrap();
        for (request, found) in [(sign_in("a"), discovered), (listing(&made), listed)] {
            let plain = Request { options: options(None, None, None), ..request.clone() };
            assert_eq!(assert(&mut world, &plain).is_ok(), found, "{level:?}");
            assert(&mut world, &request).unwrap();
        }
    }
}

// proves: get-assertion
#[test]
fn each_answer_has_its_status() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    for (answer, status) in [
        (Answer::Declined, Status::OPERATION_DENIED),
        (Answer::TimedOut, Status::USER_ACTION_TIMEOUT),
        (Answer::Cancelled, Status::KEEPALIVE_CANCEL),
        (Answer::NotVerified, Status::OPERATION_DENIED),
    ] {
        world.user.will(answer);
        assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(status), "{answer:?}");
    }
    assert_eq!(world.store.all().unwrap()[0].sign_count, 0);
}

// proves: get-assertion
#[test]
fn parameters_that_do_not_fit_have_their_statuses() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    let param = Some(vec![0; 16]);
    for (request, status) in [
        (Request { options: options(Some(true), None, None), ..sign_in("a") }, Status::UNSUPPORTED_OPTION),
        (Request { pin_uv_auth_param: Some(vec![]), ..sign_in("a") }, Status::PIN_NOT_SET),
        (Request { pin_uv_auth_param: param.clone(), ..sign_in("a") }, Status::MISSING_PARAMETER),
        (
            Request { pin_uv_auth_param: param.clone(), pin_uv_auth_protocol: Some(0), ..sign_in("a") },
            Status::INVALID_PARAMETER,
        ),
        (
            Request { pin_uv_auth_param: param, pin_uv_auth_protocol: Some(2), ..sign_in("a") },
            Status::PIN_AUTH_INVALID,
        ),
    ] {
        assert_eq!(assert(&mut world, &request).err(), Some(status), "{request:?}");
    }
    let profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let mut world = World::with_profile(1, profile);
    assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(Status::INVALID_OPTION));
}

// proves: get-assertion
#[test]
fn a_token_verifies_and_leaves_only_the_choice_to_ask() {
    for version in BOTH {
        let mut world = world(1);
        let made = make(&mut world, &register("a", 1)).unwrap();
        let ga = permission::GET_ASSERTION;
        let token = Token::by_uv(&mut world, version, ga, Some("a")).unwrap();
        world.user.take_questions();
        let response = assert(&mut world, &token.sign_in(sign_in("a"))).unwrap();
        assert_eq!(world.user.take_questions(), []);
        assert_eq!(verified(&response, &made.key).flags.0, Flags::UP | Flags::UV);
        assert_eq!(response.user_selected, Some(true));
        let again = assert(&mut world, &token.sign_in(sign_in("a")));
        assert_eq!(again.err(), Some(Status::PIN_AUTH_INVALID));

        make(&mut world, &register("a", 2)).unwrap();
        let token = Token::by_uv(&mut world, version, ga, None).unwrap();
        world.user.take_questions();
        assert(&mut world, &token.sign_in(sign_in("a"))).unwrap();
        assert_eq!(world.user.take_questions(), [question(vec![user(2), user(1)], false)]);
    }
}

#[test]
fn a_silent_request_does_not_use_a_token_up_and_binds_it_to_the_site() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    set_pin(&mut world, Version::One, b"1234").unwrap();
    let token = Token::default(&mut world, Version::One, "1234").unwrap();
    let silent = Request { options: options(None, Some(false), None), ..sign_in("a") };
    let response = assert(&mut world, &token.sign_in(silent)).unwrap();
    assert_eq!(response.auth_data[32], Flags::UV);
    let elsewhere = assert(&mut world, &token.sign_in(sign_in("b")));
    assert_eq!(elsewhere.err(), Some(Status::PIN_AUTH_INVALID));
    assert(&mut world, &token.sign_in(sign_in("a"))).unwrap();
}

#[test]
fn the_presence_of_a_token_expires_before_the_token() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    let token = Token::by_uv(&mut world, Version::Two, permission::GET_ASSERTION, None).unwrap();
    let silent = Request { options: options(None, Some(false), None), ..sign_in("a") };
    assert(&mut world, &token.sign_in(silent)).unwrap();
    world.user.take_questions();
    world.clock.advance(Duration::from_secs(31));
    assert(&mut world, &token.sign_in(sign_in("a"))).unwrap();
    assert_eq!(world.user.take_questions(), [question(vec![user(1)], false)]);
}
