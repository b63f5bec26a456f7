use toml::de::{DeTable, DeValue};

use super::value::Value;
use crate::profile::{
    fault::Notes,
    words::{quoted, suggest},
};

/// One table of the file. Its members are taken out one by one; what is left over nobody knows.
pub(super) struct Section<'i> {
    path: String,
    at: usize,
    members: DeTable<'i>,
    known: Vec<&'static str>,
}

impl<'i> Section<'i> {
    pub(super) fn new(path: String, at: usize, members: DeTable<'i>) -> Self {
        Self { path, at, members, known: Vec::new() }
    }

    /// The member `key`, else what is inherited, else a fault.
    pub(super) fn member<T>(
        &mut self,
        notes: &mut Notes<'_>,
        key: &'static str,
        inherited: Option<T>,
        read: impl FnOnce(Value<'i>, &mut Notes<'_>) -> Option<T>,
    ) -> Option<T> {
        if let Some(value) = self.take(notes, key) {
            return read(value, notes);
        }
        if inherited.is_none() {
            notes.fault(
                self.at,
                format!("`{}` is missing.", self.path_of(key)),
                "State it, or begin with `extends = \"device-bound\"` and state only what differs.",
            );
        }
        inherited
    }

    /// The table `key`, empty where it is not there.
    pub(super) fn section(&mut self, notes: &mut Notes<'_>, key: &'static str) -> Option<Section<'i>> {
        match self.take(notes, key) {
            Some(value) => value.table(notes),
            None => Some(Section::new(self.path_of(key), self.at, DeTable::new())),
        }
    }

    /// The member `key` where it is there.
    pub(super) fn take(&mut self, notes: &mut Notes<'_>, key: &'static str) -> Option<Value<'i>> {
        self.known.push(key);
        let value = self.members.remove(key)?;
        let (at, path) = (value.span().start, self.path_of(key));
        notes.place(path.clone(), at);
        Some(Value::new(path, at, value.into_inner()))
    }

    /// Says what nobody knows.
    pub(super) fn finish(self, notes: &mut Notes<'_>) {
        for (key, value) in &self.members {
            let what = if matches!(value.get_ref(), DeValue::Table(_)) { "table" } else { "key" };
            let place = if self.path.is_empty() { String::new() } else { format!(" in `[{}]`", self.path) };
            notes.fault(
                key.span().start,
                format!("Profiles have no {what} {}{place}.", quoted(key.get_ref())),
                suggest(key.get_ref(), &self.known),
            );
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
