//! CBOR by ciborium, apart from the program's own encoder.

use ciborium::Value;

/// A map in the order given.
pub(crate) fn map<K: Into<Value>>(members: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

pub(crate) fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut encoded = Vec::new();
    ciborium::into_writer(value, &mut encoded).unwrap();
    encoded
}

/// One value and nothing after it.
pub(crate) fn decode(mut encoded: &[u8]) -> Value {
    let value = ciborium::from_reader(&mut encoded).unwrap();
    assert!(encoded.is_empty(), "nothing follows the value");
    value
}

/// A member of a map by its number.
pub(crate) fn member(map: &Value, key: i64) -> Option<&Value> {
    let members = map.as_map().unwrap();
    members.iter().find_map(|(name, value)| (*name == Value::from(key)).then_some(value))
}

/// A member of a map by its name.
pub(crate) fn named<'a>(map: &'a Value, key: &str) -> Option<&'a Value> {
    let members = map.as_map().unwrap();
    members.iter().find_map(|(name, value)| (name.as_text() == Some(key)).then_some(value))
}
