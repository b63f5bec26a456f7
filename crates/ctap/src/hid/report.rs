//! One report and the packet in it (CTAP 2.3 §11.2.4).

/// What one transfer carries, either way: exactly 64 bytes.
pub type Report = [u8; 64];

/// How many payload bytes an initialization packet carries.
pub const INIT_DATA: usize = 64 - INIT_HEAD;
/// How many payload bytes a continuation packet carries.
pub const CONTINUATION_DATA: usize = 64 - CONTINUATION_HEAD;

/// CID, CMD and BCNT.
pub(super) const INIT_HEAD: usize = 7;
/// CID and SEQ.
pub(super) const CONTINUATION_HEAD: usize = 5;

/// Bit 7 of byte 4 tells the two kinds of packets apart.
const INIT_BIT: u8 = 0x80;

/// A report, read. Every 64 bytes are one or the other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The first of a message.
    Init {
        /// CID
        channel: u32,
        /// CMD without bit 7.
        command: u8,
        /// BCNT: the whole message's payload in bytes, as claimed.
        length: u16,
        /// DATA, with whatever stands behind the payload's end.
        data: &'a [u8],
    },
    /// A further one.
    Continuation {
        /// CID
        channel: u32,
        /// SEQ: 0x00 to 0x7F.
        sequence: u8,
        /// DATA, with whatever stands behind the payload's end.
        data: &'a [u8],
    },
}

impl<'a> Packet<'a> {
    /// Reads a report.
    pub fn parse(report: &'a Report) -> Self {
        let [c0, c1, c2, c3, kind, data @ ..] = report;
        let channel = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
        if kind & INIT_BIT == 0 {
            return Self::Continuation { channel, sequence: *kind, data };
        }
        let [high, low, data @ ..] = data;
        Self::Init { channel, command: kind & !INIT_BIT, length: u16::from_be_bytes([*high, *low]), data }
    }

    /// Reads a report of a key whose reports have another length; `None` for one that is too short for a packet.
    pub fn of_any_length(report: &'a [u8]) -> Option<Self> {
        let (channel, rest) = report.split_first_chunk()?;
        let channel = u32::from_be_bytes(*channel);
        let (kind, data) = rest.split_first()?;
        if kind & INIT_BIT == 0 {
            return Some(Self::Continuation { channel, sequence: *kind, data });
        }
        let (length, data) = data.split_first_chunk()?;
        let length = u16::from_be_bytes(*length);
        Some(Self::Init { channel, command: kind & !INIT_BIT, length, data })
    }

    /// The report that carries it: 64 bytes, those behind the data zero. More data than one carries is left out.
    pub fn report(&self) -> Report {
        let mut report = [0; 64];
        self.fill(&mut report);
        report
    }

    /// Writes it to the front of a report of any length.
    pub(super) fn fill(&self, report: &mut [u8]) {
        let channel = self.channel().to_be_bytes();
        let (head, data): (&[u8], _) = match *self {
            Self::Init { command, length, data, .. } => {
                let [high, low] = length.to_be_bytes();
                (&[command | INIT_BIT, high, low], data)
            }
            Self::Continuation { sequence, data, .. } => (&[sequence & !INIT_BIT], data),
        };
        let bytes = channel.iter().chain(head).chain(data);
        report.iter_mut().zip(bytes).for_each(|(space, byte)| *space = *byte);
    }

    /// CID
    pub fn channel(&self) -> u32 {
        match self {
            Self::Init { channel, .. } | Self::Continuation { channel, .. } => *channel,
        }
    }
}
