//! Messages: what one or several reports carry (CTAP 2.3 §11.2.4 and §11.2.9).

use std::fmt;

use super::report::{CONTINUATION_DATA, CONTINUATION_HEAD, INIT_DATA, INIT_HEAD, Packet, Report};

/// The longest payload in bytes: one initialization packet and 128 continuation packets (§11.2.4).
pub const MAX_PAYLOAD: usize = INIT_DATA + 128 * CONTINUATION_DATA;

/// What a message asks or says (§11.2.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Command {
    /// CTAPHID_PING: echoed.
    Ping = 0x01,
    /// CTAPHID_MSG: a CTAP1/U2F message.
    Msg = 0x03,
    /// CTAPHID_LOCK: one channel for itself.
    Lock = 0x04,
    /// CTAPHID_INIT: a new channel, or a fresh start on this one.
    Init = 0x06,
    /// CTAPHID_WINK: show which key this is.
    Wink = 0x08,
    /// CTAPHID_CBOR: a CTAP2 message.
    Cbor = 0x10,
    /// CTAPHID_CANCEL: take the running CBOR request back.
    Cancel = 0x11,
    /// CTAPHID_KEEPALIVE: still working; see [`KeepaliveStatus`].
    Keepalive = 0x3B,
    /// CTAPHID_ERROR: see [`Error`].
    Error = 0x3F,
}

impl Command {
    /// The command of CMD without bit 7, where there is one.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0x01 => Self::Ping,
            0x03 => Self::Msg,
            0x04 => Self::Lock,
            0x06 => Self::Init,
            0x08 => Self::Wink,
            0x10 => Self::Cbor,
            0x11 => Self::Cancel,
            0x3B => Self::Keepalive,
            0x3F => Self::Error,
            _ => return None,
        })
    }
}

/// The byte of a CTAPHID_ERROR (§11.2.9.1.6). Total over `u8`: an unassigned byte is still an error.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Error(pub u8);

impl Error {
    /// ERR_INVALID_CMD
    pub const INVALID_CMD: Self = Self(0x01);
    /// ERR_INVALID_PAR
    pub const INVALID_PAR: Self = Self(0x02);
    /// ERR_INVALID_LEN
    pub const INVALID_LEN: Self = Self(0x03);
    /// ERR_INVALID_SEQ
    pub const INVALID_SEQ: Self = Self(0x04);
    /// ERR_MSG_TIMEOUT
    pub const MSG_TIMEOUT: Self = Self(0x05);
    /// ERR_CHANNEL_BUSY
    pub const CHANNEL_BUSY: Self = Self(0x06);
    /// ERR_LOCK_REQUIRED
    pub const LOCK_REQUIRED: Self = Self(0x0A);
    /// ERR_INVALID_CHANNEL
    pub const INVALID_CHANNEL: Self = Self(0x0B);
    /// ERR_OTHER
    pub const OTHER: Self = Self(0x7F);

    /// What the byte says, in one plain clause.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::INVALID_CMD => "the command is not known to the key",
            Self::INVALID_PAR => "a parameter of the command is not allowed",
            Self::INVALID_LEN => "the message has a length that the command does not allow",
            Self::INVALID_SEQ => "a packet came out of sequence",
            Self::MSG_TIMEOUT => "the rest of the message did not come in time",
            Self::CHANNEL_BUSY => "the key is busy with another request",
            Self::LOCK_REQUIRED => "the command needs a channel lock",
            Self::INVALID_CHANNEL => "the channel was not given out by the key",
            Self::OTHER => "the key could not do it",
            _ => "an error this program does not know",
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:02X} ({})", self.0, self.meaning())
    }
}

/// The byte of a CTAPHID_KEEPALIVE (§11.2.9.1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum KeepaliveStatus {
    /// STATUS_PROCESSING: computing.
    Processing = 0x01,
    /// STATUS_UPNEEDED: waiting for the person.
    UpNeeded = 0x02,
}

/// A payload of more than [`MAX_PAYLOAD`] bytes, which no message can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// A whole message. Its payload fits: at most [`MAX_PAYLOAD`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    channel: u32,
    command: Command,
    payload: Vec<u8>,
}

impl Message {
    /// A message.
    ///
    /// # Errors
    /// [`TooLong`] for a payload of more than [`MAX_PAYLOAD`] bytes.
    pub fn new(channel: u32, command: Command, payload: Vec<u8>) -> Result<Self, TooLong> {
        if payload.len() > MAX_PAYLOAD {
            return Err(TooLong);
        }
        Ok(Self { channel, command, payload })
    }

    /// CTAPHID_ERROR.
    pub fn error(channel: u32, error: Error) -> Self {
        Self { channel, command: Command::Error, payload: vec![error.0] }
    }

    /// CTAPHID_KEEPALIVE.
    pub fn keepalive(channel: u32, status: KeepaliveStatus) -> Self {
        Self { channel, command: Command::Keepalive, payload: vec![status as u8] }
    }

    /// CID
    pub fn channel(&self) -> u32 {
        self.channel
    }

    /// CMD
    pub fn command(&self) -> Command {
        self.command
    }

    /// The bytes that the reports carry.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The bytes, taken out.
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }

    /// How many reports this message is: 1 to 129.
    pub fn report_count(&self) -> usize {
        1 + self.payload.len().saturating_sub(INIT_DATA).div_ceil(CONTINUATION_DATA)
    }

    /// The reports in their order.
    pub fn reports(&self) -> impl Iterator<Item = Report> + '_ {
        self.packets(INIT_DATA + INIT_HEAD).map(|packet| packet.report())
    }

    /// The reports for a key whose reports have this length, in bytes, of at least 8. In short ones a message has less
    /// room, as 128 continuation packets are all there are.
    ///
    /// # Errors
    /// [`TooLong`]
    pub fn reports_of(&self, length: usize) -> Result<impl Iterator<Item = Vec<u8>> + '_, TooLong> {
        let (first, further) = (length.saturating_sub(INIT_HEAD), length.saturating_sub(CONTINUATION_HEAD));
        if first == 0 || self.payload.len() > first.saturating_add(further.saturating_mul(128)) {
            return Err(TooLong);
        }
        Ok(self.packets(length).map(move |packet| {
            let mut report = vec![0; length];
            packet.fill(&mut report);
            report
        }))
    }

    /// `length` is at least 8.
    fn packets(&self, length: usize) -> impl Iterator<Item = Packet<'_>> + '_ {
        let (channel, command) = (self.channel, self.command as u8);
        let (start, rest) = self.payload.split_at_checked(length - INIT_HEAD).unwrap_or((&self.payload, &[]));
        // Both fit their types: `new` and the assembler let no more than 7609 bytes in.
        let whole = u16::try_from(self.payload.len()).unwrap_or(u16::MAX);
        let first = Packet::Init { channel, command, length: whole, data: start };
        let further = (0..).zip(rest.chunks(length - CONTINUATION_HEAD));
        std::iter::once(first).chain(further.map(move |(sequence, data)| Packet::Continuation {
            channel,
            sequence,
            data,
        }))
    }
}
