//! Holds packets back until their message is whole, and takes the secrets out of it.

use std::collections::VecDeque;

use crate::{
    Direction, Entry, Event, Packet, Transport,
    join::{Joined, Joiner, Message, place},
    secrets,
};

/// How many entries are held back at most: thirty of the longest messages.
const HELD: usize = 4096;
/// How long the rest of a message is waited for, in microseconds; a key gives it up after half a second.
const PATIENCE: u64 = 2_000_000;

/// What has come and may not be written yet.
#[derive(Default)]
pub(crate) struct Masker {
    joiner: Joiner,
    held: VecDeque<Held>,
    next: u64,
}

struct Held {
    number: u64,
    entry: Entry,
    /// All that is secret has been taken out.
    clean: bool,
}

impl Masker {
    /// Takes an entry, and returns those that may be written, in their order.
    pub(crate) fn push(&mut self, entry: Entry) -> Vec<Entry> {
        let now = entry.t();
        let number = self.next;
        self.next += 1;
        let joined = match &entry {
            Entry::Packet(packet) if packet.transport != Transport::Nfc => {
                Some(self.joiner.push(number, packet))
            }
            _ => None,
        };
        self.held.push_back(Held { number, entry, clean: false });
        match joined {
            Some(Joined::Pending) => {}
            Some(Joined::Message(message)) => self.clean(&message),
            Some(Joined::Stray) => self.hide(number),
            None => self.settle(number),
        }
        self.ready(now)
    }

    /// All that is left, where nothing more comes.
    pub(crate) fn finish(&mut self) -> Vec<Entry> {
        self.ready(u64::MAX)
    }

    /// What may be written, up to the first that waits for the rest of its message.
    fn ready(&mut self, now: u64) -> Vec<Entry> {
        let mut ready = Vec::new();
        while let Some(first) = self.held.front() {
            let (number, overdue) = (first.number, now.saturating_sub(first.entry.t()) > PATIENCE);
            if first.clean {
                ready.extend(self.held.pop_front().map(|held| held.entry));
            } else if overdue || self.held.len() > HELD {
                self.hide(number);
            } else {
                break;
            }
        }
        ready
    }

    /// Masks the secrets of a message, and whatever was given up on its channel before.
    fn clean(&mut self, message: &Message) {
        let direction =
            message.packets.first().and_then(|number| self.packet(*number)).map(|packet| packet.direction);
        let ranges = match (message.ctap, direction) {
            (Some(command), Some(direction)) => secrets::ranges(command, direction, &message.payload),
            _ => Vec::new(),
        };
        for range in ranges {
            for at in range {
                let (report, byte) = place(at);
                if let Some(number) = message.packets.get(report).copied()
                    && let Some(packet) = self.packet(number)
                {
                    packet.mask(byte..byte + 1);
                }
            }
        }
        for number in &message.packets {
            self.settle(*number);
        }
        self.give_up(message, direction);
    }

    /// Packets of the same channel that came before a whole message and are still held belong to one that was
    /// never finished.
    fn give_up(&mut self, message: &Message, direction: Option<Direction>) {
        let Some(last) = message.packets.last().copied() else { return };
        let Some(client) = self.packet(last).map(|packet| packet.client) else { return };
        let channel = message.channel.to_be_bytes();
        let lost: Vec<u64> = self
            .held
            .iter()
            .filter(|held| !held.clean && held.number < last)
            .filter(|held| {
                matches!(&held.entry, Entry::Packet(packet) if packet.client == client
                    && Some(packet.direction) == direction
                    && packet.bytes.starts_with(&channel))
            })
            .map(|held| held.number)
            .collect();
        for number in lost {
            self.hide(number);
        }
    }

    /// Masks all that a packet carries: what it is part of is not known.
    fn hide(&mut self, number: u64) {
        if let Some(packet) = self.packet(number) {
            let range = 5..packet.bytes.len();
            packet.mask(range);
        }
        self.settle(number);
    }

    fn settle(&mut self, number: u64) {
        let mut gone = None;
        if let Some(held) = self.held.iter_mut().find(|held| held.number == number) {
            held.clean = true;
            match &mut held.entry {
                Entry::Event { event: Event::Closed { client }, .. } => gone = Some(*client),
                Entry::Packet(packet) if packet.transport == Transport::Nfc => mask_apdu(packet),
                Entry::Packet(packet) => merge(&mut packet.masked),
                Entry::Event { .. } => {}
            }
        }
        if let Some(client) = gone {
            self.joiner.close(client);
            let of_client = |held: &&Held| {
                !held.clean && matches!(&held.entry, Entry::Packet(packet) if packet.client == client)
            };
            let lost: Vec<u64> = self.held.iter().filter(of_client).map(|held| held.number).collect();
            for number in lost {
                self.hide(number);
            }
        }
    }

    fn packet(&mut self, number: u64) -> Option<&mut Packet> {
        self.held.iter_mut().rev().find(|held| held.number == number).and_then(|held| match &mut held.entry {
            Entry::Packet(packet) => Some(packet),
            Entry::Event { .. } => None,
        })
    }
}

/// NFCCTAP_MSG (CTAP 2.3 §11.3.7) may come in pieces, so all that CTAP carries is masked, and every answer that is
/// longer than a status.
fn mask_apdu(packet: &mut Packet) {
    const HEADER: usize = 5;
    const STATUS: usize = 2;
    let range = match packet.direction {
        Direction::ToKey if packet.bytes.get(1) == Some(&0x10) => HEADER..packet.bytes.len(),
        Direction::FromKey => 0..packet.bytes.len().saturating_sub(STATUS),
        Direction::ToKey => return,
    };
    packet.mask(range);
}

/// Neighbours to one range.
fn merge(ranges: &mut Vec<std::ops::Range<usize>>) {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, range| {
        let touches = next.start <= range.end;
        if touches {
            range.end = range.end.max(next.end);
        }
        touches
    });
}
