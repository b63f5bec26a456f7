use std::time::Duration;

use authenticator::{
    Profile, permission,
    platform::{Answer, Finger, Quality, Question, Store},
    profile::Verification,
    testing::World,
};
use ctap::{
    Request, Response, Status,
    bio_enrollment::{self, Params, Request as Bio, sample_status, sub_command as sub},
    client_pin, get_info,
    pin_protocol::Version,
};

use crate::platform_side::*;

const BE: u8 = permission::BIO_ENROLLMENT;

fn send(world: &mut World, request: Bio) -> Result<bio_enrollment::Response, Status> {
    match world.request(&Request::BioEnrollment(request))? {
        Response::BioEnrollment(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

fn bio(token: &Token, sub_command: u8, params: Option<Params>) -> Bio {
    let raw_params = params.as_ref().map(Params::encode).unwrap_or_default();
    Bio {
        modality: Some(1),
        sub_command: Some(sub_command.into()),
        pin_uv_auth_protocol: Some(token.0 as u64),
        pin_uv_auth_param: Some(token.prove(&[&[0x01, sub_command], &raw_params[..]].concat())),
        params,
        raw_params,
        get_modality: None,
    }
}

fn template(id: &[u8]) -> Params {
    Params { template_id: Some(id.to_vec()), ..Params::default() }
}

fn fingerprint_key() -> Profile {
    let mut profile = Profile { verification: Verification::Fingerprint, ..Profile::device_bound() };
    profile.limits.fingerprints = 2;
    profile
}

/// A key with a sensor and a PIN, and a token for its fingers.
fn owned(version: Version) -> (World, Token) {
    let mut world = World::with_profile(1, fingerprint_key());
    set_pin(&mut world, version, b"1234").unwrap();
    let token = Token::by_pin(&mut world, version, "1234", BE, None).unwrap();
    (world, token)
}

fn touch(world: &World, finger: Finger, quality: Quality) {
    world.user.will(Answer::Sample { account: 0, finger, quality });
}

/// All samples of one finger; its template.
fn enroll(world: &mut World, token: &Token, finger: Finger) -> Vec<u8> {
    touch(world, finger, Quality::Good);
    let first = send(world, bio(token, 0x01, None)).unwrap();
    let (id, mut remaining) = (first.template_id.unwrap(), first.remaining_samples.unwrap());
    while remaining > 0 {
        touch(world, finger, Quality::Good);
        let next = send(world, bio(token, 0x02, Some(template(&id)))).unwrap();
        assert_eq!(next.last_enroll_sample_status, Some(sample_status::GOOD));
        assert_eq!(next.remaining_samples, Some(remaining - 1));
        remaining -= 1;
    }
    id
}

fn info(world: &mut World) -> get_info::Response {
    match world.request(&Request::GetInfo).unwrap() {
        Response::GetInfo(info) => info,
        other => panic!("{other:?}"),
    }
}

fn option(world: &mut World, id: &str) -> Option<bool> {
    info(world).options.into_iter().find(|(name, _)| name == id).map(|(_, value)| value)
}

fn uv_retries(world: &mut World) -> Option<u64> {
    let request = client_pin::Request { sub_command: 0x07, ..Default::default() };
    pin_request(world, request).unwrap().uv_retries
}

// proves: fault-ctap
#[test]
fn a_faulty_sample_is_not_counted_and_asks_nobody() {
    let (mut world, token) = owned(Version::Two);
    let faults = authenticator::fault::Faults::default();
    world.key = world.key.with_faults(faults.clone());
    faults.set("bio-sample-error=0x02,count=1".parse().unwrap());
    world.user.take_questions();
    let begun = send(&mut world, bio(&token, 0x01, None)).unwrap();
    assert_eq!(begun.last_enroll_sample_status, Some(sample_status::TOO_LOW));
    assert_eq!(begun.remaining_samples, Some(4));
    let template_id = begun.template_id.unwrap();
    faults.set("bio-timeout,count=1".parse().unwrap());
    let timed_out = send(&mut world, bio(&token, 0x02, Some(template(&template_id)))).unwrap();
    assert_eq!(timed_out.last_enroll_sample_status, Some(sample_status::NO_USER_ACTIVITY));
    assert_eq!(timed_out.remaining_samples, Some(4));
    assert!(world.user.take_questions().is_empty());
}

// proves: bio-manage
#[test]
fn the_modality_and_the_sensor_are_told_to_anybody() {
    let (mut world, _) = owned(Version::Two);
    let modality = send(&mut world, Bio { get_modality: Some(true), ..Bio::default() }).unwrap();
    assert_eq!(modality.modality, Some(1));
    let request = Bio { modality: Some(1), sub_command: Some(0x07), ..Bio::default() };
    let sensor = send(&mut world, request).unwrap();
    assert_eq!(sensor.fingerprint_kind, Some(1));
    assert_eq!(sensor.max_capture_samples_required_for_enroll, Some(4));
    assert_eq!(sensor.max_template_friendly_name, Some(64));
}

// proves: bio-enroll
#[test]
fn a_finger_is_enrolled_by_its_samples_and_then_uv_is_there() {
    for version in BOTH {
        let (mut world, token) = owned(version);
        assert_eq!((option(&mut world, "uv"), option(&mut world, "bioEnroll")), (Some(false), Some(false)));
        world.user.take_questions();
        let id = enroll(&mut world, &token, Finger::LeftThumb);
        let asked = world.user.take_questions();
        let expected = [4, 3, 2, 1].map(|remaining| Question::Fingerprint { remaining });
        assert_eq!(asked, expected);
        assert_eq!((option(&mut world, "uv"), option(&mut world, "bioEnroll")), (Some(true), Some(true)));
        let stored = world.store.state().unwrap();
        assert_eq!(
            (stored.fingerprints[0].finger, &stored.fingerprints[0].template_id),
            (Finger::LeftThumb, &id)
        );
        world.key.power_cycle();
        assert_eq!(option(&mut world, "uv"), Some(true));
    }
}

// proves: bio-enroll
#[test]
fn samples_that_are_not_good_are_told_and_do_not_count() {
    let (mut world, token) = owned(Version::Two);
    for (quality, status) in [
        (Quality::TooHigh, 0x01),
        (Quality::TooLow, 0x02),
        (Quality::TooLeft, 0x03),
        (Quality::TooRight, 0x04),
        (Quality::TooFast, 0x05),
        (Quality::TooSlow, 0x06),
        (Quality::Poor, 0x07),
        (Quality::TooSkewed, 0x08),
        (Quality::TooShort, 0x09),
        (Quality::MergeFailure, 0x0A),
        (Quality::NotLifted, 0x0E),
    ] {
        touch(&world, Finger::RightIndex, quality);
        let begun = send(&mut world, bio(&token, 0x01, None)).unwrap();
        assert_eq!(begun.last_enroll_sample_status, Some(status), "{quality:?}");
        assert_eq!(begun.remaining_samples, Some(4));
    }
    world.user.will(Answer::TimedOut);
    let params = Params { timeout_milliseconds: Some(100), ..Params::default() };
    let idle = send(&mut world, bio(&token, 0x01, Some(params))).unwrap();
    assert_eq!(idle.last_enroll_sample_status, Some(sample_status::NO_USER_ACTIVITY));
    // Another finger in the middle does not go together with the first.
    let id = idle.template_id.unwrap();
    for (finger, status, remaining) in [
        (Finger::RightIndex, sample_status::GOOD, 3),
        (Finger::RightMiddle, sample_status::MERGE_FAILURE, 3),
        (Finger::RightIndex, sample_status::GOOD, 2),
    ] {
        touch(&world, finger, Quality::Good);
        let sample = send(&mut world, bio(&token, 0x02, Some(template(&id)))).unwrap();
        assert_eq!(
            (sample.last_enroll_sample_status, sample.remaining_samples),
            (Some(status), Some(remaining))
        );
    }
    assert!(world.store.state().unwrap().fingerprints.is_empty(), "not before the last sample");
}

// proves: bio-enroll
#[test]
fn a_finger_is_enrolled_once_and_only_as_many_as_there_is_room_for() {
    let (mut world, token) = owned(Version::Two);
    enroll(&mut world, &token, Finger::RightIndex);
    touch(&world, Finger::RightIndex, Quality::Good);
    let again = send(&mut world, bio(&token, 0x01, None)).unwrap();
    assert_eq!(again.last_enroll_sample_status, Some(sample_status::EXISTS));
    assert_eq!(again.remaining_samples, Some(4));
    enroll(&mut world, &token, Finger::LeftIndex);
    assert_eq!(send(&mut world, bio(&token, 0x01, None)).err(), Some(Status::FP_DATABASE_FULL));
}

// proves: bio-enroll
#[test]
fn an_enrolment_is_cancelled_declined_or_lost_with_the_power() {
    let (mut world, token) = owned(Version::Two);
    let begin = |world: &mut World| send(world, bio(&token, 0x01, None)).unwrap().template_id.unwrap();
    let id = begin(&mut world);
    let cancel =
        Bio { modality: Some(1), sub_command: Some(sub::CANCEL_CURRENT_ENROLLMENT), ..Bio::default() };
    assert_eq!(send(&mut world, cancel), Ok(bio_enrollment::Response::default()));
    let next = |world: &mut World, id: &[u8]| send(world, bio(&token, 0x02, Some(template(id)))).err();
    assert_eq!(next(&mut world, &id), Some(Status::INVALID_PARAMETER));

    let id = begin(&mut world);
    world.user.will(Answer::Cancelled);
    assert_eq!(next(&mut world, &id), Some(Status::KEEPALIVE_CANCEL));
    assert_eq!(next(&mut world, &id), None, "the platform may go on");
    world.user.will(Answer::Declined);
    assert_eq!(next(&mut world, &id), Some(Status::OPERATION_DENIED));
    assert_eq!(next(&mut world, &id), Some(Status::INVALID_PARAMETER));
    assert!(world.store.state().unwrap().fingerprints.is_empty());
}

// proves: bio-manage
#[test]
fn fingers_are_listed_named_and_removed() {
    let (mut world, token) = owned(Version::Two);
    let list = |world: &mut World| send(world, bio(&token, 0x04, None)).map(|told| told.template_infos);
    assert_eq!(list(&mut world).err(), Some(Status::INVALID_OPTION));
    let id = enroll(&mut world, &token, Finger::RightIndex);
    let other = enroll(&mut world, &token, Finger::LeftIndex);
    assert_eq!(list(&mut world).unwrap()[0].template_friendly_name.as_deref(), Some(""));

    let named = |name: &str| Params { template_friendly_name: Some(name.to_owned()), ..template(&id) };
    send(&mut world, bio(&token, 0x05, Some(named(&"x".repeat(64))))).unwrap();
    let long = send(&mut world, bio(&token, 0x05, Some(named(&"x".repeat(65)))));
    assert_eq!(long.err(), Some(Status::INVALID_LENGTH));
    send(&mut world, bio(&token, 0x05, Some(named("thumb")))).unwrap();
    assert_eq!(list(&mut world).unwrap()[0].template_friendly_name.as_deref(), Some("thumb"));

    send(&mut world, bio(&token, 0x06, Some(template(&id)))).unwrap();
    assert_eq!(list(&mut world).unwrap()[0].template_id, other);
    for (sub_command, params) in [(0x06, template(&id)), (0x05, named("gone"))] {
        let gone = send(&mut world, bio(&token, sub_command, Some(params)));
        assert_eq!(gone.err(), Some(Status::INVALID_OPTION));
    }
    send(&mut world, bio(&token, 0x06, Some(template(&other)))).unwrap();
    assert_eq!(option(&mut world, "uv"), Some(false));
}

// proves: bio-verify, client-pin-uv-retries
#[test]
fn an_enrolled_finger_verifies_and_a_wrong_one_costs_a_try() {
    let (mut world, token) = owned(Version::Two);
    enroll(&mut world, &token, Finger::RightIndex);
    touch(&world, Finger::RightIndex, Quality::Good);
    let made = make(&mut world, &register("a", 1)).unwrap();
    assert!(made.auth_data.flags.has(ctap::auth_data::Flags::UV));
    assert_eq!(uv_retries(&mut world), Some(5));

    touch(&world, Finger::LeftRing, Quality::Good);
    assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(Status::PUAT_REQUIRED), "there is a PIN");
    assert_eq!(uv_retries(&mut world), Some(4));
    touch(&world, Finger::RightIndex, Quality::Poor);
    assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(Status::PUAT_REQUIRED));
    assert_eq!(uv_retries(&mut world), Some(4), "what was not read is compared with nothing");
    world.user.will(Answer::Approved { account: 0, verified: true });
    assert_eq!(assert(&mut world, &sign_in("a")).err(), Some(Status::PUAT_REQUIRED), "the sensor alone");

    touch(&world, Finger::LeftRing, Quality::Good);
    let by_uv = Token::by_uv(&mut world, Version::Two, permission::GET_ASSERTION, Some("a"));
    assert_eq!(by_uv.err(), Some(Status::UV_INVALID));
    touch(&world, Finger::RightIndex, Quality::Good);
    let asserted = assert(&mut world, &sign_in("a")).unwrap();
    verified(&asserted, &made.key);
    assert_eq!(uv_retries(&mut world), Some(5), "the right finger restores them");
}

// proves: bio-verify, client-pin-uv-retries
#[test]
fn a_blocked_sensor_comes_back_by_the_pin() {
    let (mut world, token) = owned(Version::Two);
    enroll(&mut world, &token, Finger::RightIndex);
    for left in (0..5).rev() {
        touch(&world, Finger::LeftRing, Quality::Good);
        let wrong = Token::by_uv(&mut world, Version::Two, permission::GET_ASSERTION, Some("a"));
        assert_eq!(wrong.err(), Some(if left == 0 { Status::UV_BLOCKED } else { Status::UV_INVALID }));
        assert_eq!(uv_retries(&mut world), Some(left));
    }
    world.key.power_cycle();
    world.user.take_questions();
    let blocked = Token::by_uv(&mut world, Version::Two, permission::GET_ASSERTION, Some("a"));
    assert_eq!(blocked.err(), Some(Status::UV_BLOCKED));
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::PUAT_REQUIRED));
    assert_eq!(world.user.take_questions(), [], "nobody is asked in vain");
    let token = Token::default(&mut world, Version::Two, "1234").unwrap();
    make(&mut world, &token.register(register("a", 1))).unwrap();
    assert_eq!(uv_retries(&mut world), Some(5));
    Token::by_uv(&mut world, Version::Two, permission::GET_ASSERTION, Some("a")).unwrap();
}

// proves: client-pin-uv-token, bio-verify
#[test]
fn before_a_finger_is_enrolled_the_pin_alone_gives_tokens() {
    let (mut world, _) = owned(Version::Two);
    let by_uv = Token::by_uv(&mut world, Version::Two, permission::GET_ASSERTION, Some("a"));
    assert_eq!(by_uv.err(), Some(Status::NOT_ALLOWED));
    assert_eq!(make(&mut world, &register("a", 1)).err(), Some(Status::INVALID_OPTION));
    let told = info(&mut world);
    assert_eq!((told.uv_modality, told.preferred_platform_uv_attempts), (Some(0x02), Some(3)));
    assert_eq!(option(&mut world, "uvBioEnroll"), Some(true));
}

// proves: bio-enroll, bio-manage
#[test]
fn fingers_are_touched_only_with_the_be_permission_and_where_there_is_a_sensor() {
    let (mut world, token) = owned(Version::Two);
    let good = bio(&token, 0x04, None);
    for (request, status) in [
        (Bio { pin_uv_auth_param: None, ..good.clone() }, Status::PUAT_REQUIRED),
        (Bio { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Bio { pin_uv_auth_protocol: Some(7), ..good.clone() }, Status::INVALID_PARAMETER),
        (Bio { pin_uv_auth_param: Some(vec![0; 32]), ..good.clone() }, Status::PIN_AUTH_INVALID),
        (Bio { sub_command: Some(6), ..good.clone() }, Status::PIN_AUTH_INVALID),
        (Bio { sub_command: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Bio { modality: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Bio { modality: Some(2), ..good.clone() }, Status::INVALID_PARAMETER),
        (Bio { sub_command: Some(8), ..good.clone() }, Status::INVALID_SUBCOMMAND),
        (bio(&token, 0x02, None), Status::MISSING_PARAMETER),
        (bio(&token, 0x05, Some(template(&[1]))), Status::MISSING_PARAMETER),
        (bio(&token, 0x06, None), Status::MISSING_PARAMETER),
    ] {
        assert_eq!(send(&mut world, request.clone()).err(), Some(status), "{request:?}");
    }
    let other = Token::by_pin(&mut world, Version::Two, "1234", permission::LARGE_BLOB_WRITE, None).unwrap();
    assert_eq!(send(&mut world, bio(&other, 0x01, None)).err(), Some(Status::PIN_AUTH_INVALID));
    let mut without = World::with_profile(1, Profile::device_bound());
    assert_eq!(send(&mut without, good).err(), Some(Status::INVALID_COMMAND));
}

// proves: bio-enroll
#[test]
fn the_preview_is_answered_only_where_the_profile_lists_it() {
    let message = [&[0x40][..], &[0xA1, 0x06, 0xF5]].concat();
    let mut profile = fingerprint_key();
    profile.versions.retain(|version| version != "FIDO_2_1_PRE");
    let mut world = World::with_profile(1, profile.clone());
    assert_eq!(world.send(&message), [Status::INVALID_COMMAND.0]);
    assert_eq!(option(&mut world, "userVerificationMgmtPreview"), None);
    profile.versions.push("FIDO_2_1_PRE".to_owned());
    let mut world = World::with_profile(1, profile);
    assert_eq!(world.send(&message), [0x00, 0xA1, 0x01, 0x01]);
    assert_eq!(option(&mut world, "userVerificationMgmtPreview"), Some(false));
}

// proves: bio-manage
#[test]
fn a_reset_forgets_fingers() {
    let (mut world, token) = owned(Version::Two);
    enroll(&mut world, &token, Finger::RightIndex);
    world.clock.advance(Duration::from_secs(1));
    world.request(&Request::Reset).unwrap();
    assert_eq!(option(&mut world, "bioEnroll"), Some(false));
}
