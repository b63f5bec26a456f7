//! The one loop of a key (CTAP 2.3 §11.2.5, §11.2.9).
//!
//! It joins the reports of all links to messages, hands CBOR to the authenticator, and while a person is
//! asked keeps the client's patience and hears its CANCEL. It lives on whatever arrives.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use authenticator::{Authenticator, platform::User};
use ctap::{
    Status,
    hid::{self, Capabilities, Channels, Client, KeepaliveStatus, Message, Report},
};
use tokio::{
    select,
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{
    Direction, Error, Event, Observer, Packet, Tap, Transport,
    link::{Input, Outbox},
};

/// How often a client that waits hears that the key still works (§11.2.9.1.7).
const KEEPALIVE: Duration = Duration::from_millis(100);

/// A key's loop; ends when `stop` is sent or dropped.
pub(crate) struct HidLoop {
    inputs: mpsc::Receiver<Input>,
    stop: oneshot::Receiver<()>,
    observer: Option<Observer>,
    tap: Option<Tap>,
    channels: Channels,
    clients: HashMap<Client, (Transport, Outbox)>,
    started: Instant,
}

/// What an input asks of the authenticator.
enum Turn {
    /// A CTAP message.
    Request(Client, Message),
    /// The running request shall answer that it was cancelled.
    Cancel,
    /// Nobody waits for the running request any more; this is to be sent once it has ended.
    Abort(Client, Message),
    /// The client of the running request is gone.
    Abandon,
    /// Runtime state goes.
    PowerCycle,
    /// The loop ends, by itself where there is an error.
    End(Option<Error>),
}

/// How a request ended.
enum Outcome {
    Answered(Vec<u8>),
    /// Nobody waits for the answer, and this comes next.
    Interrupted(Vec<u8>, Turn),
}

impl HidLoop {
    /// `first_channel` is where channels are numbered from.
    pub(crate) fn new(
        inputs: mpsc::Receiver<Input>,
        stop: oneshot::Receiver<()>,
        observer: Option<Observer>,
        tap: Option<Tap>,
        first_channel: u32,
    ) -> Self {
        let capabilities = Capabilities::of(false, true);
        let channels = Channels::new(first_channel, device_version(), capabilities);
        Self { inputs, stop, observer, tap, channels, clients: HashMap::new(), started: Instant::now() }
    }

    /// Runs until stopped (`None`) or until a link fails for good.
    pub(crate) async fn run(mut self, mut authenticator: Authenticator) -> Option<Error> {
        loop {
            let mut turn = self.next().await;
            while let Some(now) = turn.take() {
                match now {
                    Turn::Request(client, request) => {
                        turn = self.process(&mut authenticator, client, &request).await;
                    }
                    Turn::Abort(client, reply) => self.send(client, reply),
                    Turn::PowerCycle => authenticator.power_cycle(),
                    Turn::Cancel | Turn::Abandon => {}
                    Turn::End(error) => return error,
                }
            }
        }
    }

    /// Waits for one input or time limit and deals with it, as far as that goes without the authenticator.
    async fn next(&mut self) -> Option<Turn> {
        // Reports that wait are taken first, so that a long message arms one timer and not a hundred.
        if let Ok(input) = self.inputs.try_recv() {
            return self.take(input);
        }
        let limit = self.channels.deadline().map(|deadline| self.started + deadline);
        let expired = async {
            match limit {
                Some(limit) => sleep_until(limit).await,
                None => std::future::pending().await,
            }
        };
        select! {
            biased;
            _ = &mut self.stop => Some(Turn::End(None)),
            input = self.inputs.recv() => match input {
                Some(input) => self.take(input),
                None => Some(Turn::End(None)),
            },
            () = expired => {
                if let Some((client, message)) = self.channels.expire(self.started.elapsed()) {
                    self.send(client, message);
                }
                None
            }
        }
    }

    fn take(&mut self, input: Input) -> Option<Turn> {
        match input {
            Input::Report(client, report) => self.report(client, &report),
            Input::Opened(client, transport, outbox) => {
                self.clients.insert(client, (transport, outbox));
                None
            }
            Input::Closed(client) => {
                self.clients.remove(&client);
                self.tell(Event::Closed { client: client.0 });
                self.channels.release(client).then_some(Turn::Abandon)
            }
            Input::PowerCycle => {
                self.channels.power_cycle();
                self.tell(Event::PowerCycle);
                Some(Turn::PowerCycle)
            }
            Input::Failed(error) => Some(Turn::End(Some(error))),
        }
    }

    fn report(&mut self, client: Client, report: &Report) -> Option<Turn> {
        self.pass(client, Direction::ToKey, std::iter::once(*report));
        match self.channels.push(client, report, self.started.elapsed())? {
            hid::Event::Reply(message) => self.send(client, message),
            hid::Event::Request(message) => return Some(Turn::Request(client, message)),
            hid::Event::Cancel => return Some(Turn::Cancel),
            hid::Event::Abort(reply) => return Some(Turn::Abort(client, reply)),
            hid::Event::Wink(reply) => {
                self.tell(Event::Wink);
                self.send(client, reply);
            }
        }
        None
    }

    async fn process(
        &mut self,
        authenticator: &mut Authenticator,
        client: Client,
        request: &Message,
    ) -> Option<Turn> {
        let bytes = request.payload();
        self.tell(Event::Request { command: command(bytes), bytes });
        let user = Arc::clone(&authenticator.platform().user);
        let mut handle = pin!(authenticator.handle(bytes, authenticator::Transport::Usb));
        // Most requests ask nobody and are answered here, without a timer.
        let outcome = match poll_fn(|context| Poll::Ready(handle.as_mut().poll(context))).await {
            Poll::Ready(response) => Outcome::Answered(response),
            Poll::Pending => self.attend(&*user, handle, client, request.channel()).await,
        };
        match outcome {
            Outcome::Answered(response) => {
                self.tell_response(&response);
                self.channels.finish();
                let message = Message::new(request.channel(), request.command(), response)
                    .unwrap_or_else(|_| Message::error(request.channel(), hid::Error::OTHER));
                self.send(client, message);
                None
            }
            Outcome::Interrupted(response, turn) => {
                self.tell_response(&response);
                Some(turn)
            }
        }
    }

    /// A question is open: the only thing that a request awaits. Keeps the client's patience until it is
    /// answered or taken back.
    async fn attend(
        &mut self,
        user: &dyn User,
        mut handle: Pin<&mut impl Future<Output = Vec<u8>>>,
        client: Client,
        channel: u32,
    ) -> Outcome {
        let mut keepalive = interval(KEEPALIVE);
        keepalive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let turn = select! {
                biased;
                response = &mut handle => return Outcome::Answered(response),
                // The first tick comes at once: the status has changed (§11.2.9.1.7).
                _ = keepalive.tick() => {
                    self.send(client, Message::keepalive(channel, KeepaliveStatus::UpNeeded));
                    continue;
                }
                turn = self.next() => turn,
            };
            match turn {
                None => {}
                Some(Turn::Cancel) => return Outcome::Answered(withdraw(user, handle).await),
                Some(turn) => return Outcome::Interrupted(withdraw(user, handle).await, turn),
            }
        }
    }

    /// A client that does not read loses messages; nobody else waits for it.
    fn send(&mut self, client: Client, message: Message) {
        self.pass(client, Direction::FromKey, message.reports());
        if let Some((_, outbox)) = self.clients.get(&client)
            && outbox.try_send((client, message)).is_err()
        {
            tracing::warn!(client = client.0, "dropped a message: the client does not read");
        }
    }

    fn pass(&self, client: Client, direction: Direction, reports: impl Iterator<Item = Report>) {
        if let Some(tap) = &self.tap
            && let Some((transport, _)) = self.clients.get(&client)
        {
            for bytes in reports {
                tap(Packet { transport: *transport, client: client.0, direction, bytes: &bytes });
            }
        }
    }

    fn tell(&self, event: Event<'_>) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }

    fn tell_response(&self, bytes: &[u8]) {
        let status = bytes.first().map_or(Status::OTHER, |byte| Status(*byte));
        self.tell(Event::Response { status, bytes });
    }
}

/// Takes the open question back and waits for what the request then answers. It is never dropped. A second
/// question, asked because the first was answered at this very moment, is taken back as well.
async fn withdraw(user: &dyn User, mut handle: Pin<&mut impl Future<Output = Vec<u8>>>) -> Vec<u8> {
    poll_fn(|context| {
        let response = handle.as_mut().poll(context);
        if response.is_pending() {
            user.withdraw();
        }
        response
    })
    .await
}

fn command(message: &[u8]) -> Option<ctap::Command> {
    message.first().copied().and_then(ctap::Command::from_byte)
}

/// Major, minor and build number, as INIT gives them.
fn device_version() -> [u8; 3] {
    [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")]
        .map(|number| number.parse().unwrap_or(0))
}
