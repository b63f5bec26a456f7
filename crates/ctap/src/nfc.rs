//! CTAP over ISO 7816 cards (CTAP 2.3 §11.3): a function of APDUs.
//!
//! Nothing here reads or writes. Whoever does hands in command APDUs and gets response APDUs, or requests for the
//! authenticator, back. One request runs at a time, as one card does.

use crate::{
    apdu::{self, Encoding, Response, StatusWord},
    hid::{KeepaliveStatus, MAX_PAYLOAD},
    u2f,
};

/// The FIDO application's name (§11.3.3): RID A000000647, PIX 2F0001.
pub const AID: [u8; 8] = [0xA0, 0x00, 0x00, 0x06, 0x47, 0x2F, 0x00, 0x01];

/// What a card answers to SELECT that speaks CTAP2 alone. What else it speaks, getInfo says.
const CTAP2_VERSION: &str = "FIDO_2_0";

/// Bit of the class: more of the same command follows.
pub const CHAINING: u8 = 0x10;
/// Bit of P1 of NFCCTAP_MSG: the client asks again with NFCCTAP_GETRESPONSE.
pub const POLLS: u8 = 0x80;
/// P1 of NFCCTAP_GETRESPONSE: the client takes its request back.
pub const CANCEL: u8 = 0x11;
/// P1 of NFCCTAP_CONTROL: END CTAP_MSG.
pub const END: u8 = 0x01;

/// Classes without [`CHAINING`].
pub mod cla {
    /// Commands of ISO 7816-4, and U2F messages.
    pub const ISO: u8 = 0x00;
    /// Commands of CTAP.
    pub const CTAP: u8 = 0x80;
}

/// Instructions.
pub mod ins {
    /// A CTAP2 message (§11.3.7.1).
    pub const NFCCTAP_MSG: u8 = 0x10;
    /// How far is it? (§11.3.7.2)
    pub const NFCCTAP_GETRESPONSE: u8 = 0x11;
    /// The end of CTAP2 messages (§11.3.7.3).
    pub const NFCCTAP_CONTROL: u8 = 0x12;
    /// Selection of an application by its name (§11.3.3).
    pub const SELECT: u8 = 0xA4;
    /// The rest of a response (ISO 7816-4 §7.6.1).
    pub const GET_RESPONSE: u8 = 0xC0;
}

/// Which protocols a card speaks now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speaks {
    /// U2F raw messages.
    pub u2f: bool,
    /// CTAP2 messages.
    pub ctap2: bool,
}

/// What a command APDU brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Send this back.
    Reply(Vec<u8>),
    /// The client begins or ends: what runs is given up, then this sent back.
    Afresh(Vec<u8>),
    /// A CTAP2 message for the authenticator, in place of what runs. [`Applet::respond`] frames the answer.
    Ctap {
        /// Command byte and canonical CBOR.
        message: Vec<u8>,
        /// [`Applet::status_update`] may be answered meanwhile.
        polls: bool,
    },
    /// A U2F message for the authenticator, in place of what runs: an extended APDU, as CTAPHID_MSG carries it.
    U2f(Vec<u8>),
    /// How far is the request that runs?
    Poll,
    /// The request that runs is to answer KEEPALIVE_CANCEL.
    Cancel,
}

/// The FIDO application of a card.
#[derive(Debug)]
pub struct Applet {
    speaks: Speaks,
    selected: bool,
    /// A command of which more is to come.
    chain: Option<apdu::Command>,
    /// How much the command that is being answered takes at once.
    room: usize,
    /// What of the last response waits for GET RESPONSE.
    rest: Vec<u8>,
}

impl Applet {
    /// A card that has just come into the field.
    pub fn new(speaks: Speaks) -> Self {
        Self { speaks, selected: false, chain: None, room: apdu::SHORT_RESPONSE, rest: Vec::new() }
    }

    /// From now on the card speaks this.
    pub fn speak(&mut self, speaks: Speaks) {
        self.speaks = speaks;
    }

    /// The card left the field or was reset.
    pub fn reset(&mut self) {
        *self = Self::new(self.speaks);
    }

    /// Takes a command APDU.
    pub fn push(&mut self, apdu: &[u8]) -> Event {
        let command = match apdu::Command::decode(apdu) {
            Ok(command) => command,
            Err(status) => return self.refuse(status),
        };
        self.room = command.room();
        if (command.cla & !CHAINING, command.ins) == (cla::ISO, ins::SELECT) {
            return self.select(&command);
        }
        if !self.selected {
            return self.refuse(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        if command.ins == ins::GET_RESPONSE && matches!(command.cla, cla::ISO | cla::CTAP) {
            return self.get_response();
        }
        self.rest.clear();
        match self.join(command) {
            Ok(Some(command)) => self.dispatch(command),
            Ok(None) => Event::Reply(Response::success(Vec::new()).encode()),
            Err(status) => self.refuse(status),
        }
    }

    /// A response to the command that was taken last, whole or in the parts that its lengths ask for (§11.3.6).
    pub fn respond(&mut self, response: Response) -> Vec<u8> {
        let Response { mut data, status } = response;
        if data.len() <= self.room {
            return Response { data, status }.encode();
        }
        self.rest = data.split_off(self.room);
        Response { data, status: StatusWord::more(self.rest.len()) }.encode()
    }

    /// Not done yet: an answer to NFCCTAP_MSG of a client that polls, and to a poll (§11.3.7.2).
    pub fn status_update(status: KeepaliveStatus) -> Vec<u8> {
        Response { data: vec![status as u8], status: StatusWord::STATUS_UPDATE }.encode()
    }

    /// §11.3.3
    fn select(&mut self, command: &apdu::Command) -> Event {
        self.reset();
        self.room = command.room();
        if (command.p1, command.data.as_slice()) != (0x04, &AID) {
            return Event::Afresh(Response::from(StatusWord::FILE_NOT_FOUND).encode());
        }
        self.selected = true;
        let version = if self.speaks.u2f { u2f::VERSION } else { CTAP2_VERSION };
        Event::Afresh(self.respond(Response::success(version.into())))
    }

    /// ISO 7816-4 §7.6.1
    fn get_response(&mut self) -> Event {
        if self.rest.is_empty() {
            return self.refuse(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        let rest = std::mem::take(&mut self.rest);
        Event::Reply(self.respond(Response::success(rest)))
    }

    /// Joins a chain of commands (ISO 7816-4 §5.1.1.1); `None` while more is to come. A command that does not go
    /// on with the chain ends it and counts for itself.
    fn join(&mut self, mut command: apdu::Command) -> Result<Option<apdu::Command>, StatusWord> {
        let more = command.cla & CHAINING != 0;
        command.cla &= !CHAINING;
        let head = |of: &apdu::Command| [of.cla, of.ins, of.p1, of.p2];
        if let Some(mut chain) = self.chain.take_if(|chain| head(chain) == head(&command)) {
            chain.data.append(&mut command.data);
            command.data = chain.data;
        }
        self.chain = None;
        if !more {
            return Ok(Some(command));
        }
        if command.data.len() > MAX_PAYLOAD {
            return Err(StatusWord::WRONG_LENGTH);
        }
        self.chain = Some(command);
        Ok(None)
    }

    /// §11.3.7
    fn dispatch(&mut self, command: apdu::Command) -> Event {
        let apdu::Command { cla, ins, p1, p2, .. } = command;
        match (cla, ins) {
            (cla::ISO, ins::NFCCTAP_MSG..=ins::NFCCTAP_CONTROL) => self.refuse(StatusWord::CLA_NOT_SUPPORTED),
            (cla::ISO, _) if self.speaks.u2f => {
                let (encoding, ne) = (Encoding::Extended, Some(apdu::EXTENDED_RESPONSE));
                Event::U2f(apdu::Command { encoding, ne, ..command }.encode())
            }
            (cla::CTAP, ins::NFCCTAP_MSG) if self.speaks.ctap2 => match (p1, p2) {
                (0 | POLLS, 0) => Event::Ctap { message: command.data, polls: p1 == POLLS },
                _ => self.refuse(StatusWord::INCORRECT_PARAMETERS),
            },
            (cla::CTAP, ins::NFCCTAP_GETRESPONSE) if self.speaks.ctap2 => match (p1, p2) {
                (0, 0) => Event::Poll,
                (CANCEL, 0) => Event::Cancel,
                _ => self.refuse(StatusWord::INCORRECT_PARAMETERS),
            },
            (cla::CTAP, ins::NFCCTAP_CONTROL) if self.speaks.ctap2 => match (p1, p2) {
                (END, 0) => {
                    self.reset();
                    Event::Afresh(Response::success(Vec::new()).encode())
                }
                _ => self.refuse(StatusWord::INCORRECT_PARAMETERS),
            },
            (cla::ISO | cla::CTAP, _) => self.refuse(StatusWord::INS_NOT_SUPPORTED),
            _ => self.refuse(StatusWord::CLA_NOT_SUPPORTED),
        }
    }

    /// An error ends what was half done.
    fn refuse(&mut self, status: StatusWord) -> Event {
        self.chain = None;
        self.rest.clear();
        Event::Reply(Response::from(status).encode())
    }
}

#[cfg(test)]
mod tests;
