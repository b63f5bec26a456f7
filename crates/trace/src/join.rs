//! Packets to messages, in both directions at once. A trace may hold anything: nothing is refused here.

use std::collections::HashMap;

use ctap::hid::{self, MAX_PAYLOAD, Report};

use crate::{Direction, Packet};

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// CID
    pub channel: u32,
    /// CMD without bit 7.
    pub command: u8,
    /// What the reports carry.
    pub payload: Vec<u8>,
    /// The CTAP command that this is, or answers, where it is CTAPHID_CBOR.
    pub ctap: Option<u8>,
    /// The packets that carried it, by the numbers that [`Joiner::push`] was given.
    pub packets: Vec<u64>,
}

/// What a packet brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// More has to come.
    Pending,
    /// A message is whole.
    Message(Message),
    /// A packet that belongs to no message: these bytes are no report, or nothing began before them.
    Stray,
}

/// The messages that are coming in.
#[derive(Debug, Default)]
pub struct Joiner {
    partial: HashMap<(u64, Direction, u32), Message>,
    lengths: HashMap<(u64, Direction, u32), usize>,
    /// The CTAP command that runs on a client's channel.
    running: HashMap<(u64, u32), u8>,
}

impl Joiner {
    /// Takes the report of a packet. Gives up what was coming in on the same channel where a new message begins.
    pub fn push(&mut self, number: u64, packet: &Packet) -> Joined {
        let Ok(report) = Report::try_from(packet.bytes.as_slice()) else { return Joined::Stray };
        let report = hid::Packet::parse(&report);
        let place = (packet.client, packet.direction, report.channel());
        let (mut message, length, data) = match report {
            hid::Packet::Init { channel, command, length, data } => {
                let message =
                    Message { channel, command, payload: Vec::new(), ctap: None, packets: Vec::new() };
                (message, usize::from(length).min(MAX_PAYLOAD), data)
            }
            hid::Packet::Continuation { data, .. } => {
                match (self.partial.remove(&place), self.lengths.remove(&place)) {
                    (Some(message), Some(length)) => (message, length, data),
                    _ => return Joined::Stray,
                }
            }
        };
        let missing = length.saturating_sub(message.payload.len());
        message.payload.extend_from_slice(data.get(..missing).unwrap_or(data));
        message.packets.push(number);
        if message.payload.len() < length {
            self.partial.insert(place, message);
            self.lengths.insert(place, length);
            return Joined::Pending;
        }
        message.ctap = self.ctap(packet, &message);
        Joined::Message(message)
    }

    /// A client has gone, and what was coming in from it and to it.
    pub fn close(&mut self, client: u64) {
        self.partial.retain(|(of, ..), _| *of != client);
        self.lengths.retain(|(of, ..), _| *of != client);
        self.running.retain(|(of, _), _| *of != client);
    }

    fn ctap(&mut self, packet: &Packet, message: &Message) -> Option<u8> {
        if message.command != hid::Command::Cbor as u8 {
            return None;
        }
        let place = (packet.client, message.channel);
        match packet.direction {
            Direction::ToKey => {
                let command = *message.payload.first()?;
                self.running.insert(place, command);
                Some(command)
            }
            Direction::FromKey => self.running.get(&place).copied(),
        }
    }
}

/// Where byte `at` of a message's payload stands: the number of its report, and the place in it (§11.2.4).
pub(crate) fn place(at: usize) -> (usize, usize) {
    use hid::report::{CONTINUATION_DATA, INIT_DATA};
    match at.checked_sub(INIT_DATA) {
        None => (0, 64 - INIT_DATA + at),
        Some(beyond) => (1 + beyond / CONTINUATION_DATA, 64 - CONTINUATION_DATA + beyond % CONTINUATION_DATA),
    }
}
