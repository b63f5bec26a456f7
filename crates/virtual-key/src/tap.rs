//! Hearing every packet of a key, as it passes over its transport.

use std::sync::Arc;

/// Hears every packet, on the key's own thread: it should not take long.
pub type Tap = Arc<dyn Fn(Packet<'_>) + Send + Sync>;

/// One report, or one APDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Over what.
    pub transport: Transport,
    /// With whom: a number for each client of one run, the same as the loop's.
    pub client: u64,
    /// Which way.
    pub direction: Direction,
    /// A 64-byte CTAPHID report, or a command or response APDU.
    pub bytes: &'a [u8],
}

/// Over what a packet passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A HID device of this computer.
    Uhid,
    /// A datagram for each report.
    Udp,
    /// A stream of reports.
    Tcp,
    /// The same by a socket file.
    Unix,
    /// A smart card reader.
    Nfc,
}

/// Which way a packet passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From a program to the key.
    ToKey,
    /// From the key to a program.
    FromKey,
}
