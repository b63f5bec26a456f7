//! Searching as somebody types: what is shown of each passkey, in memory while the vault is open.
//!
//! It is made at the first search and kept up by the revision that last wrote each record, whoever wrote it. It holds no
//! key material, and is wiped when the vault is locked.

mod text;

use std::{cmp::Ordering, collections::HashSet, num::NonZero, thread};

use authenticator::Kind;
use memchr::memmem::Finder;
use rusqlite::Row;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    error::Error,
    passkey::Passkey,
    record::Standing,
    seal::{Id, Place},
    secret::Secret,
    session::{self, PASSKEY, Session},
    vault::Vault,
};

/// So many records are in memory at once while they are opened.
const BATCH: usize = 4096;

/// Which passkeys a search is among.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// How they may stand; where none is named, those that are offered and those that are hidden.
    pub standings: Vec<Standing>,
    /// Device-bound or synced.
    pub kind: Option<Kind>,
    /// One of their tags, whatever its case.
    pub tag: Option<String>,
}

/// In which order they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By site, then by account.
    #[default]
    Site,
    /// By the account's name.
    Account,
    /// The one that was used last first.
    LastUsed,
    /// The newest first.
    Created,
}

/// A part of what a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many it found.
    pub total: usize,
    /// Those of this page.
    pub items: Vec<Passkey>,
    /// Of the whole vault, whatever was searched.
    pub tally: Tally,
}

/// How many passkeys a vault holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Offered and hidden ones.
    pub kept: usize,
    /// Those of these that are hidden.
    pub hidden: usize,
    /// Those of these that may be copied and are not: BE 1, BS 0.
    pub not_backed_up: usize,
    /// In the trash, or replaced.
    pub put_aside: usize,
}

/// What is known of all passkeys, in the order of their texts.
#[derive(Default)]
pub(crate) struct Catalogue {
    entries: Vec<Entry>,
    /// The revision that it shows; `None` before it was made.
    seen: Option<u64>,
}

/// One of them.
struct Entry {
    id: Id,
    /// Site, names, notes and tags, folded; a line each.
    text: Zeroizing<String>,
    /// Where the account's name begins in it.
    account: usize,
    kind: Kind,
    standing: Standing,
    not_backed_up: bool,
    created: (u64, u64),
    last_used_at: Option<u64>,
}

impl Vault {
    /// Finds passkeys by their site, names, notes and tags, whatever the case and the accents: each word of `query` is
    /// somewhere in them. The first search after unlocking takes longer.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn search(
        &self,
        query: &str,
        filter: &Filter,
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> Result<Page, Error> {
        let mut catalogue = self.live().catalogue();
        let (total, found, tally) = self.read(|session| {
            catalogue.follow(session)?;
            let mut found = catalogue.find(query, filter);
            let total = found.len();
            sorted(&mut found, sort, offset.saturating_add(limit));
            let page = found.iter().skip(offset).take(limit);
            let records = page.map(|entry| session.by_id(&entry.id)).collect::<Result<Vec<_>, _>>()?;
            Ok((total, records, catalogue.tally()))
        })?;
        drop(catalogue);
        let mut uses = self.uses();
        let items = found.iter().map(|record| Passkey::now(record, &mut uses)).collect();
        Ok(Page { total, items, tally })
    }
}

impl Catalogue {
    /// Takes over what was written since it was here.
    fn follow(&mut self, session: &Session<'_>) -> Result<(), Error> {
        // The transaction reads, so this is one more than the file's.
        let now = session.revision - 1;
        if self.seen == Some(now) {
            return Ok(());
        }
        let changed = match self.seen {
            None => read(session, "SELECT id, sealed FROM record WHERE +kind = ?1 AND ?2 IS NOT NULL", 0)?,
            Some(seen) => {
                read(session, "SELECT id, sealed FROM record WHERE kind = ?1 AND changed > ?2", seen)?
            }
        };
        let anew: HashSet<Id> = changed.iter().map(|entry| entry.id).collect();
        self.entries.retain(|entry| !anew.contains(&entry.id));
        self.entries.extend(changed);
        let sql = "SELECT count(*) FROM record WHERE kind = ?1";
        let count: usize = session.transaction.prepare_cached(sql)?.query_row([PASSKEY], |row| row.get(0))?;
        if count != self.entries.len() {
            // What was destroyed is in no row that was written since.
            let mut statement =
                session.transaction.prepare_cached("SELECT id FROM record WHERE kind = ?1")?;
            let left: HashSet<Id> =
                statement.query_map([PASSKEY], |row| row.get(0))?.collect::<Result<_, _>>()?;
            self.entries.retain(|entry| left.contains(&entry.id));
        }
        self.entries.sort_by(|one, other| one.text.cmp(&other.text));
        self.seen = Some(now);
        Ok(())
    }

    fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for entry in &self.entries {
            if entry.is_kept() {
                tally.kept += 1;
                tally.hidden += usize::from(entry.standing == Standing::Hidden);
                tally.not_backed_up += usize::from(entry.not_backed_up);
            } else {
                tally.put_aside += 1;
            }
        }
        tally
    }

    fn find(&self, query: &str, filter: &Filter) -> Vec<&Entry> {
        let query = text::fold(query);
        let words: Vec<Finder<'_>> = query.split_whitespace().map(Finder::new).collect();
        let tag = filter.tag.as_ref().map(|tag| text::tag(tag));
        let tag = tag.as_ref().map(|tag| Finder::new(tag.as_bytes()));
        let fits = |entry: &&Entry| {
            let stands = if filter.standings.is_empty() {
                entry.is_kept()
            } else {
                filter.standings.contains(&entry.standing)
            };
            stands
                && filter.kind.is_none_or(|kind| entry.kind == kind)
                && words.iter().chain(&tag).all(|word| word.find(entry.text.as_bytes()).is_some())
        };
        self.entries.iter().filter(fits).collect()
    }
}

/// Puts the first `end` of them in order.
fn sorted(found: &mut Vec<&Entry>, sort: Sort, end: usize) {
    let order = |one: &&Entry, other: &&Entry| match sort {
        // They are.
        Sort::Site => Ordering::Equal,
        Sort::Account => one.account().cmp(other.account()),
        Sort::LastUsed => (other.last_used_at, other.created).cmp(&(one.last_used_at, one.created)),
        Sort::Created => other.created.cmp(&one.created),
    };
    if sort == Sort::Site {
        return;
    }
    if end < found.len() {
        found.select_nth_unstable_by(end, order);
        found.truncate(end);
    }
    found.sort_unstable_by(order);
}

impl Entry {
    fn is_kept(&self) -> bool {
        matches!(self.standing, Standing::Offered | Standing::Hidden)
    }

    fn account(&self) -> &str {
        self.text.get(self.account..).unwrap_or_default()
    }

    fn new(id: Id, shown: &Shown) -> Self {
        let (text, account) = shown.text();
        let standing = match shown {
            Shown { deleted_at: Some(_), .. } => Standing::Deleted,
            Shown { replaced_at: Some(_), .. } => Standing::Replaced,
            Shown { hidden_at: Some(_), .. } => Standing::Hidden,
            _ => Standing::Offered,
        };
        Self {
            id,
            text,
            account,
            kind: shown.kind,
            standing,
            not_backed_up: shown.backup_eligible && !shown.backup_state,
            created: (shown.created_at, shown.sequence),
            last_used_at: shown.last_used_at,
        }
    }
}

/// What is shown of a record; the rest of it is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    rp_id: String,
    rp_name: Option<String>,
    user_name: Option<String>,
    user_display_name: Option<String>,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    kind: Kind,
    backup_eligible: bool,
    backup_state: bool,
    created_at: u64,
    sequence: u64,
    last_used_at: Option<u64>,
    #[serde(default)]
    hidden_at: Option<u64>,
    #[serde(default)]
    replaced_at: Option<u64>,
    #[serde(default)]
    deleted_at: Option<u64>,
}

/// Opens the records of a query, on all cores.
fn read(session: &Session<'_>, sql: &str, since: u64) -> Result<Vec<Entry>, Error> {
    let mut statement = session.transaction.prepare_cached(sql)?;
    let mut rows = statement.query((PASSKEY, since))?;
    let (mut entries, mut batch) = (Vec::new(), Vec::with_capacity(BATCH));
    loop {
        let row = rows.next()?.map(sealed).transpose()?;
        let done = row.is_none();
        batch.extend(row);
        if done || batch.len() == BATCH {
            entries.extend(open(&session.open.vault_key, session.vault, &batch)?);
            batch.clear();
        }
        if done {
            return Ok(entries);
        }
    }
}

fn sealed(row: &Row<'_>) -> Result<(Id, Vec<u8>), rusqlite::Error> {
    Ok((row.get(0)?, row.get(1)?))
}

fn open(vault_key: &Secret, vault: &Id, sealed: &[(Id, Vec<u8>)]) -> Result<Vec<Entry>, Error> {
    let open = |(record, sealed): &(Id, Vec<u8>)| {
        let shown = session::unseal(vault_key, Place { vault, record, kind: PASSKEY }, sealed)?;
        Ok(Entry::new(*record, &shown))
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = sealed.len().div_ceil(cores).max(64);
    thread::scope(|scope| {
        let shares: Vec<_> = sealed
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(open).collect::<Result<Vec<_>, Error>>()))
            .collect();
        let mut entries = Vec::with_capacity(sealed.len());
        for share in shares {
            let opened = share.join().map_err(|_| Error::Damaged("a record cannot be shown".to_owned()))?;
            entries.extend(opened?);
        }
        Ok(entries)
    })
}
