//! Labels and colours that a person gives keys, in `security-keys.json` of the data folder. They are no secret, and
//! nothing of them is written to the keys.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{
    collections::BTreeMap,
    io::{ErrorKind, Write},
    path::Path,
};

use super::OpenKey;
use crate::{
    App,
    error::{AppError, Code},
};

/// What a person marks a key with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// The person's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The person's colour for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
}

/// The colours of labels: few enough to be told apart at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Red
    Red,
    /// Orange
    Orange,
    /// Yellow
    Yellow,
    /// Green
    Green,
    /// Blue
    Blue,
    /// Purple
    Purple,
    /// Pink
    Pink,
    /// Grey
    Grey,
}

/// The marks of all keys, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Marks(BTreeMap<String, Mark>);

const FILE: &str = "security-keys.json";
/// A label is a name, not a note.
const LONGEST: usize = 40;

impl Marks {
    pub(crate) fn of(&self, id: &str) -> Mark {
        self.0.get(id).cloned().unwrap_or_default()
    }

    /// # Errors
    /// `failed` where the file is there and cannot be read or understood.
    fn load(folder: &Path) -> Result<Self, AppError> {
        let path = folder.join(FILE);
        let wrong = |message: String| {
            let hint = "Correct the file, or remove it: it holds the labels of keys and nothing else.";
            AppError::new(Code::Failed, message, hint)
        };
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| wrong(format!("{} cannot be understood: {error}.", path.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(wrong(format!("{} cannot be read: {error}.", path.display()))),
        }
    }

    /// Saves whole or not at all.
    fn save(&self, folder: &Path) -> Result<(), AppError> {
        let failed = |error: std::io::Error| {
            AppError::new(
                Code::Failed,
                format!("The labels could not be saved in {}: {error}.", folder.display()),
                "Check that the folder can be written and that the disk has space.",
            )
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&serde_json::to_vec_pretty(self).unwrap_or_default()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(folder.join(FILE)).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

impl App {
    pub(crate) fn key_marks(&self) -> Result<Marks, AppError> {
        Marks::load(self.folder())
    }

    /// What the person marked this key with.
    ///
    /// # Errors
    /// `failed` where the file of labels cannot be understood.
    pub fn key_mark(&self, key: &OpenKey) -> Result<Mark, AppError> {
        Ok(self.key_marks()?.of(&key.id))
    }

    /// Marks a key, in place of what it was marked with. A label of no letters is none.
    ///
    /// # Errors
    /// `usage` for a label that is too long, holds control characters, or names another key.
    pub fn mark_key(&self, key: &OpenKey, mark: &Mark) -> Result<(), AppError> {
        let mut marks = self.key_marks()?;
        let label = mark.label.as_deref().map(str::trim).filter(|label| !label.is_empty());
        if let Some(label) = label {
            check(label, &key.id, &marks)?;
        }
        let mark = Mark { label: label.map(str::to_owned), colour: mark.colour };
        if mark == Mark::default() {
            marks.0.remove(&key.id);
        } else {
            marks.0.insert(key.id.clone(), mark);
        }
        marks.save(self.folder())
    }
}

fn check(label: &str, id: &str, marks: &Marks) -> Result<(), AppError> {
    let wrong = |message: String| Err(AppError::new(Code::Usage, message, "Choose another label."));
    if label.chars().count() > LONGEST {
        return wrong(format!("A label has at most {LONGEST} characters."));
    }
    if label != plain(label) {
        return wrong("A label holds no control characters, and none that cannot be seen.".to_owned());
    }
    let taken = |other: &Mark| other.label.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(label));
    if marks.0.iter().any(|(other, mark)| other != id && taken(mark)) {
        return wrong(format!("Another key is called {label} already."));
    }
    Ok(())
}

/// What a key calls itself, without what could pass for other text: control characters, changes of direction and
/// letters without width (Unicode TR 36 §2).
pub(crate) fn plain(text: &str) -> String {
    let unseen = |letter: char| {
        matches!(letter,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
    };
    text.chars()
        .filter(|letter| !letter.is_control() && !unseen(*letter))
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_were_saved_and_a_broken_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        assert_eq!(Marks::load(&data).unwrap(), Marks::default());
        let mark = Mark { label: Some("Safe".to_owned()), colour: Some(Colour::Green) };
        let marks = Marks(BTreeMap::from([("0a1b2c3d".to_owned(), mark.clone())]));
        marks.save(&data).unwrap();
        assert_eq!(Marks::load(&data).unwrap().of("0a1b2c3d"), mark);
        assert_eq!(
            std::fs::read_to_string(data.join(FILE)).unwrap().split_whitespace().collect::<String>(),
            r#"{"0a1b2c3d":{"label":"Safe","colour":"green"}}"#
        );
        std::fs::write(data.join(FILE), "{").unwrap();
        assert_eq!(Marks::load(&data).unwrap_err().code, Code::Failed);
    }

    #[test]
    fn a_label_names_one_key_and_hides_nothing() {
        let marks =
            Marks(BTreeMap::from([("0a".to_owned(), Mark { label: Some("Safe".to_owned()), colour: None })]));
        assert!(check("Safe", "0a", &marks).is_ok(), "its own label again");
        for wrong in ["safe", "a\u{202E}b", "a\nb", &"x".repeat(41)] {
            assert_eq!(check(wrong, "0b", &marks).unwrap_err().code, Code::Usage, "{wrong:?}");
        }
        assert_eq!(plain(" Blue\u{200B}\u{202E} 5C\u{7}\n"), "Blue 5C");
    }
}
