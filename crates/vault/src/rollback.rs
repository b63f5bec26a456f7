//! The rollback alarm: the keyring remembers how new the vault was, so that an older copy put in its place is noticed.
//!
//! Every commit has a number, sealed in the header. A thread of its own tells it to the keyring, about once a second at
//! most, and asks for it at every unlocking; nobody waits for a keyring that is locked, missing or late.

use std::{
    sync::{
        Arc, Condvar, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use rusqlite::Transaction;

use crate::{
    database,
    error::Error,
    header::Header,
    keyring,
    open::Open,
    seal::Id,
    slot::{Slot, SlotRow},
    vault::{Vault, guard},
};

/// Commits that come closer together are told as one.
const DEBOUNCE: Duration = Duration::from_secs(1);
/// How long unlocking, locking and closing wait for the keyring.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether an open vault is known to be the newest copy of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// No keyring holds this vault, so none remembers how new it was.
    NotKept,
    /// The keyring could not be asked, or knows nothing of this vault yet: why.
    Unchecked(String),
    /// It is as new as the keyring remembers, or newer.
    Newest,
    /// It is older: so many changes are missing. Nothing is written to it until [`Vault::accept_older_copy`].
    OlderCopy {
        /// How many transactions.
        missing: u64,
    },
}

/// Why nothing is written to an open vault.
#[derive(Clone, Debug)]
pub(crate) enum Alarm {
    OlderCopy { remembered: u64, missing: u64 },
    Damaged(String),
}

impl Alarm {
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::OlderCopy { missing, .. } => Error::OlderCopy { missing: *missing },
            Self::Damaged(what) => Error::Damaged(what.clone()),
        }
    }
}

/// The thread that speaks with the keyring, until it is dropped.
pub(crate) struct Watch {
    answer: Arc<(Mutex<Answer>, Condvar)>,
    sender: Option<Sender<Message>>,
    /// Disconnected when the thread has ended.
    ended: Receiver<()>,
}

/// What the keyring said.
#[derive(Clone)]
enum Answer {
    Awaited,
    /// The generation, or none yet; not compared with the file's.
    Generation(Option<u64>),
    /// Compared, and this came out.
    Compared(Freshness),
}

enum Message {
    Committed(u64),
    Flush(Sender<()>),
}

impl Watch {
    pub(crate) fn start(vault: Id) -> Result<Self, Error> {
        let answer = Arc::new((Mutex::new(Answer::Awaited), Condvar::new()));
        let ((sender, receiver), (end, ended)) = (mpsc::channel(), mpsc::channel());
        let told = Arc::clone(&answer);
        thread::Builder::new()
            .name("rollback".to_owned())
            .spawn(move || {
                remember(vault, &told, &receiver);
                drop(end);
            })
            .map_err(Error::io("no thread for the rollback alarm"))?;
        Ok(Self { answer, sender: Some(sender), ended })
    }

    /// Waits for the keyring's answer, not for long.
    fn wait(&self) {
        let (answer, changed) = &*self.answer;
        drop(changed.wait_timeout_while(guard(answer), PATIENCE, |now| matches!(now, Answer::Awaited)));
    }

    pub(crate) fn committed(&self, generation: u64) {
        // Where the thread has ended, the keyring did not answer; `Freshness` says so.
        self.sender.as_ref().map(|sender| sender.send(Message::Committed(generation)));
    }

    /// Tells the keyring now what it was not told yet.
    pub(crate) fn flush(&self) {
        let (done, flushed) = mpsc::channel();
        let asked = !matches!(*guard(&self.answer.0), Answer::Awaited);
        if asked && self.sender.as_ref().is_some_and(|sender| sender.send(Message::Flush(done)).is_ok()) {
            let _ = flushed.recv_timeout(PATIENCE);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.sender = None;
        if !matches!(*guard(&self.answer.0), Answer::Awaited) {
            let _ = self.ended.recv_timeout(PATIENCE);
        }
    }
}

/// What the thread does.
fn remember(vault: Id, answer: &(Mutex<Answer>, Condvar), receiver: &Receiver<Message>) {
    let (said, reachable) = match keyring::generation(vault) {
        Ok(generation) => (Answer::Generation(generation), true),
        Err(error) => (Answer::Compared(Freshness::Unchecked(error.to_string())), false),
    };
    let mut kept = if let Answer::Generation(generation) = said { generation } else { None };
    *guard(&answer.0) = said;
    answer.1.notify_all();
    // A keyring that did not answer is not asked again before the next unlocking: it might ask the person each time.
    while reachable && let Ok(first) = receiver.recv() {
        let (mut newest, mut flushed) = (kept, Vec::new());
        let mut take = |message, newest: &mut Option<u64>| match message {
            Message::Committed(generation) => *newest = (*newest).max(Some(generation)),
            Message::Flush(done) => flushed.push(done),
        };
        let end = Instant::now() + DEBOUNCE;
        let mut more = Some(first);
        while let Some(message) = more {
            let flush = matches!(message, Message::Flush(_));
            take(message, &mut newest);
            more = if flush {
                None
            } else {
                receiver.recv_timeout(end.saturating_duration_since(Instant::now())).ok()
            };
        }
        if let Some(generation) = newest.filter(|_| newest > kept)
            && keyring::raise_generation(vault, generation).is_ok()
        {
            kept = newest;
        }
    }
}

impl Vault {
    /// Whether the open vault is known to be the newest copy of itself; `None` while locked.
    pub fn freshness(&self) -> Option<Freshness> {
        // What the keyring said meanwhile is compared now.
        self.read(|_| Ok(())).ok()?;
        let watch = guard(&self.inner.watch);
        let Some(watch) = watch.as_ref() else { return Some(Freshness::NotKept) };
        Some(match &*guard(&watch.answer.0) {
            Answer::Compared(freshness) => freshness.clone(),
            Answer::Awaited | Answer::Generation(_) => {
                Freshness::Unchecked("the keyring has not answered yet".to_owned())
            }
        })
    }

    /// Goes on with an older copy of the vault: what was written since is given up. Does nothing where this is the
    /// newest copy.
    ///
    /// # Errors
    /// [`Error::Locked`] and what the database says.
    pub fn accept_older_copy(&self) -> Result<(), Error> {
        let Some(Alarm::OlderCopy { remembered, .. }) = *guard(&self.inner.alarm) else { return Ok(()) };
        self.write_despite_alarm(|session| {
            let mut header = Header::load(session.transaction, session.vault, &session.open.vault_key)?;
            let proof = header.proof_mut()?;
            // This copy becomes the newest, for every program and every keyring.
            proof.generation = proof.generation.max(remembered);
            header.store(session.transaction, session.vault, &session.open.vault_key)
        })?;
        *guard(&self.inner.alarm) = None;
        if let Some(watch) = &*guard(&self.inner.watch) {
            *guard(&watch.answer.0) = Answer::Compared(Freshness::Newest);
        }
        Ok(())
    }

    /// Looks whether a vault that was unlocked just now is whole, where it is small, and asks the keyring how new it
    /// was, where one holds it.
    pub(crate) fn watch(&self) -> Result<(), Error> {
        let kept = !SlotRow::of(&self.connection(), Slot::Keyring)?.is_empty();
        let watch = kept.then(|| Watch::start(*self.id())).transpose()?;
        if let Some(watch) = &watch {
            watch.wait();
        }
        // Outside of the guard: dropping the former one may wait for the keyring.
        let former = std::mem::replace(&mut *guard(&self.inner.watch), watch);
        drop(former);
        // What it said already is compared.
        self.read(|_| Ok(()))?;
        if database::is_small(&database::path(&self.inner.dir)) { self.vouch() } else { Ok(()) }
    }

    /// Compares what the keyring said with the file, once. After the keyring was asked: a commit of another program
    /// in between makes the file newer, not older.
    pub(crate) fn compare(&self, transaction: &Transaction<'_>, open: &Open) -> Result<(), Error> {
        let watch = guard(&self.inner.watch);
        let Some(watch) = watch.as_ref() else { return Ok(()) };
        let Answer::Generation(remembered) = *guard(&watch.answer.0) else { return Ok(()) };
        let mut header = Header::load(transaction, self.id(), &open.vault_key)?;
        let generation = header.proof_mut()?.generation;
        let missing = remembered.unwrap_or_default().saturating_sub(generation);
        let freshness = match remembered {
            None => Freshness::Unchecked("the keyring knew nothing of this vault yet".to_owned()),
            Some(_) if missing == 0 => Freshness::Newest,
            Some(remembered) => {
                *guard(&self.inner.alarm) = Some(Alarm::OlderCopy { remembered, missing });
                Freshness::OlderCopy { missing }
            }
        };
        *guard(&watch.answer.0) = Answer::Compared(freshness);
        watch.committed(generation);
        Ok(())
    }

    /// Refuses to write while there is an alarm.
    pub(crate) fn require_calm(&self) -> Result<(), Error> {
        guard(&self.inner.alarm).as_ref().map_or(Ok(()), |alarm| Err(alarm.error()))
    }

    pub(crate) fn committed(&self, generation: u64) {
        if let Some(watch) = &*guard(&self.inner.watch) {
            watch.committed(generation);
        }
    }
}
