//! The one loop of a key (CTAP 2.3 §11.2.5, §11.2.9, §11.3.7).
//!
//! It joins the reports and APDUs of all links to messages, hands them to the authenticator one at a time, and
//! while a person is asked keeps the client's patience and hears its CANCEL. It lives on whatever arrives.

mod card_input;
mod process;
mod send;
mod stall;
mod touched;

pub(crate) use process::withdraw;

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    sync::Arc,
    time::Duration,
    vec,
};

use authenticator::{
    Authenticator,
    fault::{Fault, Faults, command_name},
};
use ctap::{
    hid::{self, Capabilities, Channels, Client, Message, Report},
    nfc::Speaks,
};
use tokio::{
    select,
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use crate::{
    Config, Direction, Error, Event, Link, Observer, Tap, Transport,
    attended::Attended,
    card::Card,
    fault,
    link::{Input, Outbox},
    touch::Touch,
};

/// A key's loop; ends when `stop` is sent or dropped.
pub(crate) struct KeyLoop {
    inputs: mpsc::Receiver<Input>,
    /// Reports that came with one that asked something of the authenticator.
    waiting: Option<(Client, vec::IntoIter<Report>)>,
    stop: oneshot::Receiver<()>,
    observer: Option<Observer>,
    tap: Option<Tap>,
    user: Arc<Attended>,
    channels: Channels,
    clients: HashMap<Client, (Transport, Outbox)>,
    cards: HashMap<Client, Card>,
    speaks: Speaks,
    /// The reader whose request runs.
    serving: Option<Client>,
    /// The reader's field is all the power there is.
    powered_by_field: bool,
    touch: Option<Touch>,
    faults: Faults,
    /// The command that runs or ran last, by its name.
    command: &'static str,
    /// Reports that a fault delays.
    late: VecDeque<send::Late>,
    /// A fault unplugs the key.
    unplugged: bool,
    started: Instant,
}

/// A message for the authenticator, and who waits for the answer.
struct Request {
    client: Client,
    over: Over,
    protocol: Protocol,
    message: Vec<u8>,
}

/// How an answer goes back.
#[derive(Clone, Copy)]
enum Over {
    /// On this channel.
    Hid(u32),
    Card,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Ctap2,
    U2f,
}

/// What is to be sent once a request that nobody waits for has ended.
enum Reply {
    Hid(Client, Message),
    Card(Client, Vec<u8>),
}

/// What an input asks of the authenticator.
enum Turn {
    /// Do this.
    Request(Request),
    /// The running request shall answer that it was cancelled.
    Cancel,
    /// Nobody waits for the running request any more.
    Abort(Reply),
    /// The client of the running request is gone.
    Abandon,
    /// Runtime state goes.
    PowerCycle,
    /// The loop ends, by itself where there is an error.
    End(Option<Error>),
}

impl KeyLoop {
    /// Runs the key until stopped (`None`) or until a link fails for good.
    pub(crate) fn run(
        inputs: mpsc::Receiver<Input>,
        stop: oneshot::Receiver<()>,
        config: Config,
    ) -> impl Future<Output = Option<Error>> + Send {
        let Config { profile, mut platform, links, observer, tap, faults, .. } = config;
        let user = Attended::new(platform.user);
        platform.user = user.clone();
        let first_channel = first_channel(&*platform.rng);
        let authenticator = Authenticator::new(profile, platform).with_faults(faults.clone());
        let speaks = Speaks {
            u2f: authenticator.profile().has_version("U2F_V2"),
            ctap2: authenticator.speaks_ctap2(),
        };
        let capabilities = Capabilities::of(speaks.u2f, speaks.ctap2);
        let channels = Channels::new(first_channel, device_version(), capabilities);
        let this = Self {
            inputs,
            waiting: None,
            stop,
            observer,
            tap,
            user,
            channels,
            clients: HashMap::new(),
            cards: HashMap::new(),
            speaks,
            serving: None,
            powered_by_field: links.iter().all(|link| matches!(link, Link::Nfc(_))),
            touch: None,
            faults,
            command: command_name(0),
            late: VecDeque::new(),
            unplugged: false,
            started: Instant::now(),
        };
        this.turns(authenticator)
    }

    /// Turn after turn.
    async fn turns(mut self, mut authenticator: Authenticator) -> Option<Error> {
        loop {
            self.learn(&authenticator);
            let mut turn = self.next().await;
            if std::mem::take(&mut self.unplugged) {
                self.power_cycle(None);
                authenticator.power_cycle();
            }
            while let Some(now) = turn.take() {
                match now {
                    Turn::Request(request) if request.polls_for_touch() => {
                        self.u2f(&mut authenticator, request).await;
                    }
                    Turn::Request(request) => {
                        (authenticator, turn) = self.process(authenticator, request).await;
                    }
                    Turn::Abort(reply) => self.reply(reply),
                    Turn::PowerCycle => {
                        self.close_touch().await;
                        authenticator.power_cycle();
                    }
                    Turn::Cancel | Turn::Abandon => {}
                    Turn::End(error) => {
                        self.close_touch().await;
                        return error;
                    }
                }
            }
        }
    }

    /// SELECT says what the card speaks at this moment: alwaysUv rules U2F out (§7.2.4).
    fn learn(&mut self, authenticator: &Authenticator) {
        if self.cards.is_empty() {
            return;
        }
        self.speaks.u2f = authenticator.speaks_u2f().unwrap_or(self.speaks.u2f);
        for card in self.cards.values_mut() {
            card.applet.speak(self.speaks);
        }
    }

    /// Waits for one input or time limit and deals with it, as far as that goes without the authenticator.
    async fn next(&mut self) -> Option<Turn> {
        // Reports that wait are taken first, so that a long message arms one timer and not a hundred.
        if let Some((client, reports)) = self.waiting.take() {
            return self.reports(client, reports);
        }
        if let Ok(input) = self.inputs.try_recv() {
            return self.take(input);
        }
        let message = self.channels.deadline().map(|deadline| self.started + deadline);
        let touch = self.touch.as_ref().map(Touch::until);
        let late = self.late.front().map(|late| late.due);
        let limit = message.into_iter().chain(touch).chain(late).min();
        let expired = async {
            match limit {
                Some(limit) => sleep_until(limit).await,
                None => std::future::pending().await,
            }
        };
        let touched = async {
            match &mut self.touch {
                Some(touch) => touch.answered().await,
                None => std::future::pending().await,
            }
        };
        select! {
            biased;
            _ = &mut self.stop => return Some(Turn::End(None)),
            input = self.inputs.recv() => return match input {
                Some(input) => self.take(input),
                None => Some(Turn::End(None)),
            },
            // The answer waits for the client's next poll.
            () = touched => return None,
            () = expired => {}
        }
        if let Some((client, message)) = self.channels.expire(self.started.elapsed()) {
            self.send(client, message);
        }
        self.send_late();
        if touch.is_some_and(|until| until <= Instant::now()) {
            self.close_touch().await;
        }
        None
    }

    fn take(&mut self, input: Input) -> Option<Turn> {
        match input {
            Input::Reports(client, reports) => self.reports(client, reports.into_iter()),
            Input::Card(client, input) => self.card_input(client, input),
            Input::Opened(client, transport, outbox) => {
                self.clients.insert(client, (transport, outbox));
                None
            }
            Input::Closed(client) => {
                self.clients.remove(&client);
                self.cards.remove(&client);
                self.tell(Event::Closed { client: client.0 });
                if let Some(touch) = &mut self.touch {
                    touch.abandon(client);
                }
                let served = self.serving == Some(client);
                (self.channels.release(client) || served).then_some(Turn::Abandon)
            }
            Input::PowerCycle => Some(self.power_cycle(None)),
            Input::Failed(error) => Some(Turn::End(Some(error))),
        }
    }

    /// Takes reports up to the one that has something done elsewhere; the rest waits for that.
    fn reports(&mut self, client: Client, mut reports: vec::IntoIter<Report>) -> Option<Turn> {
        let now = self.started.elapsed();
        while let Some(report) = reports.next() {
            let turn = self.report(client, &report, now);
            if turn.is_some() || self.unplugged {
                self.waiting = (reports.len() > 0).then_some((client, reports));
                return turn;
            }
        }
        None
    }

    fn report(&mut self, client: Client, report: &Report, now: Duration) -> Option<Turn> {
        self.pass(client, Direction::ToKey, std::iter::once(&report[..]));
        match self.channels.push(client, report, now)? {
            hid::Event::Reply(message) => self.send(client, message),
            hid::Event::Request(message) if self.is_stormy(&message) => {
                self.channels.finish();
                self.send(client, Message::error(message.channel(), hid::Error::CHANNEL_BUSY));
            }
            hid::Event::Request(message) => {
                let protocol =
                    if message.command() == hid::Command::Msg { Protocol::U2f } else { Protocol::Ctap2 };
                let over = Over::Hid(message.channel());
                return Some(Turn::Request(Request {
                    client,
                    over,
                    protocol,
                    message: message.into_payload(),
                }));
            }
            hid::Event::Cancel => return Some(Turn::Cancel),
            hid::Event::Abort(reply) => return Some(Turn::Abort(Reply::Hid(client, reply))),
            hid::Event::Wink(reply) => {
                self.tell(Event::Wink);
                self.send(client, reply);
            }
        }
        None
    }

    /// Whether a fault has the key say that it is busy.
    fn is_stormy(&self, message: &Message) -> bool {
        let command = match message.command() {
            hid::Command::Cbor => command_name(message.payload().first().copied().unwrap_or_default()),
            other => fault::hid_name(other),
        };
        let busy = |of: &Fault| matches!(of, Fault::BusyStorm(_)).then_some(());
        self.faults.strike(command, busy).is_some()
    }

    fn power_cycle(&mut self, reader: Option<Client>) -> Turn {
        self.channels.power_cycle();
        self.tell(Event::PowerCycle { reader: reader.map(|reader| reader.0) });
        Turn::PowerCycle
    }
}

/// Different in each run, so that a program that outlived the last one does not meet another's channel; with a
/// seed the same in each.
fn first_channel(rng: &dyn authenticator::platform::Rng) -> u32 {
    let mut number = [0; 4];
    rng.fill(&mut number);
    u32::from_be_bytes(number)
}

/// Major, minor and build number, as INIT gives them.
fn device_version() -> [u8; 3] {
    [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")]
        .map(|number| number.parse().unwrap_or(0))
}
