//! Typed access to the members of a map: what is absent and what has another type get different statuses.

use super::encode;
use crate::Status;
use ciborium::Value;

/// What a member of a map is read as and written from.
pub trait Member: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// `CBOR_UNEXPECTED_TYPE` for another CBOR type, and what the type itself refuses.
    fn from_value(value: Value) -> Result<Self, Status>;

    /// The value that [`Member::from_value`] reads.
    fn into_value(self) -> Value;
}

/// A map whose members are taken out by key; what nobody takes is ignored.
pub struct Map(Vec<(Value, Value)>);

impl Map {
    /// A whole map of canonical bytes.
    ///
    /// # Errors
    /// As [`super::decode`], and `CBOR_UNEXPECTED_TYPE` where the item is no map.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        Self::from_value(super::decode(bytes)?)
    }

    /// Takes a member that must be there.
    ///
    /// # Errors
    /// `MISSING_PARAMETER` where it is absent, else as [`Member::from_value`].
    pub fn required<T: Member>(&mut self, key: impl Into<Value>) -> Result<T, Status> {
        self.optional(key)?.ok_or(Status::MISSING_PARAMETER)
    }

    /// Takes a member that may be absent.
    ///
    /// # Errors
    /// As [`Member::from_value`] where it is there.
    pub fn optional<T: Member>(&mut self, key: impl Into<Value>) -> Result<Option<T>, Status> {
        let key = key.into();
        match self.0.iter().position(|(candidate, _)| *candidate == key) {
            Some(index) => T::from_value(self.0.swap_remove(index).1).map(Some),
            None => Ok(None),
        }
    }

    /// Takes a list that may be absent, which is the same as an empty one.
    ///
    /// # Errors
    /// As [`Map::optional`].
    pub fn list<T: Member>(&mut self, key: impl Into<Value>) -> Result<Vec<T>, Status> {
        Ok(self.optional(key)?.unwrap_or_default())
    }

    /// The members that were not taken, in no particular order.
    pub fn rest(self) -> Vec<(Value, Value)> {
        self.0
    }
}

/// A map that is being written. Members come in the order of the specification; the encoder sorts.
#[derive(Default)]
pub struct Entries(Vec<(Value, Value)>);

impl Entries {
    /// With a member.
    #[must_use]
    pub fn with(mut self, key: impl Into<Value>, member: impl Member) -> Self {
        self.0.push((key.into(), member.into_value()));
        self
    }

    /// With a member where there is one.
    #[must_use]
    pub fn with_optional(self, key: impl Into<Value>, member: Option<impl Member>) -> Self {
        match member {
            Some(member) => self.with(key, member),
            None => self,
        }
    }

    /// With a list that is left out where it is empty.
    #[must_use]
    pub fn with_list<T: Member>(self, key: impl Into<Value>, members: Vec<T>) -> Self {
        if members.is_empty() { self } else { self.with(key, members) }
    }

    /// Whether no member was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Canonical bytes.
    pub fn encode(self) -> Vec<u8> {
        encode(&self.into_value())
    }

    /// The map as a value.
    pub fn into_value(self) -> Value {
        Value::Map(self.0)
    }
}

impl Member for Map {
    fn from_value(value: Value) -> Result<Self, Status> {
        value.into_map().map(Self).map_err(unexpected)
    }

    fn into_value(self) -> Value {
        Value::Map(self.0)
    }
}

impl Member for Value {
    fn from_value(value: Value) -> Result<Self, Status> {
        Ok(value)
    }

    fn into_value(self) -> Value {
        self
    }
}

impl Member for bool {
    fn from_value(value: Value) -> Result<Self, Status> {
        value.into_bool().map_err(unexpected)
    }

    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

/// A negative integer is of another CBOR type than an unsigned one.
impl Member for u64 {
    fn from_value(value: Value) -> Result<Self, Status> {
        value.into_integer().map_err(unexpected)?.try_into().map_err(unexpected)
    }

    fn into_value(self) -> Value {
        self.into()
    }
}

/// An integer of either sign. One beyond 64 bits names nothing that is known.
impl Member for i64 {
    fn from_value(value: Value) -> Result<Self, Status> {
        let integer = value.into_integer().map_err(unexpected)?;
        integer.try_into().map_err(|_| Status::INVALID_PARAMETER)
    }

    fn into_value(self) -> Value {
        self.into()
    }
}

impl Member for String {
    fn from_value(value: Value) -> Result<Self, Status> {
        value.into_text().map_err(unexpected)
    }

    fn into_value(self) -> Value {
        Value::Text(self)
    }
}

impl Member for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, Status> {
        value.into_bytes().map_err(unexpected)
    }

    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
}

/// "Invalid message or item length" is what `INVALID_LENGTH` stands for (§8.2).
impl<const N: usize> Member for [u8; N] {
    fn from_value(value: Value) -> Result<Self, Status> {
        Vec::from_value(value)?.try_into().map_err(|_| Status::INVALID_LENGTH)
    }

    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<T: Member> Member for Vec<T> {
    fn from_value(value: Value) -> Result<Self, Status> {
        value.into_array().map_err(unexpected)?.into_iter().map(T::from_value).collect()
    }

    fn into_value(self) -> Value {
        Value::Array(self.into_iter().map(T::into_value).collect())
    }
}

fn unexpected<E>(_: E) -> Status {
    Status::CBOR_UNEXPECTED_TYPE
}
