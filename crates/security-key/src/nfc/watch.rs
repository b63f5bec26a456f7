//! Keys that come to readers and leave them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use smart_card::{Context, Error as ReaderError, Watched};

use super::readers::{Holds, Reader, address, ask};
use crate::discovery::Event;

/// A watch over the readers; it ends when this is dropped.
pub(crate) struct Watch {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Stop {
    asked: AtomicBool,
    /// Whose wait is to be cancelled.
    waits: Mutex<Option<Context>>,
}

/// A wait that nobody ended is begun again: what came between two waits is not missed for longer, nor the readers of
/// a system that does not tell of them.
const WAIT: Duration = Duration::from_secs(2);
/// How often a service is looked for that is not there.
const RETRY: Duration = Duration::from_secs(3);
/// How often a card is asked again that broke off, and after which pause.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// Has `tell` hear of every key that comes to a reader or leaves one, from a thread of its own, the keys that are
/// there now first. Where there is no PC/SC service nothing is told until there is one.
pub(crate) fn watch(tell: impl FnMut(Event) + Send + 'static) -> Watch {
    let stop = Arc::new(Stop::default());
    let watching = Watching { stop: Arc::clone(&stop), tell: Box::new(tell), readers: BTreeMap::new() };
    let thread = thread::Builder::new().name("readers".to_owned()).spawn(move || watching.run());
    Watch { stop, thread: thread.ok() }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.asked.store(true, Ordering::Relaxed);
        if let Some(context) = self.stop.waits() {
            context.cancel();
        }
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Stop {
    fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    fn waits(&self) -> Option<Context> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Watching {
    stop: Arc<Stop>,
    tell: Box<dyn FnMut(Event) + Send>,
    readers: BTreeMap<String, Known>,
}

struct Known {
    watched: Watched,
    card: Option<Seen>,
}

/// A card that was asked what it is.
struct Seen {
    /// The count of comings and goings then.
    count: u16,
    key: bool,
}

impl Known {
    fn has_key(&self) -> bool {
        self.card.as_ref().is_some_and(|card| card.key)
    }
}

impl Watching {
    fn run(mut self) {
        while !self.stop.asked() {
            let context = Context::establish();
            if let Ok(context) = &context {
                *self.stop.waits.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.clone());
                // Ends when the service does.
                while !self.stop.asked() && self.round(context).is_ok() {}
            }
            self.list(&[]);
            if !self.stop.asked() {
                thread::park_timeout(RETRY);
            }
        }
    }

    /// Waits once, and tells what is new.
    fn round(&mut self, context: &Context) -> Result<(), ReaderError> {
        self.list(&context.readers()?);
        let mut watched: Vec<Watched> = self.readers.values().map(|known| known.watched.clone()).collect();
        watched.push(Watched::plug_and_play());
        match context.wait(&mut watched, WAIT) {
            Ok(_) => {}
            // A reader that went, or a system without plug and play: the readers alone, until the next round.
            Err(ReaderError::UnknownReader(_)) => {
                watched.pop();
                if watched.is_empty() {
                    thread::park_timeout(WAIT);
                } else if let Err(error @ ReaderError::NoService) = context.wait(&mut watched, WAIT) {
                    return Err(error);
                }
            }
            Err(ReaderError::Cancelled) => return Ok(()),
            Err(error) => return Err(error),
        }
        for reader in watched {
            self.compare(&reader);
        }
        Ok(())
    }

    /// Forgets readers that are gone, takes in those that are new.
    fn list(&mut self, names: &[String]) {
        let gone: Vec<String> = self.readers.keys().filter(|name| !names.contains(name)).cloned().collect();
        for name in gone {
            if self.readers.remove(&name).is_some_and(|known| known.has_key()) {
                self.left(&name);
            }
        }
        for name in names {
            let unseen = || Known { watched: Watched::reader(name), card: None };
            self.readers.entry(name.clone()).or_insert_with(unseen);
        }
    }

    fn compare(&mut self, reader: &Watched) {
        let name = reader.name();
        let Some(known) = self.readers.get_mut(&name) else { return };
        let changed = reader.changed();
        known.watched = reader.clone();
        // Most changes are programs that connect and let go. A card that was changed between two waits counted on.
        let same = reader.card() && known.card.as_ref().is_some_and(|card| card.count == reader.count());
        if !changed || same {
            return;
        }
        if known.card.take().is_some_and(|card| card.key) {
            self.left(&name);
        }
        if reader.card() {
            self.came(reader);
        }
    }

    fn came(&mut self, watched: &Watched) {
        let reader = self.ask(watched);
        let Some(known) = self.readers.get_mut(&reader.name) else { return };
        let key = reader.key();
        // A card that another program has, or that does not answer yet, is asked again when something changes.
        if !matches!(reader.holds, Holds::Unknown(ReaderError::InUse(_) | ReaderError::Mute)) {
            known.card = Some(Seen { count: reader.count, key: key.is_some() });
        }
        if let Some(key) = key {
            (self.tell)(Event::Plugged(key));
        }
    }

    /// A key that is being laid down breaks off at times.
    fn ask(&self, watched: &Watched) -> Reader {
        use ReaderError::{Broken, Other, Reset};

        let mut reader = ask(watched);
        for _ in 0..TRIES {
            if self.stop.asked() || !matches!(reader.holds, Holds::Unknown(Broken | Other(_) | Reset)) {
                break;
            }
            thread::park_timeout(PAUSE);
            reader = ask(watched);
        }
        reader
    }

    fn left(&mut self, name: &str) {
        (self.tell)(Event::Unplugged { address: address(name) });
    }
}
