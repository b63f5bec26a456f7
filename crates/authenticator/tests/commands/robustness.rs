use authenticator::{
    Authenticator, Transport,
    platform::{Answer, Store},
    testing::world,
};
use ctap::{Request, Status, credential_management::Params};
use proptest::prelude::*;

use crate::platform_side::*;

#[test]
fn the_answers_future_crosses_threads() {
    fn sends<T: Send>(_: T) {}
    fn check(key: &mut Authenticator) {
        sends(key.handle(&[0x04], Transport::Usb));
    }
    check(&mut world(1).key);
}

// proves: determinism
#[test]
fn the_same_seed_and_requests_give_the_same_bytes() {
    let run = |seed| {
        let mut world = world(seed);
        let mut answers = Vec::new();
        for id in 1..=2 {
            answers.push(world.send(&Request::MakeCredential(register("a", id)).encode()));
        }
        world.user.will(Answer::Approved { account: 1, verified: true });
        answers.push(world.send(&Request::GetAssertion(sign_in("a")).encode()));
        answers.push(world.send(&[0x06, 0xA2, 0x01, 0x02, 0x02, 0x02]));
        answers.push(world.send(&[0x04]));
        assert!(answers.iter().all(|answer| answer[0] == 0));
        answers
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1)[0], run(2)[0]);
}

// proves: status-bytes
#[test]
fn messages_that_are_none_have_their_statuses() {
    let mut world = world(1);
    for (message, status) in [
        (vec![], Status::INVALID_LENGTH),
        (vec![0x99], Status::INVALID_COMMAND),
        (vec![0x01, 0xA0], Status::MISSING_PARAMETER),
        (vec![0x06, 0xA1, 0x02, 0x61, 0x41], Status::CBOR_UNEXPECTED_TYPE),
        (vec![0x01, 0xBF, 0xFF], Status::INVALID_CBOR),
        (vec![0; 7610], Status::REQUEST_TOO_LARGE),
    ] {
        assert_eq!(world.send(&message), [status.0], "{message:x?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_and_every_answer_has_a_status(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8),
    ) {
        let mut world = world(1);
        for message in messages {
            prop_assert!(!world.send(&message).is_empty());
        }
    }

    /// Nearly right messages reach deeper than arbitrary ones.
    #[test]
    fn no_mutation_of_a_good_message_panics(
        which in 0usize..5,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut world = world(1);
        make(&mut world, &register("a", 1)).unwrap();
        let session = Session::open(&mut world, ctap::pin_protocol::Version::Two);
        let mut message = match which {
            0 => Request::MakeCredential(register("a", 1)),
            1 => Request::GetAssertion(sign_in("a")),
            2 => Request::ClientPin(session.request(3)),
            3 => Request::ClientPin(ctap::client_pin::Request { permissions: Some(1), ..session.request(6) }),
            _ => Request::CredentialManagement(Token(session.version, [1; 32]).manage(6, Some(Params::default()))),
        }
        .encode();
        for (at, byte) in flips {
            let at = at.index(message.len());
            message[at] = byte;
        }
        let whole = world.send(&message);
        prop_assert!(!whole.is_empty());
        message.truncate(keep.index(message.len()));
        prop_assert!(!world.send(&message).is_empty());
        prop_assert!(world.store.state().is_ok());
    }
}
