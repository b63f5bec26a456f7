use std::time::Duration;

use authenticator::{
    Profile, Transport,
    platform::{Answer, Question, Store},
    testing::{World, world},
};
use ctap::{Request, Response, Status, pin_protocol::Version};

use crate::platform_side::*;

fn reset(world: &mut World) -> Result<Response, Status> {
    world.request(&Request::Reset)
}

// proves: reset-window
#[test]
fn a_reset_erases_everything_within_ten_seconds_of_power() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    set_pin(&mut world, Version::Two, b"1234").unwrap();
    let token = Token::default(&mut world, Version::Two, "1234").unwrap();
    world.user.take_questions();
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(reset(&mut world), Ok(Response::Empty));
    assert_eq!(world.user.take_questions(), [Question::Reset { long_touch: false }]);
    assert!(world.store.all().unwrap().is_empty());
    assert!(world.store.state().unwrap().pin.is_none());
    let refused = make(&mut world, &token.register(register("a", 1)));
    assert_eq!(refused.err(), Some(Status::PIN_AUTH_INVALID));
}

// proves: reset-window
#[test]
fn later_it_is_not_allowed_until_power_comes_again() {
    let mut world = world(1);
    world.clock.advance(Duration::from_millis(10_001));
    assert_eq!(reset(&mut world), Err(Status::NOT_ALLOWED));
    assert_eq!(world.user.take_questions(), []);
    world.key.power_cycle();
    assert_eq!(reset(&mut world), Ok(Response::Empty));
}

// proves: reset-window, selection
#[test]
fn each_answer_to_a_reset_or_a_selection_has_its_status() {
    let mut world = world(1);
    make(&mut world, &register("a", 1)).unwrap();
    for (answer, status) in [
        (Answer::Declined, Status::OPERATION_DENIED),
        (Answer::TimedOut, Status::USER_ACTION_TIMEOUT),
        (Answer::Cancelled, Status::KEEPALIVE_CANCEL),
    ] {
        for request in [Request::Reset, Request::Selection] {
            world.user.will(answer);
            assert_eq!(world.request(&request), Err(status));
        }
    }
    assert_eq!(world.store.all().unwrap().len(), 1);
    world.user.take_questions();
    assert_eq!(world.request(&Request::Selection), Ok(Response::Empty));
    assert_eq!(world.user.take_questions(), [Question::Select]);
}

// proves: reset-window
#[test]
fn a_reset_forgets_settings_and_large_blobs_too() {
    let mut world = world(1);
    let before = world.store.state().unwrap();
    world
        .store
        .update_state(&mut |state| {
            state.large_blob_array = Some(vec![1; 40]);
            (state.always_uv, state.min_pin_length) = (Some(true), Some(9));
            (state.uv_retries, state.global_counter) = (1, 77);
        })
        .unwrap();
    reset(&mut world).unwrap();
    assert!(world.store.state().unwrap() == before);
}

// proves: reset-window
#[test]
fn a_reset_comes_only_over_the_transports_for_it() {
    let mut profile = Profile::device_bound();
    profile.reset.transports = vec!["usb".to_owned()];
    let mut world = World::with_profile(1, profile);
    world.transport = Transport::Nfc;
    assert_eq!(reset(&mut world), Err(Status::NOT_ALLOWED));
    assert_eq!(world.user.take_questions(), []);
    world.transport = Transport::Usb;
    assert_eq!(reset(&mut world), Ok(Response::Empty));
}

// proves: reset-long-touch
#[test]
fn a_profile_may_ask_for_a_long_touch() {
    let mut profile = Profile::device_bound();
    profile.reset.long_touch = Some(true);
    let mut world = World::with_profile(1, profile);
    reset(&mut world).unwrap();
    assert_eq!(world.user.take_questions(), [Question::Reset { long_touch: true }]);
}
