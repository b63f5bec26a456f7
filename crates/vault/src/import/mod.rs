//! Passkeys from a file into the vault: first a plan, which changes nothing and which a person can look at and
//! change row by row; then all that was chosen in one transaction.
//!
//! A passkey that comes from a file lives in two places from then on. So it is of the kind
//! [`Synced`](authenticator::Kind::Synced): not counted, free to be exported again, and held by the key that holds
//! synced passkeys. BE stays what its site saw when it was made, because sites compare (WebAuthn §7.2); where that is
//! 0, BS is 0 too (docs/decisions).

mod arrival;
mod settlement;

use crate::{
    audit::Actor,
    error::Error,
    passkey::Passkey,
    record::{Record, Standing},
    seal::Id,
    vault::Vault,
};
use authenticator::state::PersistentState;
use exchange::Document;
use settlement::Settlement;

pub(crate) use settlement::is_same;

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The format's name, kept with each passkey.
    pub name: &'a str,
    /// BE where the file does not say it.
    pub backup_eligible: bool,
}

/// What becomes of a file's passkeys, row by row.
pub struct Plan {
    /// In the file's order.
    pub rows: Vec<Row>,
    /// What else the file holds and is not taken over, one plain sentence each.
    pub left_out: Vec<String>,
    /// What keys keep beside their passkeys; a backup has it.
    states: Vec<(Id, PersistentState)>,
    /// What the vault's log calls it.
    by: Actor,
}

/// One passkey of the file.
pub struct Row {
    /// Where it stands in the file.
    pub place: String,
    /// Its site; absent where it cannot be read.
    pub rp_id: Option<String>,
    /// The account's name there.
    pub user_name: Option<String>,
    /// How it relates to what the vault holds, and to the rows before it.
    pub verdict: Verdict,
    /// What becomes of it.
    pub choice: Choice,
    /// Whether the file says BE; where it does not, BE is an assumption.
    pub flags_known: bool,
    /// What was not lossless, one plain sentence each.
    pub notes: Vec<String>,
    /// Whether the file says when it was made.
    dated: bool,
    record: Option<Record>,
}

/// How a passkey of the file relates to what the vault holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The vault knows neither it nor its account.
    New,
    /// The vault holds another one for the same site and user handle. Both stay; sites are offered the newer one.
    SameAccount {
        /// The other's credential id.
        other: Vec<u8>,
        /// Whether it is the one of the file that is offered; else it is kept as replaced.
        offered: bool,
    },
    /// The vault holds it.
    Duplicate(Standing),
    /// The vault holds it in the trash, from which it can be taken.
    InTrash,
    /// It stands in an earlier row too, counted from 0.
    Repeated(usize),
    /// It cannot be taken over: why, in one plain sentence.
    Refused(String),
}

impl Verdict {
    /// Whether there is something to take.
    pub fn can_be_taken(&self) -> bool {
        matches!(self, Self::New | Self::SameAccount { .. } | Self::InTrash)
    }

    /// What is done where nobody chooses: what the owner deleted stays deleted.
    fn default_choice(&self) -> Choice {
        if matches!(self, Self::New | Self::SameAccount { .. }) { Choice::Take } else { Choice::Leave }
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Into the vault, or out of its trash.
    Take,
    /// Not into the vault.
    Leave,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The credential ids that came.
    pub added: Vec<Vec<u8>>,
    /// Those that were taken out of the trash.
    pub restored: Vec<Vec<u8>>,
    /// Those that were offered before and gave way to a newer one.
    pub replaced: Vec<Vec<u8>>,
    /// How many rows were left.
    pub left: usize,
}

impl Row {
    /// The passkey, as it would be; `None` where there can be none.
    pub fn passkey(&self) -> Option<Passkey> {
        self.record.as_ref().map(Passkey::from)
    }

    /// Takes it or leaves it.
    ///
    /// # Errors
    /// [`Error::Refused`] for a row with nothing to take.
    pub fn choose(&mut self, choice: Choice) -> Result<(), Error> {
        if choice == Choice::Take && !self.verdict.can_be_taken() {
            return Err(Error::Refused("there is nothing to take in this row"));
        }
        self.choice = choice;
        Ok(())
    }

    /// Says what the file does not: BE as the site saw it, and whether BS is 1.
    ///
    /// # Errors
    /// [`Error::Refused`] for BS without BE, and where the file says BE itself.
    pub fn set_flags(&mut self, backup_eligible: bool, backup_state: bool) -> Result<(), Error> {
        let Some(record) = self.record.as_mut().filter(|_| self.verdict.can_be_taken()) else {
            return Err(Error::Refused("there is nothing to take in this row"));
        };
        if self.flags_known && backup_eligible != record.backup_eligible {
            return Err(Error::Refused("the file says BE itself, and BE never changes (WebAuthn §6.1.3)"));
        }
        arrival::set_flags(record, backup_eligible, backup_state)
    }

    fn new(place: String, notes: Vec<String>, read: Result<arrival::Arrival, String>) -> Self {
        let (record, dated, flags_known, verdict) = match read {
            Ok(arrival) => (Some(arrival.record), arrival.dated, arrival.flags_known, Verdict::New),
            Err(reason) => (None, false, false, Verdict::Refused(reason)),
        };
        let rp_id = record.as_ref().map(|record| record.rp_id.clone());
        let user_name = record.as_ref().and_then(|record| record.user_name.clone());
        Self { place, rp_id, user_name, verdict, choice: Choice::Leave, flags_known, notes, dated, record }
    }
}

impl Plan {
    /// A plan of records of our own.
    pub(crate) fn of_records(
        records: impl IntoIterator<Item = Record>,
        left_out: Vec<String>,
        states: Vec<(Id, PersistentState)>,
        by: Actor,
    ) -> Self {
        let row = |(index, record): (usize, Record)| {
            let arrival = arrival::Arrival { record, dated: true, flags_known: true };
            let row = Row::new(format!("passkeys[{index}]"), Vec::new(), Ok(arrival));
            Row { choice: Choice::Take, ..row }
        };
        Self { rows: records.into_iter().enumerate().map(row).collect(), left_out, states, by }
    }
}

impl Vault {
    /// What would become of the passkeys of `document`. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn plan_import(&self, document: Document, source: Source<'_>) -> Result<Plan, Error> {
        let now = self.live().now();
        let by = Actor::File(source.name.to_owned());
        let row = |mut row: exchange::Row| {
            let arrival =
                row.passkey.and_then(|passkey| arrival::read(&passkey, source, now, &mut row.notes));
            Row::new(row.place, row.notes, arrival)
        };
        let rows = document.rows.into_iter().map(row).collect();
        self.plan(Plan { rows, left_out: document.left_out, states: Vec::new(), by })
    }

    /// Judges every row by what the vault holds now.
    pub(crate) fn plan(&self, mut plan: Plan) -> Result<Plan, Error> {
        self.read(|session| {
            let mut settlement = Settlement::new(session);
            for (index, row) in plan.rows.iter_mut().enumerate() {
                let Some(record) = &row.record else { continue };
                row.verdict = settlement.judge(index, record, row.dated)?;
                row.choice = row.verdict.default_choice();
                if row.choice == Choice::Take {
                    settlement.take(record, &row.verdict)?;
                }
            }
            Ok(())
        })?;
        Ok(plan)
    }

    /// Does what the plan says, in one transaction: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::Refused`] where the vault changed since the plan was made so that a chosen row
    /// cannot be taken any more.
    pub fn import(&self, plan: &Plan) -> Result<Imported, Error> {
        self.write(|session| {
            let mut settlement = Settlement::new(session);
            let mut imported = Imported::default();
            for (index, row) in plan.rows.iter().enumerate() {
                let Some(record) = row.record.as_ref().filter(|_| row.choice == Choice::Take) else {
                    imported.left += 1;
                    continue;
                };
                let verdict = settlement.judge(index, record, row.dated)?;
                if !verdict.can_be_taken() {
                    return Err(Error::Refused("the vault changed since the file was read; read it again"));
                }
                let taken =
                    if verdict == Verdict::InTrash { &mut imported.restored } else { &mut imported.added };
                taken.push(record.credential_id.clone());
                settlement.take(record, &verdict)?;
            }
            imported.replaced = settlement.write(&plan.by)?;
            for (aaguid, state) in &plan.states {
                // A key that is in use keeps its own PIN.
                if !session.has_state(aaguid)? {
                    session.set_state(aaguid, state)?;
                }
            }
            Ok(imported)
        })
    }
}
