//! A recorded run once more, against a key that is made anew: whoever has the seed sees whether every byte comes
//! back.

use ::trace::{
    Direction, Entry, Event, Packet, Trace, Transport,
    join::{Joined, Joiner, Message},
    view::{View, message_view},
};
use authenticator::{
    MemoryStore,
    platform::{Clock, Platform, User},
};
use ctap::hid::Command;
use serde::Serialize;
use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use virtual_key::{Address, Config, Link, Running, VirtualKey};

use crate::{
    error::{AppError, Code},
    keys::{self, Faults, Fixed, Touched},
    platform::{SEEDED_UNIX_SECONDS, SeededRng},
    profiles,
    prompts::Finger,
};

/// How long an answer may take that came at once when it was recorded.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it is listened for more than was recorded.
const SILENCE: Duration = Duration::from_millis(300);
/// The framing of the key's streams: each report behind its length.
const LENGTH: [u8; 2] = [0, 64];

/// What to replay, and with which key.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    /// The trace.
    pub path: PathBuf,
    /// The seed of the recorded key.
    pub seed: [u8; 32],
    /// Its profile; the one that the trace names where absent.
    pub profile: Option<String>,
}

/// How a replay went.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// Messages of the key that were compared.
    pub messages: u64,
    /// Bytes of the key that were compared.
    pub bytes: u64,
    /// Bytes that could not be, because they are masked in the trace.
    pub masked_bytes: u64,
    /// KEEPALIVEs of the trace, which depend on time and are not compared.
    pub keepalives: u64,
    /// The trace ends in half a line, which was not replayed.
    pub truncated: bool,
    /// Where the key first said something else.
    pub difference: Option<Difference>,
}

/// The first byte that differs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Which message of the key, counted from 1.
    pub message: u64,
    /// Which byte of its packet, counted from 0.
    pub packet_offset: usize,
    /// Which byte of its payload, counted from 0; absent in the packet's header.
    pub payload_offset: Option<usize>,
    /// What the trace has there; absent where the key said more than was recorded.
    pub expected: Option<u8>,
    /// What came; absent where nothing did.
    pub got: Option<u8>,
    /// What the recorded message says.
    pub expected_view: Option<View>,
    /// What the message that came says, as far as it came.
    pub got_view: Option<View>,
}

/// Replays a trace.
///
/// # Errors
/// `not-found` and `failed` for the file as in [`super::show`], `usage` for a trace that cannot be replayed.
pub fn replay(options: &ReplayOptions) -> Result<Replay, AppError> {
    let trace = super::open(&options.path)?;
    check(&trace)?;
    let mut player = Player::start(&trace, options)?;
    for (number, entry) in (0..).zip(&trace.entries) {
        player.clock.set(entry.t());
        let done = match entry {
            Entry::Packet(packet) if packet.direction == Direction::ToKey => player.send(packet),
            Entry::Packet(packet) if is_keepalive(&packet.bytes) => {
                player.report.keepalives += 1;
                Ok(())
            }
            Entry::Packet(packet) => player.expect(number, packet),
            Entry::Event { event, .. } => {
                player.happen(event);
                Ok(())
            }
        };
        done.map_err(|error| {
            AppError::plain(Code::Failed, format!("The replayed key cannot be reached: {error}."))
        })?;
        if player.report.difference.is_some() {
            return Ok(player.report);
        }
    }
    player.listen();
    Ok(player.report)
}

/// A trace holds what replay needs, or replay says what is missing.
fn check(trace: &Trace) -> Result<(), AppError> {
    let usage = |message: String, hint: &str| Err(AppError::new(Code::Usage, message, hint));
    if !trace.header.seeded {
        return usage(
            "The key of this trace had no seed: it cannot be made again.".to_owned(),
            "Record with `latchkey emulate --store memory --seed HEX --trace FILE`.",
        );
    }
    for entry in &trace.entries {
        let Entry::Packet(packet) = entry else { continue };
        if packet.transport == Transport::Nfc {
            return usage(
                "The trace holds APDUs of a smart card reader, and only reports can be replayed.".to_owned(),
                "Record over --tcp, --udp, --unix or --uhid.",
            );
        }
        if packet.direction == Direction::ToKey && !packet.masked.is_empty() {
            return usage(
                format!(
                    "The packet at {} µs holds a secret that was not recorded, so it cannot be sent.",
                    packet.t
                ),
                "Record with --trace-secrets to replay it.",
            );
        }
    }
    Ok(())
}

struct Player {
    running: Running,
    faults: Faults,
    touched: Arc<Touched>,
    address: SocketAddr,
    clock: Arc<ReplayClock>,
    clients: HashMap<u64, TcpStream>,
    expected: Joiner,
    got: Joiner,
    /// How many reports of the message that comes now have come, for each client and channel.
    reports: HashMap<(u64, [u8; 4]), usize>,
    report: Replay,
}

impl Player {
    fn start(trace: &Trace, options: &ReplayOptions) -> Result<Self, AppError> {
        let profile = profiles::load(options.profile.as_deref().unwrap_or(&trace.header.profile))?;
        let clock = Arc::new(ReplayClock::default());
        let touched = Arc::new(Touched::new(&profile));
        let user: Arc<dyn User> = match trace.header.approval.as_str() {
            "never" => Arc::new(Fixed::declining()),
            "touch" => Arc::clone(&touched) as Arc<dyn User>,
            _ => Arc::new(Fixed::approving(&profile)),
        };
        let faults = keys::faults(&trace.header.faults)?;
        let platform = Platform {
            user,
            store: Arc::new(MemoryStore::with_capacity(profile.limits.discoverable_credentials)),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng::new(options.seed)),
        };
        let running = VirtualKey::start(Config {
            serial: profile.name.clone(),
            profile,
            platform,
            links: vec![Link::Tcp((Ipv4Addr::LOCALHOST, 0).into())],
            observer: None,
            tap: None,
            allow_remote: false,
            faults: faults.clone(),
        })
        .map_err(|error| keys::explain(&error))?;
        let Some(Address::Tcp(address)) = running.addresses().first().cloned() else {
            return Err(AppError::plain(Code::Failed, "The replayed key has no address."));
        };
        let report = Replay { truncated: trace.truncated, ..Replay::default() };
        Ok(Self {
            running,
            faults,
            touched,
            address,
            clock,
            clients: HashMap::new(),
            expected: Joiner::default(),
            got: Joiner::default(),
            reports: HashMap::new(),
            report,
        })
    }

    fn client(&mut self, client: u64) -> io::Result<&mut TcpStream> {
        match self.clients.entry(client) {
            std::collections::hash_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                Ok(entry.insert(stream))
            }
        }
    }

    fn send(&mut self, packet: &Packet) -> io::Result<()> {
        for joiner in [&mut self.expected, &mut self.got] {
            joiner.push(0, packet);
        }
        let framed = [&LENGTH[..], &packet.bytes].concat();
        self.client(packet.client)?.write_all(&framed)
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::PowerCycle => {
                self.running.power_cycle();
            }
            Event::Closed { client } => {
                self.clients.remove(client);
                self.expected.close(*client);
                self.got.close(*client);
            }
            Event::FaultSet { fault } => {
                if let Ok(spec) = fault.parse() {
                    self.faults.set(spec);
                }
            }
            Event::FaultCleared { fault } => {
                self.faults.clear(Some(fault.as_str()).filter(|name| *name != "all"));
            }
            Event::Touched { finger } => {
                if let Ok(finger) = finger.parse::<Finger>() {
                    self.touched.touch(finger.into());
                }
            }
            Event::Lifted => self.touched.lift(),
            Event::Fault { .. } => {}
        }
    }

    /// The next report of the same client, compared.
    fn expect(&mut self, number: u64, packet: &Packet) -> io::Result<()> {
        let report = self.count(packet);
        let came = receive(self.client(packet.client)?, PATIENCE)?;
        let expected_message = joined(self.expected.push(number, packet));
        let got_message = came.as_ref().and_then(|bytes| joined(self.got.push(number, &with(packet, bytes))));
        let Some(at) = self.first_difference(packet, came.as_deref()) else {
            self.report.messages += u64::from(expected_message.is_some());
            return Ok(());
        };
        let view = |message: Option<Message>| Some(message_view(&message?, Direction::FromKey, true));
        self.report.difference = Some(Difference {
            message: self.report.messages + 1,
            packet_offset: at,
            payload_offset: payload_offset(report, at),
            expected: packet.bytes.get(at).copied(),
            got: came.as_ref().and_then(|bytes| bytes.get(at)).copied(),
            expected_view: view(expected_message),
            got_view: view(got_message),
        });
        Ok(())
    }

    /// Which report of its message this is, counted from 0.
    fn count(&mut self, packet: &Packet) -> usize {
        let [a, b, c, d, kind, ..] = *packet.bytes.as_slice() else { return 0 };
        let place = self.reports.entry((packet.client, [a, b, c, d])).or_default();
        *place = if kind & 0x80 == 0 { *place + 1 } else { 0 };
        *place
    }

    fn first_difference(&mut self, packet: &Packet, came: Option<&[u8]>) -> Option<usize> {
        let masked = |at: usize| packet.masked.iter().any(|range| range.contains(&at));
        for (at, expected) in packet.bytes.iter().enumerate() {
            if masked(at) {
                self.report.masked_bytes += 1;
            } else if came.and_then(|bytes| bytes.get(at)) == Some(expected) {
                self.report.bytes += 1;
            } else {
                return Some(at);
            }
        }
        None
    }

    /// Whether the key says more than was recorded.
    fn listen(&mut self) {
        for stream in self.clients.values_mut() {
            if let Ok(Some(bytes)) = receive(stream, SILENCE) {
                self.report.difference = Some(Difference {
                    message: self.report.messages + 1,
                    packet_offset: 0,
                    payload_offset: None,
                    expected: None,
                    got: bytes.first().copied(),
                    expected_view: None,
                    got_view: None,
                });
                return;
            }
        }
    }
}

/// The next report that is no KEEPALIVE; `None` where none comes in time.
fn receive(stream: &mut TcpStream, patience: Duration) -> io::Result<Option<Vec<u8>>> {
    stream.set_read_timeout(Some(patience))?;
    loop {
        let mut framed = [0; 66];
        match stream.read_exact(&mut framed) {
            Ok(()) => {
                let (_, report) = framed.split_at(LENGTH.len());
                if !is_keepalive(report) {
                    return Ok(Some(report.to_vec()));
                }
            }
            Err(error) => {
                return match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::UnexpectedEof => {
                        Ok(None)
                    }
                    _ => Err(error),
                };
            }
        }
    }
}

fn is_keepalive(report: &[u8]) -> bool {
    report.get(4) == Some(&(Command::Keepalive as u8 | 0x80))
}

fn joined(joined: Joined) -> Option<Message> {
    match joined {
        Joined::Message(message) => Some(message),
        Joined::Pending | Joined::Stray => None,
    }
}

fn with(packet: &Packet, bytes: &[u8]) -> Packet {
    Packet { bytes: bytes.to_vec(), masked: Vec::new(), ..packet.clone() }
}

/// Where a byte of report `report` stands in the message's payload (CTAP 2.3 §11.2.4).
fn payload_offset(report: usize, at: usize) -> Option<usize> {
    use ctap::hid::report::{CONTINUATION_DATA, INIT_DATA};
    match report.checked_sub(1) {
        None => at.checked_sub(64 - INIT_DATA),
        Some(before) => {
            Some(INIT_DATA + before * CONTINUATION_DATA + at.checked_sub(64 - CONTINUATION_DATA)?)
        }
    }
}

/// The recorded run's time: it stands still between entries.
#[derive(Default)]
struct ReplayClock(AtomicU64);

impl ReplayClock {
    fn set(&self, microseconds: u64) {
        self.0.store(microseconds, Ordering::Relaxed);
    }
}

impl Clock for ReplayClock {
    fn uptime(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn unix_seconds(&self) -> u64 {
        SEEDED_UNIX_SECONDS
    }
}
