//! The FIDO application of a card: messages in, answers out, one APDU after another.

use std::{thread::sleep, time::Duration};

use ctap::{
    apdu::{Command, EXTENDED_RESPONSE, Encoding, Response, SHORT_DATA, SHORT_RESPONSE, StatusWord},
    hid::{Error as HidError, KeepaliveStatus},
    nfc::{AID, CANCEL, CHAINING, END, POLLS, cla, ins},
};

use crate::Error;

/// What APDUs go through.
pub(super) trait Wire {
    /// Command APDU in, response APDU out.
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, smart_card::Error>;

    /// Begins anew with the card, after an exchange broke off.
    fn reconnect(&mut self) -> Result<(), smart_card::Error>;
}

/// What lengths a card and its reader may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    /// T=0: a command carries data or asks for some, not both (ISO 7816-3 §12.2).
    pub(super) one_way: bool,
    /// The longest extended command APDU; `None` where the card knows short ones only.
    pub(super) extended: Option<usize>,
}

/// The FIDO application, which is selected.
pub(super) struct Application<W> {
    wire: W,
    lengths: Lengths,
    /// An extended command went there and its answer came back. What a card says of itself is not what its reader
    /// can do.
    proven: bool,
    /// The card knows NFCCTAP_GETRESPONSE.
    polls: bool,
    /// Another program may have selected something else since.
    doubtful: bool,
}

/// authenticatorGetInfo: what to try something with that changes nothing.
const GET_INFO: [u8; 1] = [0x04];
/// Between two polls.
const PAUSE: Duration = Duration::from_millis(100);
/// So often a card is asked that goes on with a request that was taken back.
const POLLS_AFTER_CANCEL: usize = 50;
/// No CTAP message is near as long.
const MAX_RESPONSE: usize = EXTENDED_RESPONSE;
/// First bytes of status words: there is more (61xx), Le is to be this (6Cxx).
const MORE: u8 = 0x61;
const WRONG_LE: u8 = 0x6C;

impl<W: Wire> Application<W> {
    /// Selects the application (§11.3.3).
    ///
    /// # Errors
    /// [`Error::NotAKey`] where the card has none.
    pub(super) fn select(wire: W, lengths: Lengths) -> Result<Self, Error> {
        let mut application = Self { wire, lengths, proven: false, polls: true, doubtful: false };
        application.select_again()?;
        Ok(application)
    }

    pub(super) fn wire(&mut self) -> &mut W {
        &mut self.wire
    }

    /// From now on another program may have selected something else.
    pub(super) fn doubt(&mut self) {
        self.doubtful = true;
    }

    /// A CTAP2 message (§11.3.7.1). `progress` hears what the card is doing; the request is taken back when
    /// `withdrawn` says so.
    pub(super) fn ctap(
        &mut self,
        message: &[u8],
        mut progress: impl FnMut(KeepaliveStatus),
        withdrawn: impl Fn() -> bool,
    ) -> Result<Vec<u8>, Error> {
        let mut response = self.begin(message)?;
        // A message that arrives is answered with success, and its own status behind that: what is refused here was
        // for another application.
        if !arrived(response.status) && std::mem::take(&mut self.doubtful) {
            self.select_again()?;
            response = self.begin(message)?;
        }
        self.doubtful = false;
        if self.polls && matches!(response.status, StatusWord::INCORRECT_PARAMETERS | WRONG_PARAMETERS) {
            self.polls = false;
            response = self.begin(message)?;
        }
        let mut polls_left = POLLS_AFTER_CANCEL;
        while response.status == StatusWord::STATUS_UPDATE {
            progress(status(&response.data));
            sleep(PAUSE);
            let withdrawn = withdrawn();
            if withdrawn {
                polls_left = polls_left.checked_sub(1).ok_or(Error::Reader(smart_card::Error::Timeout))?;
            }
            response = self.send(&poll(if withdrawn { CANCEL } else { 0 }))?;
        }
        match response.status {
            StatusWord::SUCCESS => Ok(response.data),
            StatusWord::INS_NOT_SUPPORTED | StatusWord::CLA_NOT_SUPPORTED => {
                Err(Error::Refused(HidError::INVALID_CMD))
            }
            refusal => Err(Error::StatusWord(refusal)),
        }
    }

    /// A U2F message: an extended command APDU; response data, then the status word.
    pub(super) fn u2f(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let command = Command::decode(message).map_err(Error::StatusWord)?;
        // Its refusals mean something, so that another application could not be told by them; and U2F has no state
        // that a selection would end.
        if std::mem::take(&mut self.doubtful) {
            self.select_again()?;
        }
        Ok(self.send(&command)?.encode())
    }

    /// No CTAP2 messages any more (§11.3.7.3).
    pub(super) fn end(&mut self) {
        // Whoever selects an application next ends it, too.
        let _ = self.send_short(&command(cla::CTAP, ins::NFCCTAP_CONTROL, END, Vec::new()));
    }

    fn select_again(&mut self) -> Result<(), Error> {
        let select = command(cla::ISO, ins::SELECT, 0x04, AID.to_vec());
        // What the card answers is the oldest protocol that it speaks; what else it does, getInfo says.
        match self.send_short(&select)?.status {
            StatusWord::SUCCESS => Ok(()),
            _ => Err(Error::NotAKey),
        }
    }

    fn begin(&mut self, message: &[u8]) -> Result<Response, Error> {
        let p1 = if self.polls { POLLS } else { 0 };
        let command = command(cla::CTAP, ins::NFCCTAP_MSG, p1, message.to_vec());
        let may_try = !self.proven && !self.doubtful && self.lengths.extended.is_some();
        if may_try
            && message == GET_INFO
            && let Some(response) = self.try_extended(&command)?
        {
            return Ok(response);
        }
        self.send(&command)
    }

    /// A reader that cannot do it refuses, or breaks off: then never again.
    fn try_extended(&mut self, command: &Command) -> Result<Option<Response>, Error> {
        match self.wire.transmit(&extended(command).encode()).map(|response| Response::decode(&response)) {
            Ok(Some(response)) if arrived(response.status) => {
                self.proven = true;
                return self.collect(response).map(Some);
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => {
                self.wire.reconnect().map_err(Error::Reader)?;
                self.select_again()?;
            }
        }
        self.lengths.extended = None;
        Ok(None)
    }

    fn send(&mut self, command: &Command) -> Result<Response, Error> {
        let whole = extended(command).encode();
        if self.proven && self.lengths.extended.is_some_and(|longest| whole.len() <= longest) {
            let response = self.transmit(&whole)?;
            return self.collect(response);
        }
        self.send_short(command)
    }

    /// As a chain of short commands, where one has no room for the data (ISO 7816-4 §5.1.1.1).
    fn send_short(&mut self, command: &Command) -> Result<Response, Error> {
        let mut rest = command.data.as_slice();
        while let Some((part, more)) = rest.split_at_checked(SHORT_DATA).filter(|(_, more)| !more.is_empty())
        {
            let link = Command { cla: command.cla | CHAINING, data: part.to_vec(), ..short(command, None) };
            let response = self.transmit(&link.encode())?;
            if response.status != StatusWord::SUCCESS {
                return Ok(response);
            }
            rest = more;
        }
        let wants = (!self.lengths.one_way || rest.is_empty()).then_some(SHORT_RESPONSE);
        let last = Command { data: rest.to_vec(), ..short(command, wants) };
        let response = self.transmit_short(last)?;
        self.collect(response)
    }

    /// The whole of a response that comes in parts (ISO 7816-4 §7.6.1).
    fn collect(&mut self, first: Response) -> Result<Response, Error> {
        let Response { mut data, mut status } = first;
        while let [MORE, waiting] = status.0.to_be_bytes() {
            let wants = if waiting == 0 { SHORT_RESPONSE } else { waiting.into() };
            let get = command(cla::ISO, ins::GET_RESPONSE, 0, Vec::new());
            let mut part = self.transmit_short(short(&get, Some(wants)))?;
            let ends = part.status.0.to_be_bytes().first() != Some(&MORE);
            if data.len() + part.data.len() > MAX_RESPONSE || (part.data.is_empty() && !ends) {
                return Err(Error::StatusWord(StatusWord::WRONG_LENGTH));
            }
            data.append(&mut part.data);
            status = part.status;
        }
        Ok(Response { data, status })
    }

    /// Asks again where the card wants another Le (ISO 7816-4 §5.1.3: 6Cxx).
    fn transmit_short(&mut self, command: Command) -> Result<Response, Error> {
        let response = self.transmit(&command.encode())?;
        match response.status.0.to_be_bytes() {
            [WRONG_LE, le] => {
                let wants = if le == 0 { SHORT_RESPONSE } else { le.into() };
                self.transmit(&Command { ne: Some(wants), ..command }.encode())
            }
            _ => Ok(response),
        }
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Response, Error> {
        let response = self.wire.transmit(apdu).map_err(Error::Reader)?;
        Response::decode(&response).ok_or(Error::Reader(smart_card::Error::Broken))
    }
}

/// "Wrong parameters P1-P2", as some cards say it.
const WRONG_PARAMETERS: StatusWord = StatusWord(0x6B00);

fn arrived(status: StatusWord) -> bool {
    let more = status.0.to_be_bytes().first() == Some(&MORE);
    more || matches!(status, StatusWord::SUCCESS | StatusWord::STATUS_UPDATE)
}

fn status(data: &[u8]) -> KeepaliveStatus {
    match data {
        [2] => KeepaliveStatus::UpNeeded,
        _ => KeepaliveStatus::Processing,
    }
}

fn poll(p1: u8) -> Command {
    command(cla::CTAP, ins::NFCCTAP_GETRESPONSE, p1, Vec::new())
}

fn command(cla: u8, ins: u8, p1: u8, data: Vec<u8>) -> Command {
    Command { cla, ins, p1, p2: 0, data, encoding: Encoding::Short, ne: Some(SHORT_RESPONSE) }
}

fn short(of: &Command, ne: Option<usize>) -> Command {
    Command { encoding: Encoding::Short, ne, ..of.clone() }
}

fn extended(of: &Command) -> Command {
    Command { encoding: Encoding::Extended, ne: Some(EXTENDED_RESPONSE), ..of.clone() }
}

#[cfg(test)]
#[path = "application_tests.rs"]
mod tests;
