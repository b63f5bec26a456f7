//! What the vault will hold: its own passkeys and those that come, at most one offered for each account.

use std::collections::{HashMap, HashSet};

use super::Verdict;
use crate::{
    audit::{Actor, Happened, Note},
    error::Error,
    record::{Record, Standing},
    session::{Session, Stored},
};

/// A site and a user handle at one key.
type Account = ([u8; 16], String, Vec<u8>);

/// Passkeys that come into a vault, row by row.
pub(super) struct Settlement<'a> {
    session: &'a Session<'a>,
    /// Rows by credential id.
    rows: HashMap<Vec<u8>, (usize, Record)>,
    /// What comes, in the file's order.
    arriving: Vec<Record>,
    /// Where each of them stands there, by credential id.
    places: HashMap<Vec<u8>, usize>,
    /// Those of the vault that change, by credential id.
    changed: HashMap<Vec<u8>, Stored>,
    /// Which one is offered for an account, by credential id, of the accounts at the sites that were looked at.
    offered: HashMap<Account, Offered>,
    sites: HashSet<([u8; 16], String)>,
}

/// The passkey that an account is offered.
#[derive(Clone)]
struct Offered {
    credential_id: Vec<u8>,
    created_at: u64,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(session: &'a Session<'a>) -> Self {
        Self {
            session,
            rows: HashMap::new(),
            arriving: Vec::new(),
            places: HashMap::new(),
            changed: HashMap::new(),
            offered: HashMap::new(),
            sites: HashSet::new(),
        }
    }

    /// How the passkey of row `index` relates to the vault and to the rows that were looked at before.
    pub(super) fn judge(&mut self, index: usize, record: &Record, dated: bool) -> Result<Verdict, Error> {
        if let Some((first, other)) = self.rows.get(&record.credential_id) {
            return Ok(if is_same(record, other) {
                Verdict::Repeated(*first)
            } else {
                Verdict::Refused(
                    "An earlier row has the same id with another key. One of them is not genuine.".into(),
                )
            });
        }
        self.rows.insert(record.credential_id.clone(), (index, record.clone()));
        if let Some(Stored { record: held, .. }) = self.session.passkey(&record.credential_id)? {
            return Ok(match held.standing() {
                _ if !is_same(record, &held) => Verdict::Refused(
                    "The vault holds a passkey with this id and another key. One of them is not genuine."
                        .into(),
                ),
                Standing::Deleted => Verdict::InTrash,
                standing => Verdict::Duplicate(standing),
            });
        }
        Ok(match self.rival(record)? {
            None => Verdict::New,
            Some(rival) => Verdict::SameAccount {
                // Of one whose age is not known nobody can say that it is the newer.
                offered: dated && record.created_at > rival.created_at,
                other: rival.credential_id,
            },
        })
    }

    /// Lets the passkey come, or come back.
    pub(super) fn take(&mut self, record: &Record, verdict: &Verdict) -> Result<(), Error> {
        match verdict {
            Verdict::InTrash => {
                let Some(mut stored) = self.session.passkey(&record.credential_id)? else { return Ok(()) };
                stored.record.offer();
                // Its owner asks for this very one.
                if let Some(rival) = self.rival(&stored.record)? {
                    self.give_way(&rival.credential_id, &record.credential_id)?;
                }
                self.offer(&stored.record);
                self.changed.insert(record.credential_id.clone(), stored);
            }
            Verdict::SameAccount { other, offered } => {
                let mut record = record.clone();
                if *offered {
                    self.give_way(other, &record.credential_id)?;
                    self.offer(&record);
                } else {
                    shadow(&mut record, other, self.session.now);
                }
                self.arrive(record);
            }
            Verdict::New => {
                self.offer(record);
                self.arrive(record.clone());
            }
            Verdict::Duplicate(_) | Verdict::Repeated(_) | Verdict::Refused(_) => {}
        }
        Ok(())
    }

    /// Writes it, in the name of `by`; the credential ids of those that gave way.
    pub(super) fn write(self, by: &Actor) -> Result<Vec<Vec<u8>>, Error> {
        let mut replaced = Vec::new();
        for stored in self.changed.into_values() {
            let what = if stored.record.standing() == Standing::Replaced {
                replaced.push(stored.record.credential_id.clone());
                Happened::Replaced
            } else {
                Happened::Restored
            };
            if stored.record.discoverable {
                self.session.mark_changed(&stored.record.aaguid)?;
            }
            self.session.replace(&stored)?;
            self.session.note(&stored.record, Note::new(what, by))?;
        }
        for mut record in self.arriving {
            record.sequence = self.session.revision;
            self.session.add(&record, Note::new(Happened::Imported, by))?;
        }
        Ok(replaced)
    }

    /// The one that the account of `record` is offered, where both would be.
    fn rival(&mut self, record: &Record) -> Result<Option<Offered>, Error> {
        let Some(account) = account(record) else { return Ok(None) };
        let site = (record.aaguid, record.rp_id.clone());
        if self.sites.insert(site) {
            for stored in self.session.passkeys_for(&record.aaguid, &record.rp_id)? {
                self.offer(&stored.record);
            }
        }
        Ok(self.offered.get(&account).cloned())
    }

    fn arrive(&mut self, record: Record) {
        self.places.insert(record.credential_id.clone(), self.arriving.len());
        self.arriving.push(record);
    }

    fn offer(&mut self, record: &Record) {
        if let Some(account) = account(record) {
            let offered =
                Offered { credential_id: record.credential_id.clone(), created_at: record.created_at };
            self.offered.insert(account, offered);
        }
    }

    /// `other` is offered in its place from now on.
    fn give_way(&mut self, credential_id: &[u8], other: &[u8]) -> Result<(), Error> {
        let now = self.session.now;
        let arriving = self.places.get(credential_id).and_then(|place| self.arriving.get_mut(*place));
        if let Some(record) = arriving {
            shadow(record, other, now);
        } else if let Some(stored) = self.changed.get_mut(credential_id) {
            shadow(&mut stored.record, other, now);
        } else if let Some(mut stored) = self.session.passkey(credential_id)? {
            shadow(&mut stored.record, other, now);
            self.changed.insert(credential_id.to_vec(), stored);
        }
        Ok(())
    }
}

fn shadow(record: &mut Record, other: &[u8], now: u64) {
    (record.replaced_at, record.replaced_by) = (Some(now), Some(other.to_vec()));
}

/// Whose place only one can take: a key offers one discoverable passkey for each account (CTAP 2.3 §6.1.2, step 17).
fn account(record: &Record) -> Option<Account> {
    let one_of_many = !record.discoverable || record.standing() != Standing::Offered;
    (!one_of_many).then(|| (record.aaguid, record.rp_id.clone(), record.user_handle.clone()))
}

/// Whether two records are of one passkey: all that never changes is the same, but when it was made, which not every
/// format keeps.
pub(crate) fn is_same(one: &Record, other: &Record) -> bool {
    one.credential_id == other.credential_id
        && one.rp_id == other.rp_id
        && one.user_handle == other.user_handle
        && one.algorithm == other.algorithm
        && one.key.expose() == other.key.expose()
}
