use std::ops::RangeInclusive;

use toml::de::DeValue;

use super::section::Section;
use crate::profile::{
    aaguid,
    fault::Notes,
    words::{ABSENT, ALGORITHMS, quoted, suggest},
};

/// A value and where it stands.
pub(super) struct Value<'i> {
    path: String,
    at: usize,
    content: DeValue<'i>,
}

impl<'i> Value<'i> {
    pub(super) fn new(path: String, at: usize, content: DeValue<'i>) -> Self {
        Self { path, at, content }
    }

    /// The byte at which it stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn text(self, notes: &mut Notes<'_>) -> Option<String> {
        match self.content {
            DeValue::String(text) => Some(text.into_owned()),
            _ => self.wrong_type(notes, "text between quotes"),
        }
    }

    pub(super) fn flag(self, notes: &mut Notes<'_>) -> Option<bool> {
        match self.content {
            DeValue::Boolean(flag) => Some(flag),
            _ => self.wrong_type(notes, "`true` or `false`"),
        }
    }

    /// A whole number of this range, which `section` demands.
    pub(super) fn number<N: TryFrom<u64>>(
        self,
        notes: &mut Notes<'_>,
        range: RangeInclusive<u64>,
        section: &str,
    ) -> Option<N> {
        let (least, most) = (range.start(), range.end());
        let DeValue::Integer(number) = &self.content else {
            return self.wrong_type(notes, &format!("a whole number from {least} to {most}"));
        };
        let digits = number.as_str();
        let read = u64::from_str_radix(digits, number.radix()).ok().filter(|number| range.contains(number));
        if read.is_none() {
            notes.fault(
                self.at,
                format!(
                    "`{}` is {}, and must be from {least} to {most}{section}.",
                    self.path,
                    quoted(&number.to_string())
                ),
                format!("Write a number from {least} to {most}."),
            );
        }
        read.and_then(|number| N::try_from(number).ok())
    }

    /// Text of at most so many characters, without control characters.
    pub(super) fn line(self, notes: &mut Notes<'_>, longest: usize) -> Option<String> {
        let (at, path) = (self.at, self.path.clone());
        let text = self.text(notes)?;
        if (1..=longest).contains(&text.chars().count()) && !text.contains(char::is_control) {
            return Some(text);
        }
        notes.fault(
            at,
            format!("`{path}` is empty, longer than {longest} characters, or more than a line."),
            format!("Write one line of at most {longest} characters."),
        );
        None
    }

    /// A name: what other programs see as the key's serial number.
    pub(super) fn name(self, notes: &mut Notes<'_>) -> Option<String> {
        const LONGEST: usize = 63;
        let at = self.at;
        let text = self.text(notes)?;
        let fits =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.".contains(letter);
        if (1..=LONGEST).contains(&text.len()) && text.chars().all(fits) {
            return Some(text);
        }
        notes.fault(
            at,
            format!("{} is no name: USB shows it as the key's serial number.", quoted(&text)),
            format!("Write 1 to {LONGEST} of a to z, 0 to 9, hyphen and full stop."),
        );
        None
    }

    pub(super) fn aaguid(self, notes: &mut Notes<'_>) -> Option<[u8; 16]> {
        let at = self.at;
        let text = self.text(notes)?;
        let aaguid = aaguid::parse(&text);
        if aaguid.is_none() {
            notes.fault(
                at,
                format!("{} is no AAGUID: it is a UUID (WebAuthn §6.5.1).", quoted(&text)),
                "Write 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12, as `uuidgen` prints them.",
            );
        }
        aaguid
    }

    pub(super) fn word<T: Copy>(self, notes: &mut Notes<'_>, known: &[(&str, T)]) -> Option<T> {
        let (at, path) = (self.at, self.path.clone());
        let said = self.text(notes)?;
        let found = known.iter().find(|(word, _)| *word == said).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<_> = known.iter().map(|(word, _)| *word).collect();
            notes.fault(at, format!("`{path}` cannot be {}.", quoted(&said)), suggest(&said, &known));
        }
        found
    }

    /// Words that are known, none of them twice.
    pub(super) fn words(self, notes: &mut Notes<'_>, known: &[&str]) -> Option<Vec<String>> {
        let path = self.path.clone();
        self.list(notes, |said, at, notes| {
            let found = known.contains(&said.as_str());
            if !found {
                let (message, hint) = unknown_word(&path, &said, known);
                notes.fault(at, message, hint);
            }
            found.then_some(said)
        })
    }

    pub(super) fn algorithms(self, notes: &mut Notes<'_>) -> Option<Vec<i64>> {
        let names: Vec<_> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        let chosen = self.words(notes, &names)?;
        let id = |said: &String| ALGORITHMS.iter().find(|(name, _)| name == said).map(|(_, id)| *id);
        chosen.iter().map(id).collect()
    }

    /// RP IDs: domains, small, without scheme or port (WebAuthn §4).
    pub(super) fn rp_ids(self, notes: &mut Notes<'_>) -> Option<Vec<String>> {
        let fits =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.".contains(letter);
        self.list(notes, |said, at, notes| {
            let domain = (1..=253).contains(&said.len()) && said.chars().all(fits);
            if !domain {
                notes.fault(
                    at,
                    format!("{} is no RP ID: that is a domain (WebAuthn §4).", quoted(&said)),
                    "Write it as `example.com`: small, without scheme, port and path.",
                );
            }
            domain.then_some(said)
        })
    }

    /// Texts, none of them twice; what `read` refuses is left out, and then the whole list counts as refused.
    pub(super) fn list(
        self,
        notes: &mut Notes<'_>,
        mut read: impl FnMut(String, usize, &mut Notes<'_>) -> Option<String>,
    ) -> Option<Vec<String>> {
        let DeValue::Array(elements) = self.content else {
            return self.wrong_type(notes, "a list of texts between square brackets");
        };
        let mut texts = Vec::new();
        let mut complete = true;
        for element in elements {
            let at = element.span().start;
            let element = Value::new(format!("an element of {}", self.path), at, element.into_inner());
            let text = element.text(notes).and_then(|text| read(text, at, notes));
            let Some(text) = text else {
                complete = false;
                continue;
            };
            if texts.contains(&text) {
                complete = false;
                notes.fault(
                    at,
                    format!("{} stands in `{}` twice.", quoted(&text), self.path),
                    "Take one of them out.",
                );
            } else {
                notes.place(format!("{}/{text}", self.path), at);
                texts.push(text);
            }
        }
        complete.then_some(texts)
    }

    /// `"absent"`, or what `read` makes of it.
    #[expect(
        clippy::option_option,
        reason = "outside: whether it could be read; inside: whether the key knows it"
    )]
    pub(super) fn or_absent<T>(
        self,
        notes: &mut Notes<'_>,
        read: impl FnOnce(Self, &mut Notes<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        match &self.content {
            DeValue::String(text) if text == ABSENT => Some(None),
            _ => read(self, notes).map(Some),
        }
    }

    pub(super) fn table(self, notes: &mut Notes<'_>) -> Option<Section<'i>> {
        match self.content {
            DeValue::Table(members) => Some(Section::new(self.path, self.at, members)),
            _ => self.wrong_type(notes, "a table"),
        }
    }

    fn wrong_type<T>(self, notes: &mut Notes<'_>, wanted: &str) -> Option<T> {
        let kind = self.content.type_str();
        notes.fault(self.at, format!("`{}` is of the type {kind}.", self.path), format!("Write {wanted}."));
        None
    }
}

fn unknown_word(path: &str, said: &str, known: &[&str]) -> (String, String) {
    if path == "versions" && said == "FIDO_2_2" {
        let message = "`FIDO_2_2` was never defined as a version, and no key may state it (§6.4).";
        return (message.to_owned(), "State `FIDO_2_1`, or `FIDO_2_3` with what that demands.".to_owned());
    }
    (format!("{} is unknown among `{path}`.", quoted(said)), suggest(said, known))
}
