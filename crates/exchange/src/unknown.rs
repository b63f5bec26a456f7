use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
};

use serde_json::Value;
use zeroize::Zeroize;

/// Members of a format that [`Passkey`](crate::Passkey) has no place for, by the format's name and their path in it:
/// `cxf:item.subtitle`. Any of them may be a secret: wiped when dropped.
#[derive(Clone, Default, PartialEq)]
pub struct Unknown(BTreeMap<String, Value>);

impl Deref for Unknown {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Unknown {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<BTreeMap<String, Value>> for Unknown {
    fn from(members: BTreeMap<String, Value>) -> Self {
        Self(members)
    }
}

impl Drop for Unknown {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

/// Overwrites what a value holds. A list of numbers may be a key written out.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Number(number) => {
            *number = 0.into();
            std::hint::black_box(number);
        }
        Value::Null | Value::Bool(_) => {}
    }
}
