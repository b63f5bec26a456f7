//! The thread that has the card. PC/SC's calls block, for as long as a driver likes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use ctap::hid::KeepaliveStatus;
use tokio::sync::{mpsc, oneshot};

use super::{
    application::Application,
    connection::{Connection, Open},
};
use crate::{Error, Medium, Tap};

/// What is told to the thread.
pub(super) enum Order {
    Do(Job),
    /// Have every APDU heard from now on.
    Tap(Tap),
}

/// What the card is to do.
pub(super) struct Job {
    pub(super) request: Request,
    pub(super) says: mpsc::UnboundedSender<Said>,
    /// Nobody waits for the answer.
    pub(super) withdrawn: Arc<AtomicBool>,
}

pub(super) enum Request {
    /// Command byte and CBOR.
    Ctap(Vec<u8>),
    /// An extended command APDU.
    U2f(Vec<u8>),
}

/// What is heard of a job.
pub(super) enum Said {
    /// The card is ours.
    Begun,
    Status(KeepaliveStatus),
    Answer(Result<Vec<u8>, Error>),
}

/// A key that was opened.
#[derive(Clone, Copy)]
pub(super) struct Opened {
    pub(super) medium: Medium,
    /// How often cards had come to its reader and gone.
    pub(super) count: u16,
}

/// Messages that follow each other within this time are one sequence. Windows resets a card that is kept idle for five
/// seconds.
const IDLE: Duration = Duration::from_secs(1);

/// Opens the card on a reader, says so, and does jobs until nobody can give any more. `holds` is dropped after the card.
pub(super) fn start(
    reader: String,
    opened: oneshot::Sender<Result<Opened, Error>>,
    jobs: Receiver<Order>,
    holds: Sender<()>,
) -> Result<(), Error> {
    let work = move || {
        // Outlives the card.
        let _holds = holds;
        match open(&reader) {
            Ok(mut key) => {
                let _open = Open::new(&reader);
                let about = key.about();
                // Nobody waits any more: the card is let go at once.
                if opened.send(Ok(about)).is_ok() {
                    key.work(&jobs);
                }
            }
            Err(error) => drop(opened.send(Err(error))),
        }
    };
    let thread = thread::Builder::new().name("card".to_owned()).spawn(work);
    thread.map(drop).map_err(|error| Error::Gone(error.to_string()))
}

/// A key on a reader, and whether other programs wait for it.
pub(super) struct OnReader {
    application: Application<Connection>,
    taken: bool,
}

/// Connects to the card and selects its FIDO application; the card is taken.
pub(super) fn open(reader: &str) -> Result<OnReader, Error> {
    let mut connection = Connection::open(reader).map_err(Error::Reader)?;
    connection.begin().map_err(Error::Reader)?;
    let lengths = connection.lengths();
    Ok(OnReader { application: Application::select(connection, lengths)?, taken: true })
}

impl OnReader {
    pub(super) fn about(&mut self) -> Opened {
        let connection = self.application.wire();
        Opened { medium: connection.medium(), count: connection.count() }
    }

    fn work(&mut self, jobs: &Receiver<Order>) {
        loop {
            let idle = if self.taken { IDLE } else { Duration::MAX };
            match jobs.recv_timeout(idle) {
                Ok(Order::Do(job)) => self.serve(&job),
                Ok(Order::Tap(tap)) => self.application.wire().tap(tap),
                Err(RecvTimeoutError::Timeout) => self.release(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn serve(&mut self, job: &Job) {
        let withdrawn = || job.withdrawn.load(Ordering::Relaxed);
        if withdrawn() {
            return;
        }
        // Nobody listens to one whose request was taken back meanwhile.
        let say = |said| drop(job.says.send(said));
        let answer = self.take().and_then(|()| {
            say(Said::Begun);
            match &job.request {
                Request::Ctap(message) => {
                    self.application.ctap(message, |status| say(Said::Status(status)), withdrawn)
                }
                Request::U2f(message) => self.application.u2f(message),
            }
        });
        say(Said::Answer(answer));
    }

    fn take(&mut self) -> Result<(), Error> {
        if !self.taken {
            self.application.wire().begin().map_err(Error::Reader)?;
            self.application.doubt();
            self.taken = true;
        }
        Ok(())
    }

    fn release(&mut self) {
        if std::mem::take(&mut self.taken) {
            self.application.wire().end();
        }
    }
}

impl Drop for OnReader {
    fn drop(&mut self) {
        // What another program has selected since is not ours to end.
        if self.taken {
            self.application.end();
        }
        self.release();
    }
}
