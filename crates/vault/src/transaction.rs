//! Transactions on an open vault, and the readable row that each of them looks at.

use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::{
    error::Error,
    header::Header,
    memory::KeyPage,
    open::Open,
    reckoning,
    seal::{self, Id},
    session::Session,
    slot::{SlotInfo, SlotRow},
    vault::{Vault, guard},
};

/// The readable part.
pub(crate) struct Meta {
    pub(crate) id: Id,
    pub(crate) locked: bool,
    pub(crate) revision: u64,
    pub(crate) epoch: u64,
}

impl Meta {
    pub(crate) fn load(connection: &Connection) -> Result<Self, Error> {
        let mut statement = connection.prepare_cached("SELECT id, locked, revision, epoch FROM vault")?;
        let (id, locked, revision, epoch): (Id, bool, i64, i64) =
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let number = |value: i64, what: &str| {
            u64::try_from(value).map_err(|_| Error::Damaged(format!("its {what} is negative")))
        };
        Ok(Self { id, locked, revision: number(revision, "revision")?, epoch: number(epoch, "epoch")? })
    }
}

impl Vault {
    /// Runs `job` on one consistent view.
    pub(crate) fn read<T>(&self, job: impl FnOnce(&Session<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.transact(TransactionBehavior::Deferred, true, job)
    }

    /// Runs `job` with no other writer beside it; its changes are durable on return, or there are none.
    pub(crate) fn write<T>(&self, job: impl FnOnce(&Session<'_>) -> Result<T, Error>) -> Result<T, Error> {
        // IMMEDIATE: what the job reads cannot be changed by another process before it writes.
        self.transact(TransactionBehavior::Immediate, true, job)
    }

    /// As [`Vault::write`], also to a vault that nothing is to be written to: for ending that.
    pub(crate) fn write_despite_alarm<T>(
        &self,
        job: impl FnOnce(&Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.transact(TransactionBehavior::Immediate, false, job)
    }

    fn transact<T>(
        &self,
        behavior: TransactionBehavior,
        calm: bool,
        job: impl FnOnce(&Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.transact_by(&mut self.connection(), behavior, calm, job)
    }

    /// By another connection than the vault's first.
    pub(crate) fn transact_by<T>(
        &self,
        connection: &mut Connection,
        behavior: TransactionBehavior,
        calm: bool,
        job: impl FnOnce(&Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let transaction = connection.transaction_with_behavior(behavior)?;
        let meta = Meta::load(&transaction)?;
        let open = self.opened(&transaction, &meta)?;
        self.compare(&transaction, &open)?;
        if calm && matches!(behavior, TransactionBehavior::Immediate) {
            self.require_calm()?;
        }
        let before = transaction.total_changes();
        let session = Session::new(&transaction, self.id(), &open, meta.revision + 1, self.live().now());
        let value = job(&session)?;
        let generation = if transaction.total_changes() == before {
            None
        } else {
            if self.live().is_worth_noting() {
                self.live().note_time();
                reckoning::take_note(&session)?;
            }
            Some(prove(&session)?)
        };
        transaction.commit()?;
        if let Some(generation) = generation {
            self.committed(generation);
        }
        Ok(value)
    }

    /// The keys, unless the owner locked the vault, here or in another process. Where another process gave the vault
    /// a new key, it is read by what this one holds.
    pub(crate) fn opened(&self, transaction: &Transaction<'_>, meta: &Meta) -> Result<Arc<Open>, Error> {
        if meta.locked {
            self.forget();
            return Err(Error::LockedByOwner);
        }
        let open = guard(&self.inner.open).clone().ok_or(Error::Locked)?;
        if open.epoch == meta.epoch {
            return Ok(open);
        }
        let reopened = match reopen(transaction, self.id(), &open, meta.epoch) {
            Ok(Some(reopened)) => Arc::new(reopened),
            Ok(None) => {
                self.forget();
                return Err(Error::Locked);
            }
            Err(error) => return Err(error),
        };
        *guard(&self.inner.open) = Some(Arc::clone(&reopened));
        Ok(reopened)
    }
}

/// The vault as the slot that opened it opens it now; `None` where that slot is gone, or not of today's form.
fn reopen(transaction: &Transaction<'_>, vault: &Id, open: &Open, epoch: u64) -> Result<Option<Open>, Error> {
    let (Some(row), Some(secret)) = (SlotRow::find(transaction, &open.by.id.0)?, &open.slot) else {
        return Ok(None);
    };
    let Ok(vault_key) = row.vault_key(vault, secret) else { return Ok(None) };
    let header = Header::load(transaction, vault, &vault_key)?;
    let index_key = seal::index_key(&header.index_seed, vault)?;
    Ok(Some(Open {
        page: KeyPage::new(&vault_key, &index_key, Some(secret)),
        device: open.device,
        by: SlotInfo { label: row.name(), ..open.by.clone() },
        epoch,
    }))
}

/// Takes what the transaction changed into the header, and counts it: the generation.
fn prove(session: &Session<'_>) -> Result<u64, Error> {
    let mut header = Header::load(session.transaction, session.vault, &session.open.vault_key)?;
    let proof = header.proof_mut()?;
    proof.generation += 1;
    proof.digest.merge(session.difference.get());
    let generation = proof.generation;
    header.store(session.transaction, session.vault, &session.open.vault_key)?;
    session
        .transaction
        .prepare_cached("UPDATE vault SET revision = ?1")?
        .execute(params![session.revision])?;
    Ok(generation)
}
