//! JSON as a file of secrets: a member that stands twice is an error, because either could be meant, and the
//! tree is wiped when it goes.

use std::{cell::Cell, fmt, ops::Deref, str};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use zeroize::Zeroizing;

use crate::{base64, document::plain, error::Error, unknown::wipe};

/// Many times what an export of ten thousand entries has: a value takes far more memory than its letters.
const MOST_VALUES: usize = 2_000_000;

/// The members of an object.
pub(crate) type Object = Map<String, Value>;

/// A tree that is wiped when dropped.
pub(crate) struct Tree(Value);

impl Tree {
    /// The tree of a whole file. Nesting is bounded by `serde_json` at 128.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let text = str::from_utf8(bytes).map_err(|error| Error::NotText(error.valid_up_to()))?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Err(Error::Empty);
        }
        serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string();
            // The place is told by the members.
            let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason).to_owned();
            Error::Json { line: error.line(), column: error.column(), reason }
        })
    }

    /// The tree of a file whose format is not known yet: what stands twice is told later, by [`Tree::parse`].
    pub(crate) fn glance(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
        let building = Building { values: &Cell::new(0), may_repeat: true };
        building.deserialize(&mut serde_json::Deserializer::from_slice(bytes)).ok().map(Self)
    }

    /// The file's bytes, to be wiped.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let written = serde_json::to_vec_pretty(&self.0).map(Zeroizing::new);
        written.map_err(|error| Error::Carrier(error.to_string()))
    }
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Deref for Tree {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Building::strict(&Cell::new(0)).deserialize(deserializer).map(Self)
    }
}

/// The text of a member; nothing where it is absent or null. Early drafts of CXF write `{"value": text}`.
pub(crate) fn text<'a>(object: &'a Object, name: &str) -> Result<Option<&'a str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Object(field)) if field.get("value").is_some_and(Value::is_string) => {
            text(field, "value")
        }
        Some(_) => Err(format!("Its {name} is no text.")),
    }
}

/// The text of a member that has to be there.
pub(crate) fn required<'a>(object: &'a Object, name: &str) -> Result<&'a str, String> {
    text(object, name)?.ok_or_else(|| missing(name))
}

/// Bytes: base64 of either alphabet, or their numbers as a list.
pub(crate) fn bytes(object: &Object, name: &str) -> Result<Option<Vec<u8>>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => bytes_of(value).map(Some).ok_or_else(|| format!("Its {name} is not base64.")),
    }
}

/// Bytes that have to be there.
pub(crate) fn required_bytes(object: &Object, name: &str) -> Result<Vec<u8>, String> {
    bytes(object, name)?.ok_or_else(|| missing(name))
}

/// As [`bytes`], from the value itself.
pub(crate) fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) if text.contains(',') => {
            text.split(',').map(|number| number.trim().parse().ok()).collect()
        }
        Value::String(text) => base64::decode(text),
        Value::Array(numbers) => {
            numbers.iter().map(|number| number.as_u64().and_then(|number| number.try_into().ok())).collect()
        }
        _ => None,
    }
}

/// A member that is true or false.
pub(crate) fn boolean(object: &Object, name: &str) -> Result<Option<bool>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(boolean)) => Ok(Some(*boolean)),
        Some(_) => Err(format!("Its {name} is neither true nor false.")),
    }
}

/// A counter, as a number or, as Bitwarden has it, as text; nothing where it is null.
pub(crate) fn counter(object: &Object, name: &str) -> Result<Option<u32>, String> {
    let number = match object.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|number| number.try_into().ok()),
    };
    number.map(Some).ok_or_else(|| format!("Its {name} is no number from 0 to {}.", u32::MAX))
}

/// The elements of a member that is a list; none where it is absent.
pub(crate) fn list<'a>(object: &'a Object, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text where it says something.
pub(crate) fn said(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What a value takes when it is copied, in bytes, about.
pub(crate) fn weight(value: &Value) -> usize {
    const EACH: usize = 32;
    EACH + match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(weight).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

pub(crate) fn missing(name: &str) -> String {
    format!("Its {name} is missing.")
}

/// How a tree is built: without members that stand twice, and of no more values than a file of passkeys has. Byte
/// strings, which MessagePack has, become lists of numbers.
#[derive(Clone, Copy)]
struct Building<'a> {
    values: &'a Cell<usize>,
    may_repeat: bool,
}

impl<'a> Building<'a> {
    fn strict(values: &'a Cell<usize>) -> Self {
        Self { values, may_repeat: false }
    }
}

impl<'de> DeserializeSeed<'de> for Building<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let values = self.values.get() + 1;
        if values > MOST_VALUES {
            return Err(de::Error::custom(format!("it has more than {MOST_VALUES} values")));
        }
        self.values.set(values);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Building<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Bool(boolean))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(bytes.to_vec().into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(self)?;
            if !self.may_repeat && members.contains_key(&name) {
                return Err(de::Error::custom(format!(
                    "the member {:?} stands twice in one object",
                    plain(&name)
                )));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        Tree::parse(text.as_bytes()).err().unwrap().to_string()
    }

    #[test]
    fn a_member_that_stands_twice_is_told_with_its_place() {
        let said = reason("{\"key\": 1,\n \"key\": 2}");
        assert!(said.contains("line 2") && said.contains("\"key\" stands twice"), "{said}");
    }

    #[test]
    fn deep_nesting_and_other_text_are_refused() {
        assert!(reason(&"[".repeat(100_000)).contains("recursion limit"));
        assert!(matches!(Tree::parse(b"\xFF\xFE{\0}\0"), Err(Error::NotText(0))));
        assert!(matches!(Tree::parse(b"  \n"), Err(Error::Empty)));
        assert!(reason("{\"a\": }").contains("line 1, column 7"));
    }

    #[test]
    fn a_tree_of_very_many_values_is_refused() {
        assert!(reason(&format!("[{}0]", "0,".repeat(MOST_VALUES))).contains("more than 2000000 values"));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert!(Tree::parse("\u{FEFF}{}".as_bytes()).is_ok());
    }

    #[test]
    fn bytes_stand_in_many_clothes() {
        for text in [r#""-_8""#, r#""+/8=""#, r#""251,255""#, r#""251, 255""#, "[251,255]"] {
            let tree = Tree::parse(text.as_bytes()).unwrap();
            assert_eq!(bytes_of(&tree), Some(vec![251, 255]), "{text}");
        }
        for text in [r#""*""#, r#""251,256""#, "[256]", "[-1]", "7", r#"{"a":1}"#] {
            let tree = Tree::parse(text.as_bytes()).unwrap();
            assert_eq!(bytes_of(&tree), None, "{text}");
        }
    }
}
