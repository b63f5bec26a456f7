//! `passkey history` and the window's timeline: what happened to passkeys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use specta::Type;

use crate::{
    App,
    error::AppError,
    passkeys::{credential_id, rfc3339},
    vault::explain,
};
use ::vault::{Actor, Event, Happened};

/// Something that happened to a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// RFC 3339, UTC.
    pub at: String,
    /// The passkey's credential id, base64url.
    pub id: String,
    /// Its site.
    pub rp_id: String,
    /// The account's name as it was then.
    pub user_name: Option<String>,
    /// What happened, as a word: `created`, `imported`, `renamed`, `edited`, `hidden`, `shown`, `deleted`, `restored`,
    /// `replaced`, `purged`, `exported`, `backed-up`, `first-used`, `summarised`.
    pub what: String,
    /// Who did it, as a word: `owner`, `key`, `site`, `file`, `vault`.
    pub by: String,
    /// Which key, site or format that is.
    pub by_name: Option<String>,
    /// More about it, in plain words.
    pub detail: Option<String>,
    /// The same in one sentence.
    pub text: String,
}

impl App {
    /// What happened to the passkey with this credential id (base64url), newest first; also of one that was destroyed.
    ///
    /// # Errors
    /// `not-found` for what is no id, `locked`.
    pub fn history(&self, id: &str) -> Result<Vec<HistoryEvent>, AppError> {
        let events = self.open_vault()?.history(&credential_id(id)?).map_err(explain)?;
        Ok(events.into_iter().map(HistoryEvent::from).collect())
    }

    /// What happened to all passkeys, newest first: `limit` events from `offset` on.
    ///
    /// # Errors
    /// `locked`.
    pub fn audit(&self, offset: u64, limit: u64) -> Result<Vec<HistoryEvent>, AppError> {
        let events = self.open_vault()?.audit(offset, limit).map_err(explain)?;
        Ok(events.events.into_iter().map(HistoryEvent::from).collect())
    }
}

impl From<Event> for HistoryEvent {
    fn from(event: Event) -> Self {
        let text = sentence(&event);
        let (by, by_name) = match event.by {
            Actor::Owner => ("owner", None),
            Actor::Key(name) => ("key", Some(name)),
            Actor::Site(name) => ("site", Some(name)),
            Actor::File(name) => ("file", Some(name)),
            Actor::Vault => ("vault", None),
        };
        Self {
            at: rfc3339(event.at),
            id: URL_SAFE_NO_PAD.encode(&event.credential_id),
            rp_id: event.rp_id,
            user_name: event.user_name,
            what: word(event.what).to_owned(),
            by: by.to_owned(),
            by_name,
            detail: event.detail,
            text,
        }
    }
}

fn word(what: Happened) -> &'static str {
    match what {
        Happened::Created => "created",
        Happened::Imported => "imported",
        Happened::Renamed => "renamed",
        Happened::Edited => "edited",
        Happened::Hidden => "hidden",
        Happened::Shown => "shown",
        Happened::Deleted => "deleted",
        Happened::Restored => "restored",
        Happened::Replaced => "replaced",
        Happened::Purged => "purged",
        Happened::Exported => "exported",
        Happened::BackedUp => "backed-up",
        Happened::FirstUsed => "first-used",
        Happened::Summarised => "summarised",
    }
}

fn sentence(event: &Event) -> String {
    if event.what == Happened::Summarised {
        let counts = event.counts.iter().map(|(what, count)| format!("{} {count} times", word(*what)));
        return format!("Earlier: {}.", counts.collect::<Vec<_>>().join(", "));
    }
    let what = match event.what {
        Happened::Created => "Made",
        Happened::Imported => "Imported",
        Happened::Renamed => "Renamed",
        Happened::Edited => "Notes, tags or blobs changed",
        Happened::Hidden => "Hidden",
        Happened::Shown => "Offered again",
        Happened::Deleted => "Moved to the trash",
        Happened::Restored => "Restored",
        Happened::Replaced => "Replaced by a newer passkey of the same account",
        Happened::Purged => "Destroyed for good",
        Happened::Exported => "Exported",
        Happened::BackedUp => "A copy was confirmed",
        Happened::FirstUsed => "Used for the first time",
        Happened::Summarised => "Earlier",
    };
    let by = match &event.by {
        Actor::Owner => " by you".to_owned(),
        Actor::Key(name) => format!(" by the virtual key {name}"),
        Actor::Site(name) => format!(" because {name} said so"),
        Actor::File(name) => format!(" from a file of {name}"),
        Actor::Vault => " by the vault itself".to_owned(),
    };
    let detail = event.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("{what}{by}{detail}.")
}
