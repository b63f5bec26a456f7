//! CTAP over cards (CTAP 2.3 §11.3) from the program's side: keys on readers without contacts, and in readers with.
//!
//! | Where | What |
//! |---|---|
//! | [`Nfc`] | the transport: an address, requests, what is heard meanwhile |
//! | `worker` | the thread that has the card, because PC/SC's calls block |
//! | `application` | messages as APDUs: chains, parts, polls |
//! | `connection` | the card by PC/SC |
//! | [`readers`], `watch` | which readers there are, which of them have a key, and what changes |

mod application;
mod connection;
mod readers;
mod watch;
mod worker;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc as threads,
    },
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::{Error, Exchange, Medium, Progress, Tap, Transport, discovery::Identity, transport::unsupported};
use worker::{Job, Opened, Order, Request, Said};

pub(crate) use readers::found;
pub use readers::{Holds, Reader, readers};
pub use smart_card::Error as ReaderError;
pub(crate) use watch::watch;

/// What stands before a reader's name in an address.
pub(crate) const SCHEME: &str = "pcsc:";

/// A transport to a key on a reader. Dropping an exchange that is under way takes the request back
/// (NFCCTAP_GETRESPONSE with P1 of 0x11); the key can be used on.
///
/// The card is shared with other programs: it is taken for itself while messages follow each other, and let go a second
/// after the last. When this is dropped the card is left as it is, not reset: a reset would take from other programs
/// what they agreed with it.
pub struct Nfc {
    jobs: Option<threads::Sender<Order>>,
    /// Closed when the card was let go.
    held: threads::Receiver<()>,
    key: Opened,
    progress: Option<Progress>,
}

/// How long another program may keep the card to itself.
const BUSY: Duration = Duration::from_secs(5);
/// A key that does not poll says nothing until the person has answered.
const SILENCE: Duration = Duration::from_secs(60);
/// How long letting go of a card may take: an APDU, and a request that is taken back.
const LETTING_GO: Duration = Duration::from_secs(1);

impl Nfc {
    /// Connects to the card on a reader, by the reader's name as PC/SC has it, and selects its FIDO application.
    ///
    /// # Errors
    /// [`Error::Reader`], each cause told apart; [`Error::NotAKey`].
    pub async fn open(reader: &str) -> Result<Self, Error> {
        let (jobs, to_do) = threads::channel();
        let (opened, open) = oneshot::channel();
        let (holds, held) = threads::channel();
        worker::start(reader.to_owned(), opened, to_do, holds)?;
        let key = match timeout(BUSY, open).await {
            Ok(opened) => opened.map_err(|_| silent())??,
            Err(_) => return Err(in_use()),
        };
        Ok(Self { jobs: Some(jobs), held, key, progress: None })
    }

    /// As [`Nfc::open`], the key that was found and no other.
    ///
    /// # Errors
    /// [`Error::Gone`] where another card came to the reader meanwhile, and those of [`Nfc::open`].
    pub(crate) async fn open_exactly(reader: &str, identity: &Identity) -> Result<Self, Error> {
        let key = Self::open(reader).await?;
        let is = readers::identity(reader, key.key.count);
        // What nobody found is known by its address alone.
        if [is, Identity(readers::address(reader))].contains(identity) {
            Ok(key)
        } else {
            Err(Error::Gone("another card is on the reader by now".to_owned()))
        }
    }

    /// Has `progress` hear what the key is doing.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    async fn transact(&mut self, request: Request) -> Result<Vec<u8>, Error> {
        let (says, mut said) = mpsc::unbounded_channel();
        let open = OpenRequest(Arc::new(AtomicBool::new(false)));
        let job = Job { request, says, withdrawn: Arc::clone(&open.0) };
        self.jobs.as_ref().and_then(|jobs| jobs.send(Order::Do(job)).ok()).ok_or_else(silent)?;
        match timeout(BUSY, said.recv()).await {
            Ok(Some(Said::Begun)) => {}
            Ok(Some(Said::Answer(answer))) => return answer,
            Ok(_) => return Err(silent()),
            Err(_) => return Err(in_use()),
        }
        loop {
            match timeout(SILENCE, said.recv()).await.map_err(|_| silent())?.ok_or_else(silent)? {
                Said::Begun => {}
                Said::Status(status) => self.progress.iter().for_each(|progress| progress(status)),
                Said::Answer(answer) => return answer,
            }
        }
    }
}

impl Transport for Nfc {
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_> {
        Box::pin(self.transact(Request::Ctap(request)))
    }

    fn message(&mut self, command: Vec<u8>) -> Exchange<'_> {
        Box::pin(self.transact(Request::U2f(command)))
    }

    fn wink(&mut self) -> Exchange<'_> {
        unsupported("winking on a reader")
    }

    fn medium(&self) -> Medium {
        self.key.medium
    }

    fn tap(&mut self, tap: Tap) {
        // A thread that has ended passes nothing any more.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(Order::Tap(tap)));
    }
}

impl Drop for Nfc {
    /// Waits for the card to be let go: of a program that ends while it has the card, pcscd resets it.
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.held.recv_timeout(LETTING_GO);
    }
}

/// Until the answer is whole: whoever drops it takes the request back.
struct OpenRequest(Arc<AtomicBool>);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn silent() -> Error {
    Error::Reader(smart_card::Error::Timeout)
}

fn in_use() -> Error {
    Error::Reader(smart_card::Error::in_use())
}
