//! What is encoded is canonical and decodes to the same.

use super::messages;
use ciborium::{Value, cbor};
use ctap::attestation::AttestationObject;
use ctap::auth_data::AuthenticatorData;
use ctap::extension::{CredProtect, GetAssertionOutputs, MakeCredentialOutputs};
use ctap::{Request, Response, Status, cbor::decode, cose};
use proptest::prelude::*;

proptest! {
    #[test]
    fn requests(request in messages::request()) {
        let message = request.encode();
        assert_canonical(&message[1..]);
        prop_assert_eq!(message[0], request.command() as u8);
        prop_assert_eq!(Request::decode(&message), Ok(request));
    }

    #[test]
    fn responses((command, response) in messages::response()) {
        let result = Ok(response);
        let message = Response::encode(&result);
        assert_canonical(&message[1..]);
        prop_assert_eq!(message[0], 0);
        prop_assert_eq!(Response::decode(command, &message), result);
    }

    #[test]
    fn statuses((command, _) in messages::response(), status in 1..=u8::MAX) {
        let result = Err(Status(status));
        let message = Response::encode(&result);
        prop_assert_eq!(&message, &[status]);
        prop_assert_eq!(Response::decode(command, &message), result);
    }

    #[test]
    fn public_keys(key in messages::public_key()) {
        assert_canonical(&key.encode());
        prop_assert_eq!(cose::PublicKey::decode(&key.encode()), Ok(key));
    }

    #[test]
    fn authenticator_data(data in messages::auth_data()) {
        prop_assert_eq!(AuthenticatorData::decode(&data.encode()), Ok(data));
    }

    #[test]
    fn attestation_objects(statement in messages::statement(), data in messages::auth_data()) {
        let object = AttestationObject { statement, auth_data: data.encode() };
        assert_canonical(&object.encode());
        prop_assert_eq!(AttestationObject::decode(&object.encode()), Ok(object));
    }

    #[test]
    fn extension_outputs(hmac_secret in any::<Option<bool>>(), encrypted in any::<Vec<u8>>()) {
        for cred_protect in [None, Some(CredProtect::UserVerificationRequired.into()), Some(9)] {
            let made = MakeCredentialOutputs {
                cred_protect,
                cred_blob: hmac_secret,
                min_pin_length: hmac_secret.map(u64::from),
                pin_complexity_policy: hmac_secret,
                hmac_secret,
                hmac_secret_mc: hmac_secret.map(|_| encrypted.clone()),
            };
            let read = made.encode().map(|bytes| MakeCredentialOutputs::decode(&bytes));
            let expected = (made != MakeCredentialOutputs::default()).then_some(Ok(made));
            prop_assert_eq!(read, expected);
        }
        let asserted = GetAssertionOutputs {
            cred_blob: Some(encrypted.clone()),
            hmac_secret: Some(encrypted),
            third_party_payment: hmac_secret,
        };
        prop_assert_eq!(GetAssertionOutputs::decode(&asserted.encode().unwrap()), Ok(asserted));
    }
}

#[test]
fn an_object_of_a_compound_statement_may_nest_deeper() {
    let inner = cbor!([{"fmt" => "packed", "attStmt" => {"alg" => -7, "x5c" => [[0]]}}]).unwrap();
    let statement = ctap::attestation::Statement::Other("compound".to_owned(), inner);
    let bytes = AttestationObject { statement, auth_data: vec![1] }.encode();
    assert_eq!(AttestationObject::decode(&bytes).map(|object| object.encode()), Ok(bytes));
}

/// Reads the bytes with our strict reader and with ciborium, which was written by others.
fn assert_canonical(bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let theirs: Value = ciborium::from_reader(bytes).unwrap();
    match decode(bytes) {
        Ok(ours) => assert_eq!(ours, theirs),
        Err(status) => panic!("{status:?}: {bytes:02X?}"),
    }
}
