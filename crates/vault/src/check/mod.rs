//! Checking a vault from end to end, and repairing what can be repaired.

mod examine;
mod repair;

use std::{fs, ops::ControlFlow};

use rusqlite::Transaction;

use self::examine::{Examined, examine};
pub use self::repair::{Losses, Repaired};
use crate::{
    database,
    error::Error,
    header::Header,
    rollback::{Alarm, Freshness},
    rotation::Progress,
    session::{self, Session},
    slot::SlotRow,
    transaction::Meta,
    vault::{Vault, guard},
};

/// The most that SQLite is asked to say about the file's structure.
const STRUCTURE: usize = 20;

/// What a check saw.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// What is wrong, nothing where all is well.
    pub findings: Vec<Finding>,
    /// How many records there are, of all kinds.
    pub records: u64,
    /// How many of them are passkeys that open.
    pub passkeys: u64,
    /// How many transactions the vault's header counts.
    pub generation: u64,
    /// How many bytes of the last changes wait in the log beside the file. They belong to the vault.
    pub log: u64,
    /// Whether this is the newest copy.
    pub freshness: Freshness,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind of trouble.
    pub trouble: Trouble,
    /// One plain sentence.
    pub message: String,
}

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// SQLite's own trees.
    Structure,
    /// The sealed header.
    Header,
    /// A record that does not open in its place, or is not what its kind says.
    Record,
    /// A record that cannot be found by what it holds.
    Lookup,
    /// The number of a key's passkeys.
    Count,
    /// The records are not those that the header vouches for.
    Missing,
    /// A slot.
    Slot,
    /// This is not the newest copy.
    OlderCopy,
}

impl Vault {
    /// Reads an open vault from end to end, on one consistent view, and says what is wrong with it. Others may write
    /// meanwhile (on a network mount, where there is no log, they wait). Where something is damaged, nothing more is
    /// written from here until [`Vault::repair`].
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Cancelled`], and what keeps it from looking at all.
    pub fn check(&self, progress: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<CheckReport, Error> {
        let freshness = self.freshness().ok_or(Error::Locked)?;
        let mut connection = database::reader(&self.inner.dir)?;
        let transaction = connection.transaction()?;
        let meta = Meta::load(&transaction)?;
        let open = self.opened(&transaction, &meta)?;
        let session = Session::new(&transaction, self.id(), &open, meta.revision, self.live().now());
        let mut report = CheckReport {
            findings: Vec::new(),
            records: 0,
            passkeys: 0,
            generation: 0,
            log: fs::metadata(database::path(&self.inner.dir).with_extension("db-wal"))
                .map_or(0, |log| log.len()),
            freshness,
        };
        if let Freshness::OlderCopy { missing } = report.freshness {
            report.find(Trouble::OlderCopy, Error::OlderCopy { missing }.to_string());
        }
        for verdict in structure(&transaction)? {
            report.find(Trouble::Structure, format!("the file's structure is damaged: {verdict}"));
        }
        match examine(&session, progress) {
            Ok(examined) => report.judge(&session, &examined)?,
            Err(Error::Damaged(what)) => report.find(Trouble::Structure, what),
            Err(error) => return Err(error),
        }
        let first = report.findings.iter().find(|finding| finding.trouble.is_damage());
        if let Some(Finding { message, .. }) = first {
            *guard(&self.inner.alarm) = Some(Alarm::Damaged(message.clone()));
        }
        Ok(report)
    }

    /// Whether the records are those that the header vouches for; if not, nothing is written from here. Reads all of
    /// them.
    pub(crate) fn vouch(&self) -> Result<(), Error> {
        let whole = self.read(|session| {
            let mut header = Header::load(session.transaction, session.vault, &session.open.vault_key)?;
            let digest = session::digest(session.transaction, &session.open.index_key);
            Ok(digest.is_ok_and(|digest| header.proof_mut().is_ok_and(|proof| proof.digest == digest)))
        })?;
        if !whole {
            *guard(&self.inner.alarm) = Some(Alarm::Damaged(Error::RecordsMissing.to_string()));
        }
        Ok(())
    }
}

impl Trouble {
    /// Whether it keeps from writing: what a slot suffers from is ended by removing it.
    fn is_damage(self) -> bool {
        !matches!(self, Self::Slot | Self::OlderCopy)
    }
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, trouble: Trouble, message: String) {
        self.findings.push(Finding { trouble, message });
    }

    fn judge(&mut self, session: &Session<'_>, examined: &Examined) -> Result<(), Error> {
        (self.records, self.passkeys) = (examined.records, examined.passkeys);
        for (id, what) in &examined.unreadable {
            self.find(Trouble::Record, format!("the record {} {what}", hex::encode(id)));
        }
        for misplaced in &examined.misplaced {
            let id = hex::encode(misplaced.id);
            self.find(Trouble::Lookup, format!("the passkey {id} is not found by its site, key or id"));
        }
        let wrong = examined.wrong_counts(session.transaction)?;
        if wrong > 0 {
            self.find(Trouble::Count, format!("the number of passkeys is wrong for {wrong} keys or sites"));
        }
        match Header::load(session.transaction, session.vault, &session.open.vault_key) {
            Err(error) => self.find(Trouble::Header, format!("the vault's header does not open: {error}")),
            Ok(mut header) => {
                let proof = header.proof_mut()?;
                self.generation = proof.generation;
                if proof.digest != examined.digest {
                    self.find(Trouble::Missing, Error::RecordsMissing.to_string());
                }
                self.judge_slots(session, &header)?;
            }
        }
        Ok(())
    }

    fn judge_slots(&mut self, session: &Session<'_>, header: &Header) -> Result<(), Error> {
        let rows = SlotRow::all(session.transaction)?;
        for row in &rows {
            if let Err(Error::Damaged(what)) = row.require_intact(session.vault) {
                self.find(Trouble::Slot, what);
            } else if !row.is_outdated() && !header.lists(session.vault, row) {
                self.find(Trouble::Slot, Error::SlotAltered(row.name()).to_string());
            }
        }
        let gone = header.slots.keys().filter(|id| !rows.iter().any(|row| hex::encode(row.id) == **id));
        let gone = gone.count();
        if gone > 0 {
            self.find(Trouble::Slot, format!("{gone} of the vault's slots were taken out of the file"));
        }
        Ok(())
    }
}

/// What SQLite says of its trees, nothing where all is well.
fn structure(transaction: &Transaction<'_>) -> Result<Vec<String>, Error> {
    let mut statement = transaction.prepare(&format!("PRAGMA integrity_check({STRUCTURE})"))?;
    let verdicts: rusqlite::Result<Vec<String>> = statement.query_map([], |row| row.get(0))?.collect();
    match verdicts.map_err(Error::from) {
        Ok(verdicts) => Ok(verdicts.into_iter().filter(|verdict| verdict != "ok").collect()),
        Err(Error::Damaged(what)) => Ok(vec![what]),
        Err(error) => Err(error),
    }
}
