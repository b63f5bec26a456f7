//! Which readers there are, and which of them have a key.

use std::{
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use smart_card::{Context, Error as ReaderError, Watched, atr};

use super::{SCHEME, connection, worker};
use crate::{
    Error, Medium,
    discovery::{Found, Identity, shown},
};

/// A smart card reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// What PC/SC calls it.
    pub name: String,
    /// What is on it or in it.
    pub holds: Holds,
    /// How often cards came and went there, where the system counts: one stay of a card is told from the next.
    pub count: u16,
}

/// What a reader has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Nothing.
    Nothing,
    /// A security key.
    Key {
        /// Whether it lies on the reader or has contacts in it.
        medium: Medium,
        /// What its answer to reset calls it, where that is text.
        name: Option<String>,
    },
    /// A card of another kind.
    OtherCard,
    /// Something that did not say whether it is a key, and why.
    Unknown(ReaderError),
}

/// How long a card may take to say what it is, or another program to let go of it.
const LIMIT: Duration = Duration::from_secs(2);

/// The readers and what they have, in the order of PC/SC. Blocks for two seconds at most.
///
/// A card is asked for its FIDO application, except where this program has it open.
///
/// # Errors
/// [`ReaderError::NoLibrary`], [`ReaderError::NoService`], [`ReaderError::Denied`]. Where there is no reader, there is
/// no error.
pub fn readers() -> Result<Vec<Reader>, ReaderError> {
    let context = Context::establish()?;
    let mut watched: Vec<Watched> = context.readers()?.iter().map(|name| Watched::reader(name)).collect();
    if !watched.is_empty() {
        context.wait(&mut watched, LIMIT)?;
    }
    let limit = Instant::now() + LIMIT;
    let asked: Vec<Asked> = watched.iter().map(Asked::new).collect();
    let told = watched.iter().zip(asked).map(|(reader, asked)| of(reader, asked.answer(limit)));
    Ok(told.collect())
}

/// The keys on readers, as [`readers`] finds them; none where there is no PC/SC.
pub(crate) fn found() -> Vec<Found> {
    readers().unwrap_or_default().iter().filter_map(Reader::key).collect()
}

/// A key's identity, from when its card came until it goes.
pub(super) fn identity(reader: &str, count: u16) -> Identity {
    Identity(format!("{}#{count}", address(reader)))
}

pub(super) fn address(reader: &str) -> String {
    format!("{SCHEME}{reader}")
}

impl Reader {
    /// The key that it has.
    pub(super) fn key(&self) -> Option<Found> {
        let Holds::Key { medium, name } = &self.holds else { return None };
        let reader = shown(&self.name);
        Some(Found {
            address: address(&self.name),
            medium: *medium,
            name: name.clone().or_else(|| reader.clone()).unwrap_or_else(|| "Security key".to_owned()),
            manufacturer: None,
            vendor_id: None,
            product_id: None,
            serial: None,
            port: reader,
            identity: identity(&self.name, self.count),
        })
    }
}

/// What the card of one reader is, at once.
pub(super) fn ask(reader: &Watched) -> Reader {
    of(reader, Asked::new(reader).answer(Instant::now() + LIMIT))
}

fn of(reader: &Watched, holds: Holds) -> Reader {
    Reader { name: reader.name(), holds, count: reader.count() }
}

/// An answer that is there, or comes from a thread of its own.
enum Asked {
    Known(Holds),
    Open(Receiver<Holds>),
}

impl Asked {
    fn new(reader: &Watched) -> Self {
        let key = |medium, answer: &[u8]| Holds::Key { medium, name: atr::issuer(answer) };
        let (name, answer) = (reader.name(), reader.atr().to_vec());
        if !reader.card() {
            return Self::Known(Holds::Nothing);
        }
        if reader.mute() {
            return Self::Known(Holds::Unknown(ReaderError::Mute));
        }
        if connection::is_open(&name) {
            return Self::Known(key(connection::medium(&answer, None), &answer));
        }
        let (tell, told) = channel();
        let look = move || {
            let holds = match worker::open(&name) {
                Ok(mut found) => key(found.about().medium, &answer),
                Err(Error::NotAKey) => Holds::OtherCard,
                Err(Error::Reader(ReaderError::Removed | ReaderError::NoCard)) => Holds::Nothing,
                Err(Error::Reader(error)) => Holds::Unknown(error),
                Err(_) => Holds::Unknown(ReaderError::Broken),
            };
            // Whoever asked may have given up.
            drop(tell.send(holds));
        };
        // Without a thread there is no answer.
        drop(thread::Builder::new().name("card".to_owned()).spawn(look));
        Self::Open(told)
    }

    fn answer(self, limit: Instant) -> Holds {
        match self {
            Self::Known(holds) => holds,
            Self::Open(told) => told
                .recv_timeout(limit.saturating_duration_since(Instant::now()))
                .unwrap_or_else(|_| Holds::Unknown(ReaderError::in_use())),
        }
    }
}
