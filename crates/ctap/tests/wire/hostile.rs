//! No input panics, and none makes us believe more than it says.

use super::messages;
use ctap::attestation::AttestationObject;
use ctap::auth_data::AuthenticatorData;
use ctap::extension::{GetAssertionOutputs, MakeCredentialOutputs};
use ctap::{Command, Request, Response, cbor, cose};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

const COMMANDS: [Command; 11] = [
    Command::MakeCredential,
    Command::GetAssertion,
    Command::GetInfo,
    Command::ClientPin,
    Command::Reset,
    Command::GetNextAssertion,
    Command::BioEnrollment,
    Command::CredentialManagement,
    Command::Selection,
    Command::LargeBlobs,
    Command::AuthenticatorConfig,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..400)) {
        decode_as_everything(&bytes);
    }

    /// Bytes that are mostly CBOR heads reach deeper than random ones.
    #[test]
    fn arbitrary_structure(bytes in vec(prop_oneof![0x00..0x18_u8, 0x40..0x44_u8, 0x60..0x64_u8, 0x80..0x84_u8, 0xA0..0xA6_u8], 0..60)) {
        decode_as_everything(&bytes);
    }
}

proptest! {
    #[test]
    fn mutated_requests(request in messages::request(), mutations in vec(mutation(), 1..4)) {
        decode_as_everything(&mutate(request.encode(), &mutations));
    }

    #[test]
    fn mutated_responses((_, response) in messages::response(), mutations in vec(mutation(), 1..4)) {
        decode_as_everything(&mutate(Response::encode(&Ok(response)), &mutations));
    }

    #[test]
    fn mutated_authenticator_data(data in messages::auth_data(), mutations in vec(mutation(), 1..4)) {
        decode_as_everything(&mutate(data.encode(), &mutations));
    }

    #[test]
    fn mutated_attestation_objects(statement in messages::statement(), mutations in vec(mutation(), 1..4)) {
        let object = AttestationObject { statement, auth_data: vec![7; 37] };
        decode_as_everything(&mutate(object.encode(), &mutations));
    }

    #[test]
    fn every_shorter_message_is_refused(request in messages::request()) {
        let message = request.encode();
        for end in 1..message.len() {
            prop_assert!(Request::decode(&message[..end]).is_err());
        }
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Flip(Index, u8),
    Truncate(Index),
    Insert(Index, u8),
    Remove(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), 1..=u8::MAX).prop_map(|(at, bits)| Mutation::Flip(at, bits)),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        2 => any::<Index>().prop_map(Mutation::Remove),
    ]
}

fn mutate(mut bytes: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        let length = bytes.len();
        match mutation {
            Mutation::Insert(at, byte) => bytes.insert(at.index(length + 1), *byte),
            Mutation::Truncate(at) => bytes.truncate(at.index(length + 1)),
            Mutation::Flip(at, bits) if length > 0 => bytes[at.index(length)] ^= bits,
            Mutation::Remove(at) if length > 0 => drop(bytes.remove(at.index(length))),
            Mutation::Flip(..) | Mutation::Remove(_) => {}
        }
    }
    bytes
}

/// What is accepted by a decoder whose encoder is canonical must be what that encoder writes.
fn decode_as_everything(bytes: &[u8]) {
    for body in [bytes, bytes.get(1..).unwrap_or_default()] {
        if let Ok(value) = cbor::decode(body) {
            assert_eq!(cbor::encode(&value), body);
        }
        if let Ok((value, taken)) = cbor::decode_prefix(body) {
            assert_eq!(cbor::encode(&value), body[..taken]);
        }
        let _ = cose::PublicKey::decode(body);
        let _ = MakeCredentialOutputs::decode(body);
        let _ = GetAssertionOutputs::decode(body);
        let _ = AttestationObject::decode(body);
        if let Ok(data) = AuthenticatorData::decode(body) {
            assert_eq!(data.encode(), body);
        }
    }
    let _ = Request::decode(bytes);
    let success = [&[0], bytes].concat();
    for command in COMMANDS {
        let _ = Request::decode(&[&[command as u8], bytes].concat());
        let _ = Response::decode(command, bytes);
        let _ = Response::decode(command, &success);
    }
}
