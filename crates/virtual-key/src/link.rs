//! What links and loop say to each other.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ctap::hid::{Client, Message, Report};
use tokio::sync::mpsc;

use crate::{Error, Transport, card};

/// What a link tells the loop.
pub(crate) enum Input {
    /// Somebody new may speak, over this; answers go here.
    Opened(Client, Transport, Outbox),
    /// Reports came, in this order: as many as were there at once.
    Reports(Client, Vec<Report>),
    /// A card reader says something.
    Card(Client, CardInput),
    /// Nobody is there any more.
    Closed(Client),
    /// Behave as if unplugged and plugged in again.
    PowerCycle,
    /// The link is gone for good, and the key with it.
    Failed(Error),
}

/// What a card reader tells the loop.
pub(crate) enum CardInput {
    /// A reader has the card; responses go here.
    Opened(card::Outbox),
    /// A command APDU came. The reader waits for its response before it says anything else.
    Apdu(Vec<u8>),
    /// Power went or came, or the card was reset.
    Power,
}

/// Where the loop puts answers. A link that serves several clients has one outbox for all of them.
pub(crate) type Outbox = mpsc::Sender<(Client, Outgoing)>;
/// Where a link takes them.
pub(crate) type Messages = mpsc::Receiver<(Client, Outgoing)>;

/// What goes out.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A message as it should be.
    Message(Message),
    /// What a fault made of one.
    Reports(Vec<Report>),
}

impl Outgoing {
    /// The reports in their order.
    pub(crate) fn reports(&self) -> impl Iterator<Item = Report> + '_ {
        let (message, reports) = match self {
            Self::Message(message) => (Some(message), &[][..]),
            Self::Reports(reports) => (None, &reports[..]),
        };
        message.into_iter().flat_map(Message::reports).chain(reports.iter().copied())
    }
}

/// How many messages wait for a client that does not read; more are dropped.
const OUTBOX_MESSAGES: usize = 64;
/// How many inputs wait for the loop; then the links wait.
const INBOX_INPUTS: usize = 256;

pub(crate) fn outbox() -> (Outbox, Messages) {
    mpsc::channel(OUTBOX_MESSAGES)
}

/// The loop, as its links see it.
#[derive(Clone)]
pub(crate) struct Inbox {
    inputs: mpsc::Sender<Input>,
    next_client: Arc<AtomicU64>,
}

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Input>) {
        let (inputs, receiver) = mpsc::channel(INBOX_INPUTS);
        (Self { inputs, next_client: Arc::default() }, receiver)
    }

    /// Announces somebody new.
    pub(crate) async fn open(&self, transport: Transport, outbox: Outbox) -> Client {
        let client = Client(self.next_client.fetch_add(1, Ordering::Relaxed));
        self.tell(Input::Opened(client, transport, outbox)).await;
        client
    }

    /// Announces a reader.
    pub(crate) async fn open_card(&self, outbox: card::Outbox) -> Client {
        let client = Client(self.next_client.fetch_add(1, Ordering::Relaxed));
        self.tell(Input::Card(client, CardInput::Opened(outbox))).await;
        client
    }

    /// Tells without waiting; whether there was room.
    pub(crate) fn offer(&self, input: Input) -> bool {
        self.inputs.try_send(input).is_ok()
    }

    /// A loop that has ended hears nothing; its links end with it.
    pub(crate) async fn tell(&self, input: Input) {
        let _ = self.inputs.send(input).await;
    }
}
