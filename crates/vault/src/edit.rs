//! What the owner may change of a passkey.

use crate::{
    audit::{Actor, Happened, Note},
    error::Error,
    record::{Record, Standing},
    session::{Session, Stored},
    vault::Vault,
};

/// The characters that a name may have.
const NAME: usize = 256;
/// The characters that notes may have.
const NOTES: usize = 4096;
/// The characters that a tag may have.
const TAG: usize = 64;
/// The tags that a passkey may have.
const TAGS: usize = 32;

/// What to change of a passkey. A member that is `None` stays as it is; an empty name or note goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// What the site calls itself: at most 256 characters, like the other names.
    pub rp_name: Option<String>,
    /// The account's name at the site.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// At most 4096 characters.
    pub notes: Option<String>,
    /// All tags that it has then: at most 32 of at most 64 characters, without those that are empty or twice there.
    pub tags: Option<Vec<String>>,
}

impl Vault {
    /// Changes names, notes and tags of the passkey with this credential id; whether there is one.
    ///
    /// # Errors
    /// [`Error::Refused`] for texts that are too long, [`Error::Locked`].
    pub fn edit_passkey(&self, id: &[u8], edit: &Edit) -> Result<bool, Error> {
        edit.check()?;
        self.write(|session| {
            let Some(mut stored) = session.passkey(id)? else { return Ok(false) };
            session.edit(&mut stored, edit, &Actor::Owner)?;
            Ok(true)
        })
    }

    /// Keeps sites from being offered the passkey with this credential id, or lets them be; whether there is one.
    ///
    /// # Errors
    /// [`Error::Refused`] for one that is in the trash or was replaced, [`Error::Occupied`] where another one took its
    /// place meanwhile, [`Error::Locked`].
    pub fn set_hidden(&self, id: &[u8], hidden: bool) -> Result<bool, Error> {
        self.write(|session| {
            let Some(mut stored) = session.passkey(id)? else { return Ok(false) };
            match (stored.record.standing(), hidden) {
                (Standing::Offered, true) => session.hide(&mut stored, &Actor::Owner)?,
                (Standing::Hidden, false) => match session.rival(&stored.record)? {
                    Some(rival) => return Err(Error::Occupied(rival.record.credential_id.clone())),
                    None => session.show(&mut stored, &Actor::Owner)?,
                },
                (Standing::Offered | Standing::Hidden, _) => {}
                (Standing::Replaced | Standing::Deleted, _) => {
                    return Err(Error::Refused("this passkey was put aside; restore it first"));
                }
            }
            Ok(true)
        })
    }
}

impl Session<'_> {
    /// Changes what differs; whether anything did.
    pub(crate) fn edit(&self, stored: &mut Stored, edit: &Edit, by: &Actor) -> Result<bool, Error> {
        let mut changed = stored.record.clone();
        edit.apply(&mut changed);
        let renamed = renaming(&stored.record, &changed);
        if renamed.is_empty()
            && (&changed.notes, &changed.tags) == (&stored.record.notes, &stored.record.tags)
        {
            return Ok(false);
        }
        let what = if renamed.is_empty() { Happened::Edited } else { Happened::Renamed };
        let note = Note { what, by, detail: (!renamed.is_empty()).then_some(renamed) };
        self.change(stored, note, |record| *record = Record { modified_at: Some(self.now), ..changed })?;
        Ok(true)
    }

    pub(crate) fn hide(&self, stored: &mut Stored, by: &Actor) -> Result<(), Error> {
        self.change(stored, Note::new(Happened::Hidden, by), |record| record.hidden_at = Some(self.now))
    }

    pub(crate) fn show(&self, stored: &mut Stored, by: &Actor) -> Result<(), Error> {
        self.change(stored, Note::new(Happened::Shown, by), Record::offer)
    }
}

impl Edit {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let longer =
            |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.chars().count() > most);
        if [&self.rp_name, &self.user_name, &self.user_display_name]
            .into_iter()
            .any(|name| longer(name, NAME))
        {
            return Err(Error::Refused("a name has at most 256 characters"));
        }
        if longer(&self.notes, NOTES) {
            return Err(Error::Refused("notes have at most 4096 characters"));
        }
        let tags = self.tags.as_deref().unwrap_or_default();
        if tags.len() > TAGS || tags.iter().any(|tag| tag.chars().count() > TAG) {
            return Err(Error::Refused("a passkey has at most 32 tags of at most 64 characters"));
        }
        Ok(())
    }

    fn apply(&self, record: &mut Record) {
        let texts = [
            (&self.rp_name, &mut record.rp_name),
            (&self.user_name, &mut record.user_name),
            (&self.user_display_name, &mut record.user_display_name),
            (&self.notes, &mut record.notes),
        ];
        for (wanted, text) in texts {
            if let Some(wanted) = wanted {
                *text = (!wanted.is_empty()).then(|| wanted.clone());
            }
        }
        if let Some(tags) = &self.tags {
            record.tags.clear();
            for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
                if !record.tags.iter().any(|known| known == tag) {
                    record.tags.push(tag.to_owned());
                }
            }
        }
    }
}

/// Which names change, from what to what; empty where none does.
pub(crate) fn renaming(before: &Record, after: &Record) -> String {
    let names = [
        ("site", &before.rp_name, &after.rp_name),
        ("account", &before.user_name, &after.user_name),
        ("name", &before.user_display_name, &after.user_display_name),
    ];
    let quoted =
        |name: &Option<String>| name.as_ref().map_or("none".to_owned(), |name| format!("\"{name}\""));
    let changes = names.into_iter().filter(|(_, before, after)| before != after);
    let told =
        changes.map(|(which, before, after)| format!("{which}: {} → {}", quoted(before), quoted(after)));
    told.collect::<Vec<_>>().join(", ")
}
