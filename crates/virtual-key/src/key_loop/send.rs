//! What goes out, and who hears of it.

use ctap::{
    Status,
    hid::{Client, Message, Report},
};

use super::{KeyLoop, Reply};
use crate::{Direction, Event, Packet, Transport};

impl KeyLoop {
    pub(super) fn reply(&mut self, reply: Reply) {
        match reply {
            Reply::Hid(client, message) => self.send(client, message),
            Reply::Card(client, response) => self.send_apdu(client, response),
        }
    }

    /// A client that does not read loses messages; nobody else waits for it.
    pub(super) fn send(&mut self, client: Client, message: Message) {
        let reports: Vec<Report> = if self.tap.is_some() { message.reports().collect() } else { Vec::new() };
        self.pass(client, Direction::FromKey, reports.iter().map(|report| &report[..]));
        if let Some((_, outbox)) = self.clients.get(&client)
            && outbox.try_send((client, message)).is_err()
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

    pub(super) fn tell_response(&self, bytes: &[u8]) {
        let status = bytes.first().map_or(Status::OTHER, |byte| Status(*byte));
        self.tell(Event::Response { status, bytes });
    }
}
