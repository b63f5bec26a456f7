use ::trace::{Direction, Entry, Event, Packet, Trace, Transport};
use authenticator::{
    MemoryStore,
    platform::{Clock, Platform, User},
};
use std::{
    io,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use virtual_key::{Address, Config, Link, Observer, Running, VirtualKey};

use super::{
    Difference, Heard, Replay, ReplayOptions,
    cards::Cards,
    reports::{Reports, payload_offset},
};
use crate::{
    error::AppError,
    keys::{self, Faults, Fixed, Touched},
    platform::{SEEDED_UNIX_SECONDS, SeededRng},
    profiles,
    prompts::Finger,
};

/// How long it is listened for more than was recorded.
const SILENCE: Duration = Duration::from_millis(300);

/// The key that was made anew, and those who speak to it.
pub(super) struct Player {
    running: Running,
    faults: Faults,
    touched: Arc<Touched>,
    clock: Arc<ReplayClock>,
    reports: Reports,
    cards: Cards,
    report: Replay,
}

impl Player {
    pub(super) fn start(trace: &Trace, options: &ReplayOptions) -> Result<Self, AppError> {
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
        let cards = Cards::listen().map_err(|error| super::unreachable(&error))?;
        let reader = Link::Nfc(cards.address().map_err(|error| super::unreachable(&error))?);
        let reports = Link::Tcp((Ipv4Addr::LOCALHOST, 0).into());
        let (links, observer) = match links(trace) {
            Links::Card => (vec![reader], Some(tapped(&touched))),
            Links::Hid => (vec![reports], None),
            Links::Both => (vec![reports, reader], None),
        };
        let running = VirtualKey::start(Config {
            serial: profile.name.clone(),
            profile,
            platform,
            links,
            observer,
            tap: None,
            allow_remote: false,
            faults: faults.clone(),
        })
        .map_err(|error| keys::explain(&error))?;
        let tcp = running.addresses().iter().find_map(|address| match address {
            Address::Tcp(address) => Some(*address),
            _ => None,
        });
        let reports = Reports::to(tcp);
        let report = Replay { truncated: trace.truncated, ..Replay::default() };
        Ok(Self { running, faults, touched, clock, reports, cards, report })
    }

    /// Until the first difference, or the end.
    pub(super) fn play(mut self, trace: &Trace) -> io::Result<Replay> {
        for (number, entry) in (0..).zip(&trace.entries) {
            self.clock.set(entry.t());
            match entry {
                Entry::Packet(packet) if packet.direction == Direction::ToKey => self.send(packet)?,
                Entry::Packet(packet) => self.expect(number, packet)?,
                Entry::Event { event, .. } => self.happen(event)?,
            }
            if self.report.difference.is_some() {
                return Ok(self.report);
            }
        }
        self.listen();
        Ok(self.report)
    }

    fn send(&mut self, packet: &Packet) -> io::Result<()> {
        match packet.transport {
            Transport::Nfc => self.cards.send(packet),
            _ => self.reports.send(packet),
        }
    }

    fn happen(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::PowerCycle { client: None } => drop(self.running.power_cycle()),
            Event::PowerCycle { client: Some(reader) } | Event::CardReset { client: reader } => {
                self.cards.power(*reader)?;
            }
            Event::Closed { client } => {
                self.reports.close(*client);
                self.cards.close(*client);
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
        Ok(())
    }

    /// The next packet of the same client, compared.
    fn expect(&mut self, number: u64, packet: &Packet) -> io::Result<()> {
        let heard = match packet.transport {
            Transport::Nfc => self.cards.hear(packet)?,
            _ => self.reports.hear(number, packet)?,
        };
        let Some(Heard { came, expected, got, is_whole, place }) = heard else {
            self.report.keepalives += 1;
            return Ok(());
        };
        let Some(at) = self.first_difference(packet, came.as_deref()) else {
            self.report.messages += u64::from(is_whole);
            return Ok(());
        };
        self.report.difference = Some(Difference {
            message: self.report.messages + 1,
            packet_offset: at,
            payload_offset: place.map_or(Some(at), |report| payload_offset(report, at)),
            expected: packet.bytes.get(at).copied(),
            got: came.as_ref().and_then(|bytes| bytes.get(at)).copied(),
            expected_view: expected,
            got_view: got,
        });
        Ok(())
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
        came.is_some_and(|bytes| bytes.len() > packet.bytes.len()).then_some(packet.bytes.len())
    }

    /// Whether the key says more than was recorded.
    fn listen(&mut self) {
        let Some(more) = self.reports.more(SILENCE).or_else(|| self.cards.more(SILENCE)) else { return };
        self.report.difference = Some(Difference {
            message: self.report.messages + 1,
            packet_offset: 0,
            payload_offset: None,
            expected: None,
            got: more.first().copied(),
            expected_view: None,
            got_view: None,
        });
    }
}

/// How the recorded key was reached.
enum Links {
    Card,
    Hid,
    Both,
}

/// A key that is a card alone has its power from the reader, as its power cycles show.
fn links(trace: &Trace) -> Links {
    let has = |wanted: fn(&Entry) -> bool| trace.entries.iter().any(wanted);
    let cards = has(|entry| match entry {
        Entry::Packet(packet) => packet.transport == Transport::Nfc,
        Entry::Event { event, .. } => {
            matches!(event, Event::CardReset { .. } | Event::PowerCycle { client: Some(_) })
        }
    });
    let reports = has(|entry| match entry {
        Entry::Packet(packet) => packet.transport != Transport::Nfc,
        Entry::Event { event, .. } => matches!(event, Event::CardReset { .. }),
    });
    match (cards, reports) {
        (true, false) => Links::Card,
        (true, true) => Links::Both,
        (false, _) => Links::Hid,
    }
}

/// Puts the card into the field for the person, as [`crate::App::start_key`] does.
fn tapped(touched: &Arc<Touched>) -> Observer {
    let touched = Arc::clone(touched);
    Arc::new(move |event| {
        if let virtual_key::Event::PowerCycle { .. } = event {
            touched.tap();
        }
    })
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
