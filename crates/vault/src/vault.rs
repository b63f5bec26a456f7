//! The vault: made, opened, locked, and what it holds.

use std::{
    cell::Cell,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use authenticator::{Kind, Profile};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use secrecy::SecretString;

use crate::{
    database,
    error::Error,
    header::{Header, Proof},
    keyring,
    passkey::Passkey,
    random::random,
    seal::{self, Id},
    secret::Secret,
    session::{self, Open, Session},
    store::VaultStore,
    unlock::{self, Slot, SlotRow},
};

/// Passkeys at rest. Clones share one open file and one key; other processes may use the same vault at the
/// same time. Every call blocks: on the disk, on Argon2id (a few tenths of a second), on the keyring's own
/// question.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    id: Id,
    connection: Mutex<Connection>,
    open: Mutex<Option<Arc<Open>>>,
}

/// Whether a new vault is given to the OS keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// If one answers.
    Use,
    /// Not asked.
    Skip,
}

/// How a new vault can be opened.
#[derive(Debug)]
pub struct Created {
    /// The slots that were made; a passphrase always.
    pub slots: Vec<Slot>,
    /// Why there is no keyring slot although one was wanted.
    pub keyring_error: Option<Error>,
}

/// What lies in a data folder, as far as can be seen without a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No vault.
    Absent,
    /// A vault that the keyring or the passphrase opens.
    Locked,
    /// A vault that only the passphrase opens: its owner locked it.
    LockedByOwner,
    /// Not a vault, or an altered one: why.
    Damaged(String),
    /// A vault of a newer program.
    NewerVersion {
        /// The file's format.
        found: u32,
        /// The newest that this program knows.
        supported: u32,
    },
    /// It could not be looked at: why.
    Unreadable(String),
}

impl Vault {
    /// Whether there is a vault, whatever its state, in `dir`.
    pub fn exists(dir: &Path) -> bool {
        database::path(dir).exists()
    }

    /// What lies in `dir`. Changes nothing and asks nobody.
    pub fn state(dir: &Path) -> State {
        let locked = database::open(dir).and_then(|connection| Ok(meta(&connection)?.locked));
        match locked {
            Ok(false) => State::Locked,
            Ok(true) => State::LockedByOwner,
            Err(Error::Absent(_)) => State::Absent,
            Err(Error::Damaged(reason)) => State::Damaged(reason),
            Err(Error::NewerVersion { found, supported }) => State::NewerVersion { found, supported },
            Err(error) => State::Unreadable(error.to_string()),
        }
    }

    /// Makes a vault in `dir`, behind `passphrase` and, where one answers, in the keyring. It is open after.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::PassphraseTooShort`], and what the disk says. A keyring that does not
    /// answer is no error: see [`Created`].
    pub fn create(dir: &Path, passphrase: &SecretString, keyring: Keyring) -> Result<(Self, Created), Error> {
        if Self::exists(dir) {
            return Err(Error::Exists(database::path(dir)));
        }
        let (id, vault_key) = (random()?, Secret::new(random()?));
        let mut slots = vec![SlotRow::passphrase(&id, &vault_key, passphrase)?];
        // The keyring first: a crash in between leaves an entry without a vault, not a slot without its entry.
        let given = (keyring == Keyring::Use).then(|| keyring::write(&id, &vault_key));
        if matches!(given, Some(Ok(()))) {
            slots.push(SlotRow::keyring(&id)?);
        }
        let made = database::create(dir, |connection| fill(connection, &id, &vault_key, &slots));
        if made.is_err() && slots.len() > 1 {
            // The vault that it was for does not exist; a failure here hides the one that matters.
            drop(keyring::delete(&id));
        }
        made?;
        let vault = Self::open(dir)?;
        vault.admit(vault_key, Slot::Passphrase)?;
        let created = Created {
            slots: slots.iter().map(|row| row.slot).collect(),
            keyring_error: given.and_then(Result::err),
        };
        Ok((vault, created))
    }

    /// Opens the file in `dir`; the passkeys stay locked.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Damaged`], [`Error::NewerVersion`]; in these cases nothing was written.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let connection = database::open(dir)?;
        let id = meta(&connection)?.id;
        Ok(Self { inner: Arc::new(Inner { id, connection: Mutex::new(connection), open: Mutex::new(None) }) })
    }

    /// Unlocks by the OS keyring, which may ask the person.
    ///
    /// # Errors
    /// [`Error::LockedByOwner`], [`Error::NoKeyringSlot`], [`Error::KeyMissing`], [`Error::WrongKey`],
    /// [`Error::KeyringLocked`], [`Error::KeyringUnavailable`].
    pub fn unlock_with_keyring(&self) -> Result<(), Error> {
        {
            let connection = self.connection();
            if meta(&connection)?.locked {
                return Err(Error::LockedByOwner);
            }
            SlotRow::load(&connection, Slot::Keyring)?.ok_or(Error::NoKeyringSlot)?;
        }
        let vault_key = keyring::read(&self.inner.id)?;
        self.admit(vault_key, Slot::Keyring).map_err(|error| match error {
            Error::Damaged(_) => Error::WrongKey,
            other => other,
        })
    }

    /// Unlocks by the passphrase, and takes back what [`Vault::lock`] said.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`].
    pub fn unlock_with_passphrase(&self, passphrase: &SecretString) -> Result<(), Error> {
        self.admit(self.vault_key(passphrase)?, Slot::Passphrase)?;
        self.connection()
            .execute("UPDATE vault SET locked = 0, revision = revision + 1 WHERE locked = 1", [])?;
        Ok(())
    }

    /// Whether this is the passphrase. Changes nothing, works on a locked vault too.
    ///
    /// # Errors
    /// A damaged slot and what the database says.
    pub fn verify_passphrase(&self, passphrase: &SecretString) -> Result<bool, Error> {
        match self.vault_key(passphrase) {
            Ok(_) => Ok(true),
            Err(Error::WrongPassphrase) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Locks the vault for every process until its passphrase is given: wipes the key here, and tells the
    /// others, which drop theirs before they touch it again.
    ///
    /// # Errors
    /// What the database says; the key is gone from this process also then.
    pub fn lock(&self) -> Result<(), Error> {
        self.forget();
        self.connection()
            .execute("UPDATE vault SET locked = 1, revision = revision + 1 WHERE locked = 0", [])?;
        Ok(())
    }

    /// Whether passkeys can be read here. Drops the key where another process locked the vault.
    pub fn is_open(&self) -> bool {
        let locked = meta(&self.connection()).is_ok_and(|meta| meta.locked);
        if locked {
            self.forget();
        }
        guard(&self.inner.open).is_some()
    }

    /// What opened it here; `None` while locked.
    pub fn opened_by(&self) -> Option<Slot> {
        guard(&self.inner.open).as_ref().map(|open| open.by)
    }

    /// What can open it.
    ///
    /// # Errors
    /// What the database says.
    pub fn slots(&self) -> Result<Vec<Slot>, Error> {
        unlock::slots(&self.connection())
    }

    /// Replaces the passphrase of an open vault.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::PassphraseTooShort`].
    pub fn change_passphrase(&self, new: &SecretString) -> Result<(), Error> {
        let vault_key = self.read(|session| Ok(session.open.vault_key.clone()))?;
        let row = SlotRow::passphrase(&self.inner.id, &vault_key, new)?;
        self.write(|session| {
            SlotRow::remove(session.transaction, Slot::Passphrase)?;
            row.insert(session.transaction)
        })
    }

    /// Gives the key of an open vault to the OS keyring, also where the entry got lost.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::KeyringLocked`], [`Error::KeyringUnavailable`].
    pub fn add_keyring_slot(&self) -> Result<(), Error> {
        let vault_key = self.read(|session| Ok(session.open.vault_key.clone()))?;
        keyring::write(&self.inner.id, &vault_key)?;
        self.write(|session| {
            SlotRow::remove(session.transaction, Slot::Keyring)?;
            SlotRow::keyring(session.vault)?.insert(session.transaction)
        })
    }

    /// Takes the key of an open vault out of the OS keyring; the passphrase stays.
    ///
    /// # Errors
    /// [`Error::Locked`]; where the keyring does not answer, its entry and the slot stay.
    pub fn remove_keyring_slot(&self) -> Result<(), Error> {
        self.read(|_| Ok(()))?;
        match keyring::delete(&self.inner.id) {
            Ok(()) | Err(Error::KeyMissing) => {
                self.write(|session| SlotRow::remove(session.transaction, Slot::Keyring))
            }
            Err(error) => Err(error),
        }
    }

    /// Every passkey, oldest first.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn passkeys(&self) -> Result<Vec<Passkey>, Error> {
        self.read(|session| {
            Ok(session.passkeys()?.iter().map(|stored| Passkey::from(&stored.record)).collect())
        })
    }

    /// The passkey with this credential id.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn passkey(&self, id: &[u8]) -> Result<Option<Passkey>, Error> {
        self.read(|session| Ok(session.passkey(id)?.map(|stored| Passkey::from(&stored.record))))
    }

    /// Removes the passkey with this credential id; whether there was one.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn delete_passkey(&self, id: &[u8]) -> Result<bool, Error> {
        self.write(|session| {
            let found = session.passkey(id)?;
            found.as_ref().map_or(Ok(()), |stored| session.remove(stored))?;
            Ok(found.is_some())
        })
    }

    /// A number that grows with every change by any process. Cheap, works while locked.
    ///
    /// # Errors
    /// What the database says.
    pub fn revision(&self) -> Result<u64, Error> {
        Ok(meta(&self.connection())?.revision)
    }

    /// What the passkeys of this AAGUID are; `None` where there are none. All are of one kind as long as no key
    /// of another kind starts on them.
    ///
    /// # Errors
    /// [`Error::Locked`] and what the database says.
    pub fn kind_of(&self, aaguid: &[u8; 16]) -> Result<Option<Kind>, Error> {
        self.read(|session| Ok(session.any_of(aaguid)?.map(|stored| stored.record.kind)))
    }

    /// The part that belongs to the virtual key of this profile.
    pub fn store(&self, profile: &Profile) -> VaultStore {
        VaultStore::new(self.clone(), profile)
    }

    /// Runs `job` on one consistent view.
    pub(crate) fn read<T>(&self, job: impl FnOnce(&Session<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.transact(TransactionBehavior::Deferred, job)
    }

    /// Runs `job` with no other writer beside it; its changes are durable on return, or there are none.
    pub(crate) fn write<T>(&self, job: impl FnOnce(&Session<'_>) -> Result<T, Error>) -> Result<T, Error> {
        // IMMEDIATE: what the job reads cannot be changed by another process before it writes.
        self.transact(TransactionBehavior::Immediate, job)
    }

    fn transact<T>(
        &self,
        behavior: TransactionBehavior,
        job: impl FnOnce(&Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(behavior)?;
        let meta = meta(&transaction)?;
        let open = self.opened(&meta)?;
        let before = transaction.total_changes();
        let session = Session {
            transaction: &transaction,
            vault: &self.inner.id,
            open: &open,
            revision: meta.revision + 1,
            difference: Cell::default(),
        };
        let value = job(&session)?;
        if transaction.total_changes() != before {
            prove(&session)?;
        }
        transaction.commit()?;
        Ok(value)
    }

    /// The key, unless the owner locked the vault, here or in another process.
    fn opened(&self, meta: &Meta) -> Result<Arc<Open>, Error> {
        if meta.locked {
            self.forget();
            return Err(Error::LockedByOwner);
        }
        guard(&self.inner.open).clone().ok_or(Error::Locked)
    }

    fn vault_key(&self, passphrase: &SecretString) -> Result<Secret, Error> {
        // The connection is free again while Argon2id works.
        let row = SlotRow::load(&self.connection(), Slot::Passphrase)?;
        let row = row.ok_or_else(|| Error::Damaged("there is no passphrase slot".to_owned()))?;
        row.open(&self.inner.id, passphrase)
    }

    /// Keeps the key if it opens the header.
    fn admit(&self, vault_key: Secret, by: Slot) -> Result<(), Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut header = Header::load(&transaction, &self.inner.id, &vault_key)?;
        let index_key = seal::index_key(&header.index_seed, &self.inner.id)?;
        if header.proof.is_none() {
            let digest = session::digest(&transaction, &index_key)?;
            header.proof = Some(Proof { generation: 0, digest, device: random()? });
            let sealed = header.seal(&self.inner.id, &vault_key)?;
            transaction.execute("UPDATE vault SET header = ?1", [sealed])?;
        }
        transaction.commit()?;
        let device = header.proof.map(|proof| proof.device).unwrap_or_default();
        *guard(&self.inner.open) = Some(Arc::new(Open { vault_key, index_key, device, by }));
        Ok(())
    }

    fn forget(&self) {
        *guard(&self.inner.open) = None;
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        guard(&self.inner.connection)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("id", &hex::encode(self.inner.id)).finish_non_exhaustive()
    }
}

/// The readable part.
struct Meta {
    id: Id,
    locked: bool,
    revision: u64,
}

fn meta(connection: &Connection) -> Result<Meta, Error> {
    let mut statement = connection.prepare_cached("SELECT id, locked, revision FROM vault")?;
    let (id, locked, revision): (Id, bool, i64) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let revision =
        u64::try_from(revision).map_err(|_| Error::Damaged("its revision is negative".to_owned()))?;
    Ok(Meta { id, locked, revision })
}

/// Takes what the transaction changed into the header, and counts it.
fn prove(session: &Session<'_>) -> Result<(), Error> {
    let Open { vault_key, .. } = session.open;
    let mut header = Header::load(session.transaction, session.vault, vault_key)?;
    let proof = header.proof.as_mut();
    let proof = proof.ok_or_else(|| Error::Damaged("its header proves nothing".to_owned()))?;
    proof.generation += 1;
    proof.digest.merge(session.difference.get());
    session
        .transaction
        .prepare_cached("UPDATE vault SET revision = ?1, header = ?2")?
        .execute(params![session.revision, header.seal(session.vault, vault_key)?])?;
    Ok(())
}

/// The first rows of a new vault.
fn fill(connection: &Connection, id: &Id, vault_key: &Secret, slots: &[SlotRow]) -> Result<(), Error> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let header = Header::new()?.seal(id, vault_key)?;
    transaction.execute(
        "INSERT INTO vault (one, id, locked, revision, header) VALUES (1, ?1, 0, 0, ?2)",
        params![id, header],
    )?;
    for slot in slots {
        slot.insert(&transaction)?;
    }
    transaction.commit()?;
    Ok(())
}

/// A panic in another thread leaves nothing half done here: a transaction rolls back when it is dropped.
fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
