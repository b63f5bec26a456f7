//! One report and the packet in it (CTAP 2.3 §11.2.4).

/// What one transfer carries, either way: exactly 64 bytes.
pub type Report = [u8; 64];

/// How many payload bytes an initialization packet carries.
pub const INIT_DATA: usize = 64 - 7;
/// How many payload bytes a continuation packet carries.
pub const CONTINUATION_DATA: usize = 64 - 5;

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
        data: &'a [u8; INIT_DATA],
    },
    /// A further one.
    Continuation {
        /// CID
        channel: u32,
        /// SEQ: 0x00 to 0x7F.
        sequence: u8,
        /// DATA, with whatever stands behind the payload's end.
        data: &'a [u8; CONTINUATION_DATA],
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

    /// CID
    pub fn channel(&self) -> u32 {
        match self {
            Self::Init { channel, .. } | Self::Continuation { channel, .. } => *channel,
        }
    }
}

/// An initialization packet; `data` is at most [`INIT_DATA`] bytes, the rest of the report is zero.
pub(super) fn init(channel: u32, command: u8, length: u16, data: &[u8]) -> Report {
    let [c0, c1, c2, c3] = channel.to_be_bytes();
    let [high, low] = length.to_be_bytes();
    filled(&[c0, c1, c2, c3, command | INIT_BIT, high, low], data)
}

/// A continuation packet; `data` is at most [`CONTINUATION_DATA`] bytes, the rest of the report is zero.
pub(super) fn continuation(channel: u32, sequence: u8, data: &[u8]) -> Report {
    let [c0, c1, c2, c3] = channel.to_be_bytes();
    filled(&[c0, c1, c2, c3, sequence & !INIT_BIT], data)
}

fn filled(head: &[u8], data: &[u8]) -> Report {
    let mut report = [0; 64];
    if let Some(space) = report.get_mut(..head.len()) {
        space.copy_from_slice(head);
    }
    if let Some(space) = report.get_mut(head.len()..head.len() + data.len()) {
        space.copy_from_slice(data);
    }
    report
}
