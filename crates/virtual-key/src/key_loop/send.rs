//! What goes out, and who hears of it.

use std::time::Duration;

use ctap::{
    Status,
    hid::{Client, Command, Message, Report},
};
use tokio::time::Instant;

use super::{KeyLoop, Protocol, Reply, Request};
use crate::{
    Direction, Event, Packet, Transport,
    fault::{self, Delivery},
    link::Outgoing,
};

/// A report that a fault delays.
pub(super) struct Late {
    pub(super) due: Instant,
    client: Client,
    report: Report,
}

impl KeyLoop {
    pub(super) fn reply(&mut self, reply: Reply) {
        match reply {
            Reply::Hid(client, message) => self.send(client, message),
            Reply::Card(client, response) => self.send_apdu(client, response),
        }
    }

    /// Sends a message, or what a fault makes of it.
    pub(super) fn send(&mut self, client: Client, message: Message) {
        let command = match message.command() {
            Command::Keepalive => return self.put(client, Outgoing::Message(message)),
            Command::Cbor => self.command,
            other => fault::hid_name(other),
        };
        match fault::deliver(&self.faults, command, message) {
            Delivery::Whole(message) => self.put(client, Outgoing::Message(message)),
            Delivery::Reports(reports, Duration::ZERO) => self.put(client, Outgoing::Reports(reports)),
            Delivery::Reports(reports, gap) => self.delay(client, &reports, gap),
            Delivery::Unplugged(reports) => {
                self.put(client, Outgoing::Reports(reports));
                self.unplug(client);
            }
        }
        self.tell_faults();
    }

    /// Sends what is due of what was delayed.
    pub(super) fn send_late(&mut self) {
        let now = Instant::now();
        while self.late.front().is_some_and(|late| late.due <= now)
            && let Some(late) = self.late.pop_front()
        {
            self.put(late.client, Outgoing::Reports(vec![late.report]));
        }
    }

    pub(super) fn tell_faults(&self) {
        for fired in self.faults.take_fired() {
            self.tell(Event::Fault(fired));
        }
    }

    fn delay(&mut self, client: Client, reports: &[Report], gap: Duration) {
        // Behind what is delayed already: what comes later goes later.
        let mut due = self.late.back().map_or_else(Instant::now, |last| last.due);
        for report in reports {
            due += gap;
            self.late.push_back(Late { due, client, report: *report });
        }
    }

    /// The client's connection ends where it has one of its own; its channels are gone in any case.
    fn unplug(&mut self, client: Client) {
        self.channels.release(client);
        if matches!(self.clients.get(&client), Some((Transport::Tcp | Transport::Unix, _))) {
            self.clients.remove(&client);
        }
        self.unplugged = true;
    }

    /// A client that does not read loses messages; nobody else waits for it.
    fn put(&mut self, client: Client, outgoing: Outgoing) {
        let reports: Vec<Report> = if self.tap.is_some() { outgoing.reports().collect() } else { Vec::new() };
        self.pass(client, Direction::FromKey, reports.iter().map(|report| &report[..]));
        if let Some((_, outbox)) = self.clients.get(&client)
            && outbox.try_send((client, outgoing)).is_err()
        {
            tracing::warn!(client = client.0, "dropped a message: the client does not read");
        }
    }

    pub(super) fn send_apdu(&mut self, client: Client, response: Vec<u8>) {
        self.pass(client, Direction::FromKey, std::iter::once(&response[..]));
        if let Some(card) = self.cards.get_mut(&client) {
            card.send(response);
        }
    }

    pub(super) fn pass<'a>(
        &self,
        client: Client,
        direction: Direction,
        packets: impl Iterator<Item = &'a [u8]>,
    ) {
        let Some(tap) = &self.tap else { return };
        let transport = match self.clients.get(&client) {
            Some((transport, _)) => *transport,
            None if self.cards.contains_key(&client) => Transport::Nfc,
            None => return,
        };
        for bytes in packets {
            tap(Packet { transport, client: client.0, direction, bytes });
        }
    }

    pub(super) fn tell(&self, event: Event<'_>) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }

    pub(super) fn tell_request(&self, request: &Request) {
        let bytes = &request.message[..];
        self.tell(match request.protocol {
            Protocol::Ctap2 => {
                let command = bytes.first().copied().and_then(ctap::Command::from_byte);
                Event::Request { command, bytes }
            }
            Protocol::U2f => Event::U2fRequest { apdu: bytes },
        });
    }

    pub(super) fn tell_response(&self, request: &Request, bytes: &[u8]) {
        self.tell(match request.protocol {
            Protocol::Ctap2 => {
                let status = bytes.first().map_or(Status::OTHER, |byte| Status(*byte));
                Event::Response { status, bytes }
            }
            Protocol::U2f => Event::U2fResponse { apdu: bytes },
        });
    }
}
