//! What is sent to either side: the same bytes.

use ciborium::Value;

const RP_ID: &str = "latchkey.example";

/// authenticatorMakeCredential: a discoverable ES256 credential for one account, which each next one replaces.
pub fn make_credential() -> Vec<u8> {
    let user = map([("id", bytes(b"ada-1")), ("name", "ada".into()), ("displayName", "Ada".into())]);
    let es256 = map([("alg", Value::from(-7)), ("type", "public-key".into())]);
    command(
        0x01,
        vec![
            (1, bytes(&[0x11; 32])),
            (2, map([("id", RP_ID.into()), ("name", "Latchkey".into())])),
            (3, user),
            (4, Value::Array(vec![es256])),
            (7, map([("rk", true.into()), ("uv", true.into())])),
        ],
    )
}

/// authenticatorGetAssertion with the credential that `registered`, a makeCredential response, made.
///
/// # Panics
/// Where that is not what it is.
pub fn get_assertion(registered: &[u8]) -> Vec<u8> {
    assert_eq!(registered.first(), Some(&0x00), "{registered:02x?}");
    let response: Value = ciborium::from_reader(&registered[1..]).expect("CBOR");
    let members = response.into_map().expect("a map");
    let auth_data = members.into_iter().find_map(|(key, value)| (key == Value::from(2)).then_some(value));
    let auth_data = auth_data.expect("authenticator data").into_bytes().expect("bytes");
    let id_length = usize::from(u16::from_be_bytes([auth_data[53], auth_data[54]]));
    let descriptor = map([("id", bytes(&auth_data[55..55 + id_length])), ("type", "public-key".into())]);
    // soft-fido2 protects what a verified person made by credProtect 3, so the assertion is by one, too.
    let options = map([("uv", true.into())]);
    command(
        0x02,
        vec![(1, RP_ID.into()), (2, bytes(&[0x22; 32])), (3, Value::Array(vec![descriptor])), (5, options)],
    )
}

fn command(byte: u8, members: Vec<(i64, Value)>) -> Vec<u8> {
    let mut encoded = vec![byte];
    let members = members.into_iter().map(|(key, value)| (key.into(), value)).collect();
    ciborium::into_writer(&Value::Map(members), &mut encoded).expect("memory");
    encoded
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}
