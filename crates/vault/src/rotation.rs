//! A new vault key: every content key is wrapped anew, every slot sealed anew, and no content is touched.

use std::{ops::ControlFlow, sync::Arc};

use rusqlite::{TransactionBehavior, params};

use crate::{
    error::Error,
    header::Header,
    memory::KeyPage,
    open::Open,
    random::random,
    seal::{self, Id, Place},
    secret::Secret,
    session::Session,
    slot::{Slot, SlotId, SlotRow},
    transaction::Meta,
    vault::{Vault, guard},
};

/// So many records are read before they are written.
const BATCH: usize = 256;

/// How far a long job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Records done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

impl Vault {
    /// Gives an open vault a new key, in one transaction: it is done, or nothing is changed. `progress` is told now
    /// and then, and may stop it. Other programs that hold the vault open read the new key by the slot that opened it
    /// there.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Cancelled`]; [`Error::SlotOutdated`] and [`Error::SlotAltered`] where there is a
    /// slot that the new key cannot, or must not, be sealed to.
    pub fn rotate(&self, progress: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<(), Error> {
        self.renew_keyring_slots(None)?;
        self.rekey(progress, |_, _| Ok(()))
    }

    /// Runs `job`, which may change slots, and gives the vault a new key in the same transaction.
    pub(crate) fn rekey<T>(
        &self,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
        job: impl FnOnce(&Session<'_>, &mut Header) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let meta = Meta::load(&transaction)?;
        let open = self.opened(&transaction, &meta)?;
        self.compare(&transaction, &open)?;
        self.require_calm()?;
        let session = Session::new(&transaction, self.id(), &open, meta.revision + 1, self.live().now());
        let mut header = Header::load(&transaction, self.id(), &open.vault_key)?;
        let value = job(&session, &mut header)?;

        let vault_key = Secret::new(random()?);
        rewrap(&session, &vault_key, progress)?;
        reseal(&session, &header, &vault_key)?;
        let proof = header.proof_mut()?;
        proof.generation += 1;
        proof.digest.merge(session.difference.get());
        let generation = proof.generation;
        header.store(&transaction, self.id(), &vault_key)?;
        let epoch = meta.epoch + 1;
        transaction
            .execute("UPDATE vault SET revision = ?1, epoch = ?2", params![session.revision, epoch])?;
        let page = KeyPage::new(&vault_key, &open.index_key, open.slot.as_ref());
        transaction.commit()?;
        self.committed(generation);
        // Only tidies up: the log is as large as the vault now.
        drop(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        let open = Open { page, device: open.device, by: open.by.clone(), epoch };
        *guard(&self.inner.open) = Some(Arc::new(open));
        Ok(value)
    }

    /// Brings keyring slots of earlier formats to today's form, which takes nobody's passphrase; `but` is about to be
    /// removed. Before the transaction: the keyring may ask the person.
    pub(crate) fn renew_keyring_slots(&self, but: Option<&SlotId>) -> Result<(), Error> {
        let rows = self.read(|session| SlotRow::of(session.transaction, Slot::Keyring))?;
        let outdated = rows.iter().filter(|row| row.is_outdated() && Some(&SlotId(row.id)) != but);
        outdated.into_iter().try_for_each(|row| self.renew_keyring_slot(row))
    }
}

/// Wraps the content key of every record under `vault_key`.
fn rewrap(
    session: &Session<'_>,
    vault_key: &Secret,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), Error> {
    let transaction = session.transaction;
    let total = transaction.query_row("SELECT count(*) FROM record", [], |row| row.get(0))?;
    let mut select =
        transaction.prepare("SELECT id, kind, sealed FROM record WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut update = transaction.prepare("UPDATE record SET sealed = ?2 WHERE id = ?1")?;
    let (mut done, mut last): (u64, Vec<u8>) = (0, Vec::new());
    loop {
        if progress(Progress { done, total }).is_break() {
            return Err(Error::Cancelled);
        }
        let batch: Vec<(Id, u8, Vec<u8>)> = select
            .query_map(params![last, BATCH], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let Some((id, ..)) = batch.last() else { return Ok(()) };
        last = id.to_vec();
        for (id, kind, sealed) in batch {
            let place = Place { vault: session.vault, record: &id, kind };
            let sealed = seal::rewrap(&session.open.vault_key, vault_key, place, &sealed, &random()?)?;
            update.execute(params![id, sealed])?;
            done += 1;
        }
    }
}

/// Seals `vault_key` to every slot, and to no slot that somebody without the vault's key put there.
fn reseal(session: &Session<'_>, header: &Header, vault_key: &Secret) -> Result<(), Error> {
    for mut row in SlotRow::all(session.transaction)? {
        if row.is_outdated() {
            return Err(Error::SlotOutdated(row.name()));
        }
        if !header.lists(session.vault, &row) {
            return Err(Error::SlotAltered(row.name()));
        }
        row.seal(session.vault, header.slot_seed()?, vault_key)?;
        row.store(session.transaction)?;
    }
    Ok(())
}
