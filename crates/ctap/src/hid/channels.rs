//! The device's side of the channels (CTAP 2.3 §11.2.3, §11.2.5, §11.2.9.1.3).
//!
//! Every report goes in with the client that sent it; out comes what is to be answered at once, or a request
//! for the authenticator. One transaction runs at a time. A channel belongs to the client that asked for it:
//! for anybody else it does not exist.

use std::{collections::BTreeMap, time::Duration};

use super::{
    BROADCAST, Capabilities,
    assembler::{Assembler, Violation},
    message::{Command, Error, Message},
    report::{Packet, Report},
};

/// Whoever speaks over one connection: a socket's peer, or everybody behind one HID device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client(pub u64);

/// CTAPHID protocol version identifier (§11.2.9.1.3).
const PROTOCOL_VERSION: u8 = 2;
/// How many channels are remembered; beyond that, the one longest unused is given up.
pub const MAX_CHANNELS: usize = 4096;
/// The longest lock, in seconds (§11.2.9.2.2).
const MAX_LOCK: u8 = 10;
/// Stands for the transaction of another transport: no HID channel has this number.
const ELSEWHERE: u32 = 0;

/// What a report brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Send this back to the client that sent the report.
    Reply(Message),
    /// A CTAPHID_CBOR or CTAPHID_MSG for the authenticator. The device is busy until [`Channels::finish`].
    Request(Message),
    /// CTAPHID_CANCEL for the running request: it is to answer KEEPALIVE_CANCEL. Nothing else answers.
    Cancel,
    /// INIT on the channel of the running request: it is given up, what it answers is nobody's, and the reply
    /// goes to the client that sent the report. The device is free again.
    Abort(Message),
    /// Show which key this is, and send the reply back.
    Wink(Message),
}

/// The table of channels, and the one transaction.
#[derive(Debug)]
pub struct Channels {
    allocated: BTreeMap<u32, Channel>,
    next: u32,
    used: u64,
    assembler: Assembler,
    processing: Option<u32>,
    lock: Option<Lock>,
    version: [u8; 3],
    capabilities: Capabilities,
}

/// One channel has the device for itself.
#[derive(Clone, Copy, Debug)]
struct Lock {
    channel: u32,
    until: Duration,
}

#[derive(Debug)]
struct Channel {
    client: Client,
    last_used: u64,
}

impl Channels {
    /// No channels yet. They are numbered from `first` on; `version` is the device's major, minor and build
    /// number.
    pub fn new(first: u32, version: [u8; 3], capabilities: Capabilities) -> Self {
        Self {
            allocated: BTreeMap::new(),
            next: first,
            used: 0,
            assembler: Assembler::default(),
            processing: None,
            lock: None,
            version,
            capabilities,
        }
    }

    /// Takes a report of `client` that came `now`.
    pub fn push(&mut self, client: Client, report: &Report, now: Duration) -> Option<Event> {
        self.lock.take_if(|lock| lock.until <= now);
        let packet = Packet::parse(report);
        let channel = packet.channel();
        let refusal = match packet {
            Packet::Continuation { .. } if self.owns(client, channel) => None,
            Packet::Continuation { .. } => return None,
            Packet::Init { command, length, data, .. } => {
                self.touch(channel);
                match Command::from_byte(command) {
                    Some(Command::Init) => return Some(self.init(client, channel, length, data)),
                    Some(Command::Cancel) => return self.cancel(client, channel),
                    command => self.refusal(client, channel, command, length),
                }
            }
        };
        if let Some(error) = refusal {
            return Some(Event::Reply(Message::error(channel, error)));
        }
        match self.assembler.push(report, now) {
            Ok(message) => message.map(|message| self.dispatch(message, now)),
            Err(violation) => Some(Event::Reply(reply(violation))),
        }
    }

    /// The running request was answered.
    pub fn finish(&mut self) {
        self.processing = None;
    }

    /// A request of another transport runs until [`Channels::finish`]: every channel is told busy meanwhile.
    /// Whether the device was free for it.
    pub fn occupy(&mut self, now: Duration) -> bool {
        self.lock.take_if(|lock| lock.until <= now);
        let free = self.processing.is_none() && self.assembler.channel().is_none() && self.lock.is_none();
        if free {
            self.processing = Some(ELSEWHERE);
        }
        free
    }

    /// When [`Channels::expire`] has something to do.
    pub fn deadline(&self) -> Option<Duration> {
        self.assembler.deadline()
    }

    /// Gives up a message whose next report did not come in time: what to send, and to whom.
    pub fn expire(&mut self, now: Duration) -> Option<(Client, Message)> {
        let violation = self.assembler.expire(now)?;
        Some((self.allocated.get(&violation.channel)?.client, reply(violation)))
    }

    /// A client has gone: its channels are forgotten. Whether the running request was its own, which is to be
    /// given up then; the device is free again.
    pub fn release(&mut self, client: Client) -> bool {
        if self.assembler.channel().is_some_and(|channel| self.owns(client, channel)) {
            self.assembler.abort();
        }
        let running = self
            .processing
            .take_if(|channel| self.allocated.get(channel).is_some_and(|channel| channel.client == client));
        self.allocated.retain(|_, channel| channel.client != client);
        self.lock.take_if(|lock| !self.allocated.contains_key(&lock.channel));
        running.is_some()
    }

    /// The key was unplugged and plugged in again: nothing runs any more. The channels stay, because the
    /// clients of a simulated power cycle keep theirs.
    pub fn power_cycle(&mut self) {
        self.assembler.abort();
        self.processing = None;
        self.lock = None;
    }

    fn owns(&self, client: Client, channel: u32) -> bool {
        self.allocated.get(&channel).is_some_and(|channel| channel.client == client)
    }

    fn touch(&mut self, channel: u32) {
        self.used += 1;
        if let Some(channel) = self.allocated.get_mut(&channel) {
            channel.last_used = self.used;
        }
    }

    /// INIT is answered at any time, so that a second program gets its channel while the first one's request
    /// runs; on the running request's own channel it ends that (§11.2.5.3).
    ///
    /// A channel that nobody has is given to whoever sends INIT on it. The specification says nothing of that; the
    /// reference suites want it (u2f-ref-code `HIDTest.cc`, test_InitOnNonBroadcastEchoesCID; fido2-tests
    /// `test_hid.py`, test_ping_abort_from_different_cid), and a program that outlived a restart of the key goes on.
    fn init(&mut self, client: Client, channel: u32, length: u16, data: &[u8]) -> Event {
        let of_another = self.allocated.get(&channel).is_some_and(|channel| channel.client != client);
        if channel == 0 || of_another {
            return Event::Reply(Message::error(channel, Error::INVALID_CHANNEL));
        }
        let nonce = match data.first_chunk::<8>() {
            Some(nonce) if usize::from(length) == nonce.len() => *nonce,
            _ => return Event::Reply(Message::error(channel, Error::INVALID_LEN)),
        };
        if channel == BROADCAST {
            let new = self.allocate(client);
            return Event::Reply(self.init_response(channel, nonce, new));
        }
        if !self.allocated.contains_key(&channel) {
            self.insert(client, channel);
        }
        if self.assembler.channel() == Some(channel) {
            self.assembler.abort();
        }
        let response = self.init_response(channel, nonce, channel);
        match self.processing.take_if(|running| *running == channel) {
            Some(_) => Event::Abort(response),
            None => Event::Reply(response),
        }
    }

    fn init_response(&self, channel: u32, nonce: [u8; 8], allocated: u32) -> Message {
        let mut payload = Vec::with_capacity(17);
        payload.extend_from_slice(&nonce);
        payload.extend_from_slice(&allocated.to_be_bytes());
        payload.push(PROTOCOL_VERSION);
        payload.extend_from_slice(&self.version);
        payload.push(self.capabilities.0);
        Message::new(channel, Command::Init, payload)
            .unwrap_or_else(|_| Message::error(channel, Error::OTHER))
    }

    /// A CANCEL that is not for the running request is ignored (§11.2.9.1.5).
    fn cancel(&self, client: Client, channel: u32) -> Option<Event> {
        (self.processing == Some(channel) && self.owns(client, channel)).then_some(Event::Cancel)
    }

    /// Why a message may not begin, said before the rest of it is sent. Busy comes before the channel's
    /// validity (§11.2.5.1): it is what the requests of others get while a transaction runs.
    fn refusal(&self, client: Client, channel: u32, command: Option<Command>, length: u16) -> Option<Error> {
        let reserved = channel == 0 || channel == BROADCAST;
        let owned = self.owns(client, channel);
        match self.processing.or(self.assembler.channel()) {
            _ if reserved => return Some(Error::INVALID_CHANNEL),
            Some(running) if running != channel || !owned => return Some(Error::CHANNEL_BUSY),
            Some(_) if self.processing.is_some() => return Some(Error::CHANNEL_BUSY),
            // The assembler says that a continuation was due.
            Some(_) => return None,
            None if !owned => return Some(Error::INVALID_CHANNEL),
            None if self.lock.is_some_and(|lock| lock.channel != channel) => {
                return Some(Error::CHANNEL_BUSY);
            }
            None => {}
        }
        let Some(command) = command.filter(|command| self.capabilities.allow(*command)) else {
            return Some(Error::INVALID_CMD);
        };
        let fits = match command {
            Command::Ping => true,
            Command::Msg | Command::Cbor => length != 0,
            Command::Wink => length == 0,
            Command::Lock => length == 1,
            _ => return Some(Error::INVALID_CMD),
        };
        (!fits).then_some(Error::INVALID_LEN)
    }

    fn dispatch(&mut self, message: Message, now: Duration) -> Event {
        // A request of another transport began while this message came in.
        if self.processing.is_some() {
            return Event::Reply(Message::error(message.channel(), Error::CHANNEL_BUSY));
        }
        match message.command() {
            Command::Cbor | Command::Msg => {
                self.processing = Some(message.channel());
                Event::Request(message)
            }
            Command::Wink => Event::Wink(message),
            Command::Lock => Event::Reply(self.lock(&message, now)),
            // Only PING is left: `refusal` lets no other command begin.
            _ => Event::Reply(message),
        }
    }

    /// §11.2.9.2.2: for so many seconds others are told busy; 0 ends it.
    fn lock(&mut self, message: &Message, now: Duration) -> Message {
        let channel = message.channel();
        match message.payload() {
            [0] => self.lock = None,
            [seconds @ 1..=MAX_LOCK] => {
                self.lock = Some(Lock { channel, until: now + Duration::from_secs((*seconds).into()) });
            }
            _ => return Message::error(channel, Error::INVALID_PAR),
        }
        Message::new(channel, Command::Lock, Vec::new())
            .unwrap_or_else(|_| Message::error(channel, Error::OTHER))
    }

    fn allocate(&mut self, client: Client) -> u32 {
        while self.next == 0 || self.next == BROADCAST || self.allocated.contains_key(&self.next) {
            self.next = self.next.wrapping_add(1);
        }
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.insert(client, id);
        id
    }

    /// Where there is no room, the channel longest unused is given up.
    fn insert(&mut self, client: Client, id: u32) {
        if self.allocated.len() >= MAX_CHANNELS {
            let needed = [self.processing, self.assembler.channel(), self.lock.map(|lock| lock.channel)];
            let idle = self.allocated.iter().filter(|(id, _)| !needed.contains(&Some(**id)));
            if let Some(oldest) = idle.min_by_key(|(_, channel)| channel.last_used).map(|(id, _)| *id) {
                self.allocated.remove(&oldest);
            }
        }
        self.allocated.insert(id, Channel { client, last_used: self.used });
    }
}

fn reply(violation: Violation) -> Message {
    Message::error(violation.channel, violation.error)
}
