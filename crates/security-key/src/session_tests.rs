use super::*;
use crate::InProcess;
use ctap::Command;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Resolves a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// A key that answers every message with these bytes.
fn answering(bytes: &'static [u8]) -> Session<InProcess> {
    Session::new(InProcess::new(move |_| ready(bytes.to_vec())))
}

#[test]
fn a_request_reaches_the_key_as_ctap_bytes_and_the_answer_comes_back_typed() {
    let key = |request: Vec<u8>| {
        assert_eq!(request, [0x04], "authenticatorGetInfo has no parameters");
        // {1: ["FIDO_2_1"], 3: 16 zero bytes}
        ready([b"\x00\xa2\x01\x81\x68FIDO_2_1\x03\x50".as_slice(), &[0; 16]].concat())
    };
    let info = now(Session::new(InProcess::new(key)).info()).unwrap();
    assert_eq!(info.versions, ["FIDO_2_1"]);
}

#[test]
fn a_refusal_is_the_key_s_own_status() {
    assert_eq!(now(answering(&[0x30]).next_assertion()), Err(Error::Status(Status::NOT_ALLOWED)));
    assert_eq!(now(answering(&[0xE1]).info()), Err(Error::Status(Status(0xE1))));
}

#[test]
fn an_answer_that_is_no_ctap_is_told_from_a_refusal() {
    assert_eq!(now(answering(&[]).info()), Err(Error::Answer(Command::GetInfo, Status::INVALID_LENGTH)));
    for broken in [b"\x00\xa1\x01".as_slice(), b"\x00\xa0\x00"] {
        assert!(
            matches!(now(answering(broken).info()), Err(Error::Answer(Command::GetInfo, _))),
            "{broken:?}"
        );
    }
}
