//! One line of a trace.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One line behind the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// Something passed.
    Packet(Packet),
    /// Something happened to the key.
    Event {
        /// Microseconds since the trace began.
        t: u64,
        /// What.
        #[serde(flatten)]
        event: Event,
    },
}

/// One report, or one APDU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// Microseconds since the trace began.
    pub t: u64,
    /// Over what.
    pub transport: Transport,
    /// With whom: a number for each client of one run.
    pub client: u64,
    /// Which way.
    #[serde(rename = "dir")]
    pub direction: Direction,
    /// A 64-byte CTAPHID report, or a command or response APDU; zeros where it is masked.
    #[serde(rename = "hex", with = "digits")]
    pub bytes: Vec<u8>,
    /// Which bytes are secret and not recorded: from, and up to but without.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "pairs")]
    pub masked: Vec<Range<usize>>,
}

/// Over what a packet passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// A HID device.
    Uhid,
    /// Datagrams.
    Udp,
    /// A stream of reports.
    Tcp,
    /// A stream of reports by a socket file.
    Unix,
    /// A smart card reader.
    Nfc,
}

/// Which way a packet passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// From a program to the key.
    #[serde(rename = "in")]
    ToKey,
    /// From the key to a program.
    #[serde(rename = "out")]
    FromKey,
}

/// What happened to the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum Event {
    /// Unplugged and plugged in again.
    PowerCycle {
        /// The reader that did it, where its field is all the power there is: as in [`Packet::client`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<u64>,
    },
    /// A reader took the power of its card and gave it back; the key has its own.
    CardReset {
        /// As in [`Packet::client`].
        client: u64,
    },
    /// A program has gone.
    Closed {
        /// As in [`Packet::client`].
        client: u64,
    },
    /// A fault fired.
    Fault {
        /// Its name.
        name: String,
        /// The command that it struck, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// A fault was switched on, as docs/faults.md writes it.
    FaultSet {
        /// Name, value and limits.
        fault: String,
    },
    /// A fault was switched off.
    FaultCleared {
        /// Its name.
        fault: String,
    },
    /// A tester put a finger on the key, where it stays.
    Touched {
        /// Such as `right-index`.
        finger: String,
    },
    /// The finger was lifted.
    Lifted,
}

impl Entry {
    /// Microseconds since the trace began.
    pub fn t(&self) -> u64 {
        match self {
            Self::Packet(packet) => packet.t,
            Self::Event { t, .. } => *t,
        }
    }
}

impl Packet {
    /// Puts zeros where `range` is, and says so.
    pub(crate) fn mask(&mut self, range: Range<usize>) {
        if let Some(bytes) = self.bytes.get_mut(range.clone())
            && !bytes.is_empty()
        {
            bytes.fill(0);
            self.masked.push(range);
        }
    }
}

mod digits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        hex::encode(bytes).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::ops::Range;

    pub(super) fn serialize<S: Serializer>(ranges: &[Range<usize>], to: S) -> Result<S::Ok, S::Error> {
        ranges.iter().map(|range| [range.start, range.end]).collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Range<usize>>, D::Error> {
        let pairs = Vec::<[usize; 2]>::deserialize(from)?;
        Ok(pairs.into_iter().map(|[start, end]| start..end).collect())
    }
}
