use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use authenticator::{
    platform::{Answer, Finger, Quality},
    testing::{World, now},
};

use super::*;
use crate::{
    InProcess,
    bench::{self, Bench, right, shipped},
};

const PROFILE: &str = "fingerprint-key";

fn sample(finger: Finger, quality: Quality) -> Answer {
    Answer::Sample { account: 0, finger, quality }
}

fn enrol(bench: &mut Bench, finger: Finger) -> Vec<u8> {
    let (info, proof, user) = (bench.info(), right(), bench.user());
    let mut enrollment = bench.session.enroll(&info, &proof);
    while enrollment.enrolled().is_none() {
        user.will(sample(finger, Quality::Good));
        now(enrollment.next()).unwrap();
    }
    enrollment.enrolled().unwrap().to_vec()
}

fn names(bench: &mut Bench) -> Vec<Option<String>> {
    let info = bench.info();
    let fingers = now(bench.session.fingerprints(&info, &right())).unwrap();
    fingers.into_iter().map(|fingerprint| fingerprint.name).collect()
}

#[test]
fn the_sensor_is_told_without_asking_anybody() {
    let mut bench = Bench::of(PROFILE);
    let info = bench.info();
    let sensor = now(bench.session.fingerprint_sensor(&info)).unwrap();
    let expected =
        Sensor { modality: Some(1), kind: Some(SensorKind::Touch), max_samples: Some(4), max_name_bytes: 64 };
    assert_eq!(sensor, expected);
    let mut other = Bench::of("yubikey-5.7-like");
    let info = other.info();
    let none = now(other.session.fingerprint_sensor(&info));
    assert_eq!(none, Err(Error::Unsupported("fingerprints")));
}

#[test]
fn a_finger_is_enrolled_named_after_the_last_touch_and_removed() {
    let mut bench = Bench::with_pin(PROFILE);
    assert_eq!(names(&mut bench), []);
    let id = enrol(&mut bench, Finger::RightIndex);
    assert_eq!(names(&mut bench), [None]);
    let info = bench.info();
    assert!(crate::token::states(&info, "bioEnroll"));
    now(bench.session.rename_fingerprint(&info, &right(), &id, "Right index")).unwrap();
    assert_eq!(names(&mut bench), [Some("Right index".to_owned())]);

    let long = "\u{e9}".repeat(33);
    let refused = now(bench.session.rename_fingerprint(&info, &right(), &id, &long));
    assert_eq!(refused, Err(Error::TooLong { what: "The name", needed: 66, room: 64 }));
    assert_eq!(names(&mut bench), [Some("Right index".to_owned())]);

    now(bench.session.remove_fingerprint(&info, &right(), &id)).unwrap();
    assert_eq!(names(&mut bench), []);
    let gone = now(bench.session.remove_fingerprint(&info, &right(), &id));
    assert_eq!(gone, Err(Error::Status(Status::INVALID_OPTION)));
}

#[test]
fn each_touch_is_judged_and_counted() {
    let mut bench = Bench::with_pin(PROFILE);
    enrol(&mut bench, Finger::LeftThumb);
    let (info, proof, user) = (bench.info(), right(), bench.user());
    let mut enrollment = bench.session.enroll(&info, &proof);
    let touches = [
        (sample(Finger::LeftThumb, Quality::Good), 0x0B, 4),
        (sample(Finger::RightIndex, Quality::TooHigh), 0x01, 4),
        (sample(Finger::RightIndex, Quality::Good), 0x00, 3),
        (sample(Finger::RightRing, Quality::Good), 0x0A, 3),
        (Answer::TimedOut, 0x0D, 3),
        (sample(Finger::RightIndex, Quality::NotLifted), 0x0E, 3),
        (sample(Finger::RightIndex, Quality::Good), 0x00, 2),
        (sample(Finger::RightIndex, Quality::Good), 0x00, 1),
    ];
    for (answer, status, remaining) in touches {
        user.will(answer);
        let expected = Sample { status: SampleStatus(status), remaining };
        assert_eq!(now(enrollment.next()), Ok(expected), "{answer:?}");
        assert_eq!(enrollment.enrolled(), None);
    }
    user.will(sample(Finger::RightIndex, Quality::Good));
    assert_eq!(now(enrollment.next()).unwrap().remaining, 0);
    assert!(enrollment.enrolled().is_some());
    assert_eq!(now(enrollment.next()), Err(Error::Status(Status::NOT_ALLOWED)));
    drop(enrollment);
    assert_eq!(names(&mut bench).len(), 2);
}

#[test]
fn every_status_has_its_advice_and_so_do_those_that_nobody_assigned() {
    let mut advice: Vec<_> = (0..=0x0E).map(|status| SampleStatus(status).advice()).collect();
    assert!(advice.iter().all(|sentence| sentence.ends_with('.')));
    advice.dedup();
    assert_eq!(advice.len(), 15);
    assert_eq!(SampleStatus(0x7F).advice(), SampleStatus(u64::MAX).advice());
    let mut bench = Bench::with_pin(PROFILE);
    bench.replug_with(&["bio-sample-error=0x7f"]);
    let (info, proof) = (bench.info(), right());
    let sampled = now(bench.session.enroll(&info, &proof).next()).unwrap();
    assert_eq!(sampled.status, SampleStatus(0x7F));
}

#[test]
fn a_full_sensor_says_so() {
    let mut bench = Bench::with_pin(PROFILE);
    for finger in
        [Finger::LeftThumb, Finger::LeftIndex, Finger::LeftMiddle, Finger::LeftRing, Finger::LeftLittle]
    {
        enrol(&mut bench, finger);
    }
    let (info, proof) = (bench.info(), right());
    let mut enrollment = bench.session.enroll(&info, &proof);
    let full = now(enrollment.next());
    assert_eq!(full, Err(Error::Status(Status::FP_DATABASE_FULL)));
    assert!(full.unwrap_err().hint().is_some());
    drop(enrollment);
    bench.take_heard();
    assert_eq!(names(&mut bench).len(), 5);
    assert_eq!(bench.take_heard().len(), 2, "what never began is not cancelled");
}

#[test]
fn cancelled_or_dropped_in_the_middle_the_key_is_told() {
    for dropped in [false, true] {
        let mut bench = Bench::with_pin(PROFILE);
        let (info, proof, user) = (bench.info(), right(), bench.user());
        user.will(sample(Finger::RightIndex, Quality::Good));
        let mut enrollment = bench.session.enroll(&info, &proof);
        assert_eq!(now(enrollment.next()).unwrap().remaining, 3);
        if dropped {
            drop(enrollment);
        } else {
            now(enrollment.cancel()).unwrap();
        }
        let after = now(bench.session.info());
        assert!(after.is_ok());
        let heard = bench.take_heard();
        let cancel = [0x09, 0xA2, 0x01, 0x01, 0x02, 0x03];
        assert_eq!(heard.iter().filter(|message| **message == cancel).count(), 1);
        assert_eq!(heard[heard.len() - 2..], [cancel.to_vec(), vec![0x04]]);
        assert_eq!(names(&mut bench), []);
    }
}

#[test]
fn dropped_while_the_key_waits_for_the_first_touch_it_is_told_too() {
    let world = Arc::new(Mutex::new(World::with_profile(1, shipped(PROFILE))));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let mut session = Session::new(InProcess::new(move |request: Vec<u8>| {
        let (world, ears) = (Arc::clone(&world), Arc::clone(&ears));
        async move {
            ears.lock().unwrap().push(request.clone());
            // enrollBegin
            if request.starts_with(&[0x09, 0xA4, 0x01, 0x01, 0x02, 0x01]) {
                std::future::pending::<()>().await;
            }
            world.lock().unwrap().send(&request)
        }
    }));
    let info = now(session.info()).unwrap();
    now(session.set_pin(&info, &bench::pin(bench::PIN))).unwrap();
    let (info, proof) = (now(session.info()).unwrap(), right());
    let mut enrollment = session.enroll(&info, &proof);
    let first = pin!(enrollment.next()).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(first, Poll::Pending));
    drop(enrollment);
    now(session.settle()).unwrap();
    assert_eq!(heard.lock().unwrap().last().unwrap()[..], [0x09, 0xA2, 0x01, 0x01, 0x02, 0x03]);
    let count = heard.lock().unwrap().len();
    now(session.settle()).unwrap();
    assert_eq!(heard.lock().unwrap().len(), count, "once is enough");
}

#[test]
fn the_preview_s_number_serves_keys_that_state_nothing_else() {
    let mut bench = Bench::with_pin(PROFILE);
    let mut info = bench.info();
    info.options.retain(|(option, _)| option != "bioEnroll");
    bench.take_heard();
    now(bench.session.fingerprints(&info, &right())).unwrap();
    assert_eq!(bench.take_heard().last().unwrap()[0], 0x40);
}

#[test]
fn an_enrolled_finger_proves_and_another_one_does_not_until_the_pin_is_wanted() {
    let mut bench = Bench::with_pin(PROFILE);
    enrol(&mut bench, Finger::RightIndex);
    let (info, user) = (bench.info(), bench.user());
    bench.session.forget_tokens();
    assert!(now(bench.session.credential_metadata(&info, &Proof::BuiltIn)).is_ok());
    bench.session.forget_tokens();
    for _ in 0..4 {
        user.will(sample(Finger::LeftThumb, Quality::Good));
        let wrong = now(bench.session.credential_metadata(&info, &Proof::BuiltIn));
        assert_eq!(wrong, Err(Error::Status(Status::UV_INVALID)));
        assert!(wrong.unwrap_err().hint().is_some());
    }
    user.will(sample(Finger::LeftThumb, Quality::Good));
    let blocked = now(bench.session.credential_metadata(&info, &Proof::BuiltIn));
    assert_eq!(blocked, Err(Error::PinNeeded { retries: Some(8), power_cycle: false }));
    assert!(now(bench.session.credential_metadata(&info, &right())).is_ok());
}
