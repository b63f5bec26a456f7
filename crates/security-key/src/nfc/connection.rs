//! The card by PC/SC, shared with other programs.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use smart_card::{Card, Context, Error, Protocol, Watched, atr, attribute};

use super::application::{Lengths, Wire};
use crate::{Medium, Passed, Tap};

/// A card that is connected.
pub(super) struct Connection {
    card: Card,
    context: Context,
    reader: String,
    medium: Medium,
    count: u16,
    lengths: Lengths,
    tap: Option<Tap>,
}

/// Readers notice within this time that a card is gone: pcscd asks them every 400 ms, where the computer has time.
const NOTICES: Duration = Duration::from_secs(3);
/// An extended command without limit.
const UNLIMITED: usize = 65_544;

impl Connection {
    pub(super) fn open(reader: &str) -> Result<Self, Error> {
        let context = Context::establish()?;
        let card = context.connect(reader)?;
        let answer = card.atr()?;
        let medium = medium(&answer, card.attribute(attribute::CARD_TYPE).as_deref());
        let one_way = card.protocol() == Protocol::T0;
        let extended = (!one_way && atr::has_extended_lengths(&answer))
            .then(|| max_input(card.attribute(attribute::MAX_INPUT).as_deref()));
        let lengths = Lengths { one_way, extended };
        let mut watched = [Watched::reader(reader)];
        context.wait(&mut watched, NOTICES)?;
        let count = watched.first().map_or(0, Watched::count);
        Ok(Self { card, context, reader: reader.to_owned(), medium, count, lengths, tap: None })
    }

    pub(super) fn medium(&self) -> Medium {
        self.medium
    }

    pub(super) fn count(&self) -> u16 {
        self.count
    }

    pub(super) fn lengths(&self) -> Lengths {
        self.lengths
    }

    /// Takes the card for a sequence of messages; waits for other programs that do.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        match self.card.begin() {
            Err(Error::Reset) => {
                self.card.reconnect()?;
                self.card.begin()
            }
            begun => begun,
        }
    }

    /// Has `tap` hear every APDU from now on.
    pub(super) fn tap(&mut self, tap: Tap) {
        self.tap = Some(tap);
    }

    fn passed(&self, apdu: Passed<'_>) {
        if let Some(tap) = &self.tap {
            tap(apdu);
        }
    }

    /// Lets other programs have the card.
    pub(super) fn end(&mut self) {
        self.card.end();
    }

    /// What broke off because the card is gone is told as that.
    fn why(&self, error: Error) -> Error {
        if !matches!(error, Error::Broken | Error::Mute | Error::Other(_)) {
            return error;
        }
        let limit = Instant::now() + NOTICES;
        while Instant::now() < limit {
            let mut reader = [Watched::reader(&self.reader)];
            match self.context.wait(&mut reader, NOTICES) {
                Ok(_) if reader.iter().all(Watched::card) => sleep(Duration::from_millis(100)),
                Ok(_) | Err(Error::UnknownReader(_)) => return Error::Removed,
                Err(other) => return other,
            }
        }
        error
    }
}

impl Wire for Connection {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, Error> {
        self.passed(Passed::ToKey(apdu));
        // Some drivers give nothing for the answer of a card that is gone.
        let answer = self.card.transmit(apdu).and_then(|answer| match answer.len() {
            0 | 1 => Err(Error::Broken),
            _ => Ok(answer),
        });
        let answer = answer.map_err(|error| self.why(error))?;
        self.passed(Passed::FromKey(&answer));
        Ok(answer)
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        self.card.reconnect().map_err(|error| self.why(error))
    }
}

/// Readers tell by the kind of card (PC/SC part 3 §3.1.1), or by the answer to reset that they make up for it.
pub(super) fn medium(answer: &[u8], kind: Option<&[u8]>) -> Medium {
    let contactless_kind = matches!(kind, Some([5..=u8::MAX, ..]));
    if contactless_kind || atr::is_contactless(answer) { Medium::Nfc } else { Medium::Contact }
}

fn max_input(told: Option<&[u8]>) -> usize {
    let told = told.and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_le_bytes(*bytes));
    told.and_then(|told| usize::try_from(told).ok()).filter(|told| *told > 0).unwrap_or(UNLIMITED)
}

/// A reader whose card this program has open: asking it what it is would end what is under way there.
pub(super) struct Open(String);

static OPEN: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// Whether this program has the card of a reader open.
pub(super) fn is_open(reader: &str) -> bool {
    opened().contains_key(reader)
}

fn opened() -> MutexGuard<'static, BTreeMap<String, usize>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Open {
    pub(super) fn new(reader: &str) -> Self {
        *opened().entry(reader.to_owned()).or_default() += 1;
        Self(reader.to_owned())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut opened = opened();
        if let Some(count) = opened.get_mut(&self.0) {
            *count -= 1;
            if *count == 0 {
                opened.remove(&self.0);
            }
        }
    }
}
