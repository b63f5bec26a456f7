//! What a card reader says.

use ctap::{hid::Client, nfc};

use super::{KeyLoop, Over, Protocol, Reply, Request, Turn};
use crate::{Direction, Event, card::Card, link::CardInput};

impl KeyLoop {
    pub(super) fn card_input(&mut self, client: Client, input: CardInput) -> Option<Turn> {
        let apdu = match input {
            CardInput::Opened(outbox) => {
                self.cards.insert(client, Card::new(self.speaks, outbox));
                return None;
            }
            CardInput::Apdu(apdu) => apdu,
            CardInput::Power => {
                self.cards.get_mut(&client)?.reset();
                if self.powered_by_field {
                    return Some(self.power_cycle(Some(client)));
                }
                self.tell(Event::CardReset { reader: client.0 });
                return (self.serving == Some(client)).then_some(Turn::Abandon);
            }
        };
        self.pass(client, Direction::ToKey, std::iter::once(&apdu[..]));
        let runs = self.serving == Some(client);
        let card = self.cards.get_mut(&client)?;
        let (protocol, message, polls) = match card.applet.push(&apdu) {
            nfc::Event::Reply(response) => {
                self.send_apdu(client, response);
                return None;
            }
            nfc::Event::Afresh(response) => {
                card.forget();
                if runs {
                    return Some(Turn::Abort(Reply::Card(client, response)));
                }
                self.send_apdu(client, response);
                return None;
            }
            nfc::Event::Poll => {
                let response = card.poll(runs)?;
                self.send_apdu(client, response);
                return None;
            }
            nfc::Event::Cancel => {
                if let Some(response) = card.poll(runs) {
                    self.send_apdu(client, response);
                    return None;
                }
                return Some(Turn::Cancel);
            }
            nfc::Event::Ctap { message, polls } => (Protocol::Ctap2, message, polls),
            nfc::Event::U2f(message) => (Protocol::U2f, message, false),
        };
        if !runs && !self.channels.occupy(self.started.elapsed()) {
            let response = card.busy(protocol == Protocol::Ctap2);
            self.send_apdu(client, response);
            return None;
        }
        card.begin(polls);
        self.serving = Some(client);
        Some(Turn::Request(Request { client, over: Over::Card, protocol, message }))
    }
}
