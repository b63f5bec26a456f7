//! The vault: made, opened, locked, and what it holds.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use authenticator::{Kind, Profile, platform::Clock};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use secrecy::SecretString;

use crate::{
    counter::Owner,
    database,
    error::Error,
    header::Header,
    keyring::{self, Item},
    live::Live,
    open::Open,
    passkey::Passkey,
    random::random,
    record::Standing,
    rollback::{Alarm, Watch},
    seal::Id,
    secret::Secret,
    slot::{NewSlot, Slot, SlotRow},
    slots,
    store::VaultStore,
    transaction::Meta,
    unlock::Key,
};

/// Passkeys at rest. Clones share one open file and one key; other processes may use the same vault at the
/// same time. Every call blocks: on the disk, on Argon2id (a few tenths of a second), on the keyring's own
/// question.
#[derive(Clone)]
pub struct Vault {
    pub(crate) inner: Arc<Inner>,
    /// None in one that serves another for a moment.
    _owner: Option<Arc<Owner>>,
}

pub(crate) struct Inner {
    id: Id,
    connection: Mutex<Connection>,
    pub(crate) open: Mutex<Option<Arc<Open>>>,
    /// Where it lies.
    pub(crate) dir: PathBuf,
    /// Why nothing is written to it.
    pub(crate) alarm: Mutex<Option<Alarm>>,
    pub(crate) watch: Mutex<Option<Watch>>,
    pub(crate) live: Live,
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
        let locked = database::look(dir).and_then(|connection| {
            // Every format has it.
            Ok(connection.query_row("SELECT locked FROM vault", [], |row| row.get(0))?)
        });
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
        let id = random()?;
        let now = Live::default().now();
        let passphrase = slots::passphrase_slot("", passphrase, now)?;
        let given = (keyring == Keyring::Use).then(|| slots::keyring_slot(&id, now)).transpose();
        let (given, keyring_error) = match given {
            Ok(given) => (given, None),
            Err(error) => (None, Some(error)),
        };
        let entry = given.as_ref().map(|slot| Item::Slot(id, slot.id));
        let key = passphrase.key_encryption_key.clone();
        let mut rows = Vec::new();
        let made = database::create(dir, |connection| {
            rows = fill(connection, &id, [Some(passphrase), given].into_iter().flatten())?;
            Ok(())
        });
        if let (Err(_), Some(entry)) = (&made, entry) {
            // The vault that it was for does not exist; a failure here hides the one that matters.
            drop(keyring::delete(entry));
        }
        made?;
        let vault = Self::open(dir)?;
        if let Some(row) = rows.first() {
            vault.admit(row, &Key::Slot(&key))?;
            vault.watch()?;
        }
        let slots = rows.iter().filter_map(SlotRow::info).map(|slot| slot.kind).collect();
        Ok((vault, Created { slots, keyring_error }))
    }

    /// Opens the file in `dir`; the passkeys stay locked.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Damaged`], [`Error::NewerVersion`]; in these cases nothing was written.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        Self::over(dir, database::open(dir)?, None)
    }

    /// Opens the file in `dir` although [`Vault::open`] finds it damaged: for [`Vault::check`], and for
    /// [`Vault::repair`], before which nothing is written to it.
    ///
    /// # Errors
    /// As [`Vault::open`], where nothing can be read at all.
    pub fn open_damaged(dir: &Path) -> Result<Self, Error> {
        let damaged = Alarm::Damaged("it was opened to be looked at and repaired".to_owned());
        Self::over(dir, database::open_unchecked(dir)?, Some(damaged))
    }

    fn over(dir: &Path, connection: Connection, alarm: Option<Alarm>) -> Result<Self, Error> {
        let id = Meta::load(&connection)?.id;
        let inner = Inner {
            id,
            connection: Mutex::new(connection),
            open: Mutex::default(),
            dir: dir.to_owned(),
            alarm: Mutex::new(alarm),
            watch: Mutex::default(),
            live: Live::default(),
        };
        let inner = Arc::new(inner);
        Ok(Self { _owner: Some(Owner::new(&inner)), inner })
    }

    pub(crate) fn unowned(inner: Arc<Inner>) -> Self {
        Self { inner, _owner: None }
    }

    /// Locks the vault for every process until its passphrase is given: wipes the key here, and tells the
    /// others, which drop theirs before they touch it again.
    ///
    /// # Errors
    /// What the database says; the key is gone from this process also then.
    pub fn lock(&self) -> Result<(), Error> {
        self.close();
        self.connection()
            .execute("UPDATE vault SET locked = 1, revision = revision + 1 WHERE locked = 0", [])?;
        Ok(())
    }

    /// Wipes the key from this process alone. Whoever could open the vault before can do so again, by the keyring too.
    pub fn close(&self) {
        // Where this fails, counters jump.
        drop(self.give_back());
        self.forget();
        if let Some(watch) = &*guard(&self.inner.watch) {
            watch.flush();
        }
    }

    /// Whether its owner locked it, here or in another process: only a secret of the owner's opens it then.
    pub fn is_locked_by_owner(&self) -> bool {
        Meta::load(&self.connection()).is_ok_and(|meta| meta.locked)
    }

    /// Whether passkeys can be read here. Drops the key where another process locked the vault, or took away the slot
    /// that opened it here.
    pub fn is_open(&self) -> bool {
        match self.read(|_| Ok(())) {
            Ok(()) => true,
            Err(Error::Locked | Error::LockedByOwner) => false,
            Err(_) => guard(&self.inner.open).is_some(),
        }
    }

    /// The passkeys that sites are offered, and the hidden ones; oldest first.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn passkeys(&self) -> Result<Vec<Passkey>, Error> {
        self.list(|standing| matches!(standing, Standing::Offered | Standing::Hidden))
    }

    pub(crate) fn list(&self, wanted: impl Fn(Standing) -> bool) -> Result<Vec<Passkey>, Error> {
        let listed = self.read(|session| {
            let mut listed = session.passkeys()?;
            listed.retain(|stored| wanted(stored.record.standing()));
            Ok(listed)
        })?;
        let mut uses = self.uses();
        Ok(listed.iter().map(|stored| Passkey::now(&stored.record, &mut uses)).collect())
    }

    /// The passkey with this credential id, wherever it stands.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn passkey(&self, id: &[u8]) -> Result<Option<Passkey>, Error> {
        let found = self.read(|session| session.passkey(id))?;
        Ok(found.map(|stored| Passkey::now(&stored.record, &mut self.uses())))
    }

    /// A number that grows with every change by any process. Cheap, works while locked.
    ///
    /// # Errors
    /// What the database says.
    pub fn revision(&self) -> Result<u64, Error> {
        Ok(Meta::load(&self.connection())?.revision)
    }

    /// What the passkeys of this AAGUID are; `None` where there are none. All are of one kind as long as no key
    /// of another kind starts on them.
    ///
    /// # Errors
    /// [`Error::Locked`] and what the database says.
    pub fn kind_of(&self, aaguid: &[u8; 16]) -> Result<Option<Kind>, Error> {
        self.read(|session| Ok(session.any_of(aaguid)?.map(|stored| stored.record.kind)))
    }

    /// Takes the time from `clock`, and not from the operating system.
    pub fn set_clock(&self, clock: Arc<dyn Clock>) {
        self.live().set_clock(clock);
    }

    /// The part that belongs to the virtual key of this profile.
    pub fn store(&self, profile: &Profile) -> VaultStore {
        VaultStore::new(self.clone(), profile)
    }

    pub(crate) fn id(&self) -> &Id {
        &self.inner.id
    }

    pub(crate) fn forget(&self) {
        *guard(&self.inner.open) = None;
        self.live().forget();
    }

    pub(crate) fn live(&self) -> &Live {
        &self.inner.live
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        guard(&self.inner.connection)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("id", &hex::encode(self.inner.id)).finish_non_exhaustive()
    }
}

/// The first rows of a new vault.
fn fill(
    connection: &Connection,
    id: &Id,
    slots: impl Iterator<Item = NewSlot>,
) -> Result<Vec<SlotRow>, Error> {
    let (vault_key, mut header) = (Secret::new(random()?), Header::new()?);
    let made = slots.map(|slot| Ok(slot.make(id, header.slot_seed()?, &vault_key)?.0));
    let rows = made.collect::<Result<Vec<_>, Error>>()?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    for row in &rows {
        header.list(id, row);
        row.store(&transaction)?;
    }
    transaction.execute(
        "INSERT INTO vault (one, id, locked, revision, header) VALUES (1, ?1, 0, 0, ?2)",
        params![id, header.seal(id, &vault_key)?],
    )?;
    transaction.commit()?;
    Ok(rows)
}

/// A panic in another thread leaves nothing half done here: a transaction rolls back when it is dropped.
pub(crate) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
