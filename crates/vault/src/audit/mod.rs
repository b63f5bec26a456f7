//! What happened to each passkey, sealed like the rest.
//!
//! Every event is a record of its own, written in the transaction that it tells of. They outlive the passkey.

mod summary;

use std::collections::BTreeMap;

use rusqlite::{Params, params};
use serde::{Deserialize, Serialize};

use crate::{error::Error, random::random, record::Record, seal::Id, session::Session, vault::Vault};

const EVENT: u8 = 4;

/// Something that happened to a passkey. Sealed as a CBOR map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Seconds since 1970.
    pub at: u64,
    /// The passkey's credential id.
    #[serde(with = "serde_bytes")]
    pub credential_id: Vec<u8>,
    /// The passkey's RP ID.
    pub rp_id: String,
    /// The account's name as it was then.
    pub user_name: Option<String>,
    /// What happened.
    pub what: Happened,
    /// Who did it.
    pub by: Actor,
    /// More about it, in plain words.
    pub detail: Option<String>,
    /// What [`Happened::Summarised`] stands for, and how often each happened.
    #[serde(default)]
    pub counts: BTreeMap<Happened, u64>,
}

/// What happens to passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// A virtual key made it.
    Created,
    /// It came from a file.
    Imported,
    /// The account's names, or the site's, were changed.
    Renamed,
    /// Notes, tags or a blob were changed.
    Edited,
    /// Its site is not offered it any more.
    Hidden,
    /// Its site is offered it again.
    Shown,
    /// It went to the trash.
    Deleted,
    /// It came back from the trash, or from behind the one that had replaced it.
    Restored,
    /// A newer one for the same site and user handle took its place.
    Replaced,
    /// It was destroyed for good.
    Purged,
    /// Its private key was written to a file.
    Exported,
    /// BS became 1, or a later copy was confirmed.
    BackedUp,
    /// A device signed with it for the first time.
    FirstUsed,
    /// Stands for older events that were taken together.
    Summarised,
}

/// Who does something to a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The vault's owner.
    Owner,
    /// A virtual key: the name of its profile.
    Key(String),
    /// A signal of this RP ID (WebAuthn §5.1.10).
    Site(String),
    /// A file in this format.
    File(String),
    /// The vault itself.
    Vault,
}

/// A part of the events of all passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// How many there are in all.
    pub total: u64,
    /// Newest first.
    pub events: Vec<Event>,
}

/// What is told of a passkey.
pub(crate) struct Note<'a> {
    pub(crate) what: Happened,
    pub(crate) by: &'a Actor,
    pub(crate) detail: Option<String>,
}

impl<'a> Note<'a> {
    pub(crate) fn new(what: Happened, by: &'a Actor) -> Self {
        Self { what, by, detail: None }
    }

    pub(crate) fn with(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}

impl Vault {
    /// What happened to the passkey with this credential id, newest first; also of one that was destroyed.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn history(&self, id: &[u8]) -> Result<Vec<Event>, Error> {
        self.read(|session| Ok(session.history(id)?.into_iter().rev().map(|(_, event)| event).collect()))
    }

    /// What happened to all passkeys, newest first: `limit` events from `offset` on.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn audit(&self, offset: u64, limit: u64) -> Result<Events, Error> {
        self.read(|session| {
            let sql = "SELECT count(*) FROM record WHERE kind = ?1";
            let total = session.transaction.prepare_cached(sql)?.query_row([EVENT], |row| row.get(0))?;
            let sql = "SELECT id, sealed FROM record WHERE kind = ?1 ORDER BY changed DESC, id DESC LIMIT ?2 OFFSET ?3";
            let events = session.events(sql, params![EVENT, limit, offset])?;
            Ok(Events { total, events: events.into_iter().map(|(_, event)| event).collect() })
        })
    }

    /// Notes that the passkeys with these credential ids were written to a file in `format`.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn note_export(&self, ids: &[Vec<u8>], format: &str) -> Result<(), Error> {
        self.write(|session| {
            for id in ids {
                if let Some(stored) = session.passkey(id)? {
                    session
                        .note(&stored.record, Note::new(Happened::Exported, &Actor::Owner).with(format))?;
                }
            }
            Ok(())
        })
    }
}

impl Session<'_> {
    /// Tells of a passkey as it is now.
    pub(crate) fn note(&self, record: &Record, note: Note<'_>) -> Result<(), Error> {
        self.tell(&Event {
            at: self.now,
            credential_id: record.credential_id.clone(),
            rp_id: record.rp_id.clone(),
            user_name: record.user_name.clone(),
            what: note.what,
            by: note.by.clone(),
            detail: note.detail,
            counts: BTreeMap::new(),
        })?;
        self.summarise(&record.credential_id)
    }

    fn tell(&self, event: &Event) -> Result<(), Error> {
        // Events of one transaction keep their order by their ids.
        let order = self.events.get();
        self.events.set(order + 1);
        let mut id: Id = random()?;
        for (byte, of_order) in id.iter_mut().zip(order.to_be_bytes()) {
            *byte = of_order;
        }
        let holder = self.lookup("history", &event.credential_id)?;
        self.put(id, EVENT, holder, None, self.lookup("event", &id)?, event)
    }

    /// The events of one passkey, oldest first.
    fn history(&self, credential_id: &[u8]) -> Result<Vec<(Id, Event)>, Error> {
        let holder = self.lookup("history", credential_id)?;
        self.events("SELECT id, sealed FROM record WHERE holder = ?1 ORDER BY changed, id", [holder])
    }

    fn events(&self, sql: &str, values: impl Params) -> Result<Vec<(Id, Event)>, Error> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, sealed): (Id, Vec<u8>) = (row.get(0)?, row.get(1)?);
            events.push((id, self.unseal(&id, EVENT, &sealed)?));
        }
        Ok(events)
    }
}
