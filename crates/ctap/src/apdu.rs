//! Command and response APDUs (ISO 7816-4 §5.1), short and extended.
//!
//! U2F messages are APDUs on every transport, and over NFC so is all of CTAP.

/// The most bytes that a short command carries, and the most that a short response does.
pub const SHORT_DATA: usize = 255;
/// What Le of zero stands for in a short command.
pub const SHORT_RESPONSE: usize = 256;
/// What Le of zero stands for in an extended command.
pub const EXTENDED_RESPONSE: usize = 65_536;

/// A command APDU, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Class; bit 0x10 says that more of the same command follows.
    pub cla: u8,
    /// Instruction.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Command data.
    pub data: Vec<u8>,
    /// How lengths are encoded, the response's too.
    pub encoding: Encoding,
    /// The most response data wanted, in bytes; `None` where the command has no Le.
    pub ne: Option<usize>,
}

/// How the lengths of a command are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// One byte each.
    Short,
    /// Two bytes each.
    Extended,
}

impl Command {
    /// Reads a command APDU.
    ///
    /// A body of five zero bytes is no length of ISO 7816-4, but it is what clients of U2F send where there is no
    /// data: Lc of zero, then Le (U2F raw message formats §3.1.2). It is read as they mean it.
    ///
    /// # Errors
    /// `WRONG_LENGTH` where the lengths do not fit the bytes.
    pub fn decode(apdu: &[u8]) -> Result<Self, StatusWord> {
        let [cla, ins, p1, p2, body @ ..] = apdu else { return Err(StatusWord::WRONG_LENGTH) };
        let (data, encoding, ne) = body_of(body).ok_or(StatusWord::WRONG_LENGTH)?;
        Ok(Self { cla: *cla, ins: *ins, p1: *p1, p2: *p2, data: data.to_vec(), encoding, ne })
    }

    /// The bytes. Data that its encoding has no room for makes a command that no card takes.
    pub fn encode(&self) -> Vec<u8> {
        let mut apdu = vec![self.cla, self.ins, self.p1, self.p2];
        let length = u16::try_from(self.data.len()).unwrap_or(u16::MAX);
        let [_, low] = length.to_be_bytes();
        // A length of zero stands for the most there is.
        let ne = self.ne.map(|ne| u16::try_from(ne).unwrap_or(0).to_be_bytes());
        match self.encoding {
            Encoding::Short => {
                if !self.data.is_empty() {
                    apdu.push(low);
                }
                apdu.extend_from_slice(&self.data);
                apdu.extend(ne.map(|[_, low]| low));
            }
            Encoding::Extended => {
                if !self.data.is_empty() || ne.is_some() {
                    apdu.push(0);
                }
                if !self.data.is_empty() {
                    apdu.extend_from_slice(&length.to_be_bytes());
                }
                apdu.extend_from_slice(&self.data);
                apdu.extend(ne.into_iter().flatten());
            }
        }
        apdu
    }

    /// The most data that one response may hold.
    pub fn room(&self) -> usize {
        self.ne.unwrap_or(match self.encoding {
            Encoding::Short => SHORT_RESPONSE,
            Encoding::Extended => EXTENDED_RESPONSE,
        })
    }
}

/// The seven forms of a body: cases 1 and 2, 3, 4 in short and extended, and the one that U2F adds.
fn body_of(body: &[u8]) -> Option<(&[u8], Encoding, Option<usize>)> {
    use Encoding::{Extended, Short};

    Some(match body {
        [] => (&[], Short, None),
        [le] => (&[], Short, Some(short_ne(*le))),
        [0, high, low] | [0, 0, 0, high, low] => (&[], Extended, Some(extended_ne(*high, *low))),
        [0, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            match rest.split_at_checked(length)? {
                (data, []) => (data, Extended, None),
                (data, [high, low]) => (data, Extended, Some(extended_ne(*high, *low))),
                _ => return None,
            }
        }
        [0, ..] => return None,
        [length, rest @ ..] => match rest.split_at_checked((*length).into())? {
            (data, []) => (data, Short, None),
            (data, [le]) => (data, Short, Some(short_ne(*le))),
            _ => return None,
        },
    })
}

fn short_ne(le: u8) -> usize {
    if le == 0 { SHORT_RESPONSE } else { le.into() }
}

fn extended_ne(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => EXTENDED_RESPONSE,
        le => le.into(),
    }
}

/// A response APDU: data, then the status word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Response data.
    pub data: Vec<u8>,
    /// SW1 and SW2.
    pub status: StatusWord,
}

impl Response {
    /// Data with a status word of success.
    pub fn success(data: Vec<u8>) -> Self {
        Self { data, status: StatusWord::SUCCESS }
    }

    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        [&self.data[..], &self.status.0.to_be_bytes()].concat()
    }

    /// Reads a response APDU; `None` where not even a status word is there.
    pub fn decode(apdu: &[u8]) -> Option<Self> {
        let (data, status) = apdu.split_last_chunk()?;
        Some(Self { data: data.to_vec(), status: StatusWord(u16::from_be_bytes(*status)) })
    }
}

impl From<StatusWord> for Response {
    fn from(status: StatusWord) -> Self {
        Self { data: Vec::new(), status }
    }
}

/// SW1 and SW2. Total over `u16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// SW_NO_ERROR
    pub const SUCCESS: Self = Self(0x9000);
    /// NFCCTAP: not done yet; the data is a status byte (CTAP 2.3 §11.3.7).
    pub const STATUS_UPDATE: Self = Self(0x9100);
    /// SW_WRONG_LENGTH
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// SW_CONDITIONS_NOT_SATISFIED: U2F wants a touch.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// SW_COMMAND_NOT_ALLOWED
    pub const COMMAND_NOT_ALLOWED: Self = Self(0x6986);
    /// SW_WRONG_DATA: U2F does not know the key handle.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// No application of this name.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// The store has no room.
    pub const NOT_ENOUGH_MEMORY: Self = Self(0x6A84);
    /// Parameters P1 and P2 are not known.
    pub const INCORRECT_PARAMETERS: Self = Self(0x6A86);
    /// SW_INS_NOT_SUPPORTED
    pub const INS_NOT_SUPPORTED: Self = Self(0x6D00);
    /// SW_CLA_NOT_SUPPORTED
    pub const CLA_NOT_SUPPORTED: Self = Self(0x6E00);
    /// No precise diagnosis.
    pub const UNKNOWN: Self = Self(0x6F00);

    /// The name of its constant, where it has one.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::SUCCESS => "SUCCESS",
            Self::STATUS_UPDATE => "STATUS_UPDATE",
            Self::WRONG_LENGTH => "WRONG_LENGTH",
            Self::CONDITIONS_NOT_SATISFIED => "CONDITIONS_NOT_SATISFIED",
            Self::COMMAND_NOT_ALLOWED => "COMMAND_NOT_ALLOWED",
            Self::WRONG_DATA => "WRONG_DATA",
            Self::FILE_NOT_FOUND => "FILE_NOT_FOUND",
            Self::NOT_ENOUGH_MEMORY => "NOT_ENOUGH_MEMORY",
            Self::INCORRECT_PARAMETERS => "INCORRECT_PARAMETERS",
            Self::INS_NOT_SUPPORTED => "INS_NOT_SUPPORTED",
            Self::CLA_NOT_SUPPORTED => "CLA_NOT_SUPPORTED",
            Self::UNKNOWN => "UNKNOWN",
            _ => return None,
        })
    }

    /// So many more bytes wait for GET RESPONSE; 0 stands for 256 or more.
    pub const fn more(waiting: usize) -> Self {
        let [.., low] = waiting.to_be_bytes();
        Self(0x6100 | if waiting < SHORT_RESPONSE { low as u16 } else { 0 })
    }
}

#[cfg(test)]
mod tests;
