//! The keys that are fuzzed, and what holds after each answer.

use authenticator::{Profile, platform::Store, testing::World};
use ciborium::Value;
use ctap::{Command, Response, auth_data::AuthenticatorData, hid::MAX_PAYLOAD};

/// A key of one of the shipped profiles.
pub(crate) fn world(profile: u8) -> World {
    let profiles: Vec<_> = Profile::shipped().collect();
    let index = usize::from(profile) % profiles.len();
    World::with_profile(1, profiles[index].clone())
}

/// What holds after any message.
pub(crate) fn check(world: &World, message: &[u8], answer: &[u8]) {
    let Some(&status) = answer.first() else { panic!("an answer is never empty") };
    assert!(answer.len() <= MAX_PAYLOAD, "an answer fits one message");
    if status == 0x00 {
        let command =
            message.first().and_then(|byte| Command::from_byte(*byte)).expect("only commands succeed");
        let decoded = Response::decode(command, answer).expect("what succeeds decodes");
        assert_eq!(Response::encode(&Ok(decoded)), answer, "and is canonical");
        if matches!(command, Command::MakeCredential | Command::GetAssertion | Command::GetNextAssertion) {
            check_flags(answer);
        }
    } else {
        assert_eq!(answer.len(), 1, "a refusal says nothing else");
    }
    check_store(world);
}

/// BS never without BE (WebAuthn §6.1.3).
fn check_flags(answer: &[u8]) {
    const BE: u8 = 0x08;
    const BS: u8 = 0x10;
    let Ok(Value::Map(members)) = ctap::cbor::decode(&answer[1..]) else { panic!("the answer is a map") };
    let data = members.iter().find(|(key, _)| key.as_integer() == Some(2.into())).map(|(_, value)| value);
    let data = data.and_then(Value::as_bytes).expect("authenticator data are member 2");
    let flags = AuthenticatorData::decode(data).expect("authenticator data decode").flags;
    assert!(flags.has(BE) || !flags.has(BS), "backed up and not eligible for it: {flags:?}");
}

/// What a key keeps stays within what its profile says.
fn check_store(world: &World) {
    let limits = world.key.profile().limits;
    let credentials = world.store.all().expect("a store in memory is there");
    let discoverable = credentials.iter().filter(|credential| credential.discoverable).count();
    assert!(discoverable as u64 <= limits.discoverable_credentials);
    let state = world.store.state().expect("a store in memory is there");
    assert!(state.large_blob_array.as_ref().map_or(0, Vec::len) as u64 <= limits.large_blob_array);
    assert!(state.fingerprints.len() as u64 <= limits.fingerprints);
}
