//! Joins reports to messages (CTAP 2.3 §11.2.4, §11.2.5.4). One message at a time, as a device has one buffer.

use std::time::Duration;

use super::{
    message::{Command, Error, MAX_PAYLOAD, Message},
    report::{Packet, Report},
};

/// How long the next report of a message may take. §11.2.5.2 asks for a limit and names none; the reference
/// suite of CTAPHID's forerunner (u2f-ref-code `HIDTest.cc`, `test_Timeout`) wants 0.4 to 1.0 seconds.
pub const TIMEOUT: Duration = Duration::from_millis(500);

/// A report that broke a rule, and the channel that it came on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// CID
    pub channel: u32,
    /// Which rule.
    pub error: Error,
}

/// A message that is coming in, or none.
#[derive(Debug, Default)]
pub struct Assembler {
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    channel: u32,
    command: Command,
    length: usize,
    payload: Vec<u8>,
    next_sequence: u8,
    deadline: Duration,
}

impl Assembler {
    /// Takes a report that came `now`, and returns the message that it completes, if it does. Continuation
    /// packets that belong to nothing are ignored (§11.2.5.4).
    ///
    /// # Errors
    /// INVALID_SEQ for a gap, or an initialization packet where a continuation was due: the message is given
    /// up. CHANNEL_BUSY for another channel's message meanwhile, INVALID_CMD and INVALID_LEN: nothing changes.
    pub fn push(&mut self, report: &Report, now: Duration) -> Result<Option<Message>, Violation> {
        self.take(Packet::parse(report), now)
    }

    /// [`Assembler::push`] for a report of any length.
    ///
    /// # Errors
    /// As there.
    pub fn take(&mut self, packet: Packet<'_>, now: Duration) -> Result<Option<Message>, Violation> {
        match packet {
            Packet::Init { channel, command, length, data } => {
                self.begin(channel, command, length.into(), data, now)
            }
            Packet::Continuation { channel, sequence, data } => self.append(channel, sequence, data, now),
        }
        .map_err(|(channel, error)| Violation { channel, error })
    }

    /// The channel whose message is coming in.
    pub fn channel(&self) -> Option<u32> {
        self.partial.as_ref().map(|partial| partial.channel)
    }

    /// When [`Assembler::expire`] has something to do.
    pub fn deadline(&self) -> Option<Duration> {
        self.partial.as_ref().map(|partial| partial.deadline)
    }

    /// Gives up a message whose next report did not come in time: MSG_TIMEOUT on its channel.
    pub fn expire(&mut self, now: Duration) -> Option<Violation> {
        let expired = self.partial.take_if(|partial| partial.deadline <= now)?;
        Some(Violation { channel: expired.channel, error: Error::MSG_TIMEOUT })
    }

    /// Forgets what has come in.
    pub fn abort(&mut self) {
        self.partial = None;
    }

    fn begin(
        &mut self,
        channel: u32,
        command: u8,
        length: usize,
        data: &[u8],
        now: Duration,
    ) -> Result<Option<Message>, (u32, Error)> {
        match self.channel() {
            Some(open) if open != channel => return Err((channel, Error::CHANNEL_BUSY)),
            Some(_) => {
                self.abort();
                return Err((channel, Error::INVALID_SEQ));
            }
            None => {}
        }
        let command = Command::from_byte(command).ok_or((channel, Error::INVALID_CMD))?;
        if length > MAX_PAYLOAD {
            return Err((channel, Error::INVALID_LEN));
        }
        let payload = Vec::with_capacity(length);
        let deadline = now + TIMEOUT;
        let partial = Partial { channel, command, length, payload, next_sequence: 0, deadline };
        self.partial.insert(partial).fill(data);
        Ok(self.complete())
    }

    fn append(
        &mut self,
        channel: u32,
        sequence: u8,
        data: &[u8],
        now: Duration,
    ) -> Result<Option<Message>, (u32, Error)> {
        let Some(partial) = self.partial.as_mut().filter(|partial| partial.channel == channel) else {
            return Ok(None);
        };
        if sequence != partial.next_sequence {
            self.abort();
            return Err((channel, Error::INVALID_SEQ));
        }
        partial.next_sequence += 1;
        partial.deadline = now + TIMEOUT;
        partial.fill(data);
        Ok(self.complete())
    }

    /// The message, once all of it is there.
    fn complete(&mut self) -> Option<Message> {
        let whole = self.partial.take_if(|partial| partial.payload.len() == partial.length)?;
        Message::new(whole.channel, whole.command, whole.payload).ok()
    }
}

impl Partial {
    /// The last report may be longer than what is left of the message: the rest is padding.
    fn fill(&mut self, data: &[u8]) {
        let missing = self.length - self.payload.len();
        self.payload.extend_from_slice(data.get(..missing).unwrap_or(data));
    }
}
