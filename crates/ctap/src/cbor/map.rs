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

    /// A whole map of any well-formed bytes.
    ///
    /// # Errors
    /// As [`super::decode_lenient`], and `CBOR_UNEXPECTED_TYPE` where the item is no map.
    pub fn decode_lenient(bytes: &[u8]) -> Result<Self, Status> {
        Self::from_value(super::decode_lenient(bytes)?)
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
        match self.position(&key.into()) {
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

    /// Takes a member that can be read. One that cannot stays, for [`Map::unread`].
    pub fn told<T: Member>(&mut self, key: impl Into<Value>) -> Option<T> {
        self.told_as(key, T::from_value)
    }

    /// [`Map::told`] by another way of reading.
    pub fn told_as<T>(
        &mut self,
        key: impl Into<Value>,
        read: impl FnOnce(Value) -> Result<T, Status>,
    ) -> Option<T> {
        self.told_part(key, |value| Some((read(value).ok()?, true)))
    }

    /// Takes the entries of a list that can be read. Where one cannot, the whole list stays, too.
    pub fn told_list<T: Member>(&mut self, key: impl Into<Value>) -> Vec<T> {
        self.told_part(key, entries).unwrap_or_default()
    }

    /// Takes what `read` makes of a member. Where `read` says false beside it, it is not all that stood there, and the
    /// member stays, too.
    pub fn told_part<T>(
        &mut self,
        key: impl Into<Value>,
        read: impl FnOnce(Value) -> Option<(T, bool)>,
    ) -> Option<T> {
        let index = self.position(&key.into())?;
        let (told, whole) = read(self.0.get(index)?.1.clone())?;
        if whole {
            self.0.swap_remove(index);
        }
        Some(told)
    }

    /// Whether there still is such a member.
    pub fn holds(&self, key: impl Into<Value>) -> bool {
        self.position(&key.into()).is_some()
    }

    /// The members that were not taken, by rising key; without those whose key is no unsigned integer, which no map of
    /// a response has.
    pub fn unread(self) -> Vec<(u64, Value)> {
        let keyed = self.0.into_iter().filter_map(|(key, value)| Some((u64::from_value(key).ok()?, value)));
        let mut members: Vec<_> = keyed.collect();
        members.sort_by_key(|(key, _)| *key);
        members
    }

    fn position(&self, key: &Value) -> Option<usize> {
        self.0.iter().position(|(candidate, _)| candidate == key)
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

    /// With members as they came, each in place of the one that was written under its key.
    #[must_use]
    pub fn with_unread(mut self, members: Vec<(u64, Value)>) -> Self {
        for (key, value) in members {
            let key = key.into();
            self.0.retain(|(written, _)| *written != key);
            self.0.push((key, value));
        }
        self
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

/// The entries of a list that can be read, and whether those are all.
pub(crate) fn entries<T: Member>(value: Value) -> Option<(Vec<T>, bool)> {
    let values = value.into_array().ok()?;
    let count = values.len();
    let entries: Vec<_> = values.into_iter().filter_map(|value| T::from_value(value).ok()).collect();
    let whole = entries.len() == count;
    Some((entries, whole))
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
