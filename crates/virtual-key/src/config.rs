//! What a key is, how programs reach it, what it tells.

use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc};

use authenticator::{
    Profile,
    fault::{Faults, Fired},
    platform::Platform,
};
use ctap::{Command, Status};

use crate::Tap;

/// A key to start.
pub struct Config {
    /// What it claims to be.
    pub profile: Profile,
    /// Its person, store, clock and randomness.
    pub platform: Platform,
    /// How programs reach it; all of them lead to the one key.
    pub links: Vec<Link>,
    /// What a HID device gives as its serial number; at most 63 bytes count.
    pub serial: String,
    /// Hears what passes through the key.
    pub observer: Option<Observer>,
    /// Hears every packet.
    pub tap: Option<Tap>,
    /// Let UDP and TCP links listen on addresses that other computers reach: whoever reaches a key may use it.
    pub allow_remote: bool,
    /// How it misbehaves; none where nobody tests.
    pub faults: Faults,
}

/// One way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A HID device of this computer, by /dev/uhid.
    Uhid,
    /// One datagram per report; port 0 lets the system choose.
    Udp(SocketAddr),
    /// A stream of reports, each behind its length; port 0 lets the system choose.
    Tcp(SocketAddr),
    /// The same by a socket file, which only its owner may use and which goes when the key stops.
    Unix(PathBuf),
    /// A card in the virtual reader of pcscd, which vpcd serves here.
    Nfc(SocketAddr),
}

/// Where a link that was opened is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The device node, where the system made one.
    Uhid(Option<PathBuf>),
    /// With the port that was chosen.
    Udp(SocketAddr),
    /// With the port that was chosen.
    Tcp(SocketAddr),
    /// The socket file.
    Unix(PathBuf),
    /// Where vpcd is looked for.
    Nfc(SocketAddr),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uhid(Some(node)) => node.display().fmt(f),
            Self::Uhid(None) => f.write_str("/dev/uhid"),
            Self::Udp(address) => write!(f, "udp:{address}"),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Nfc(reader) => write!(f, "nfc:{reader}"),
        }
    }
}

/// Hears what passes through a key, on the key's own thread: it should not take long.
pub type Observer = Arc<dyn Fn(Event<'_>) + Send + Sync>;

/// What passes through a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A CTAP message for the authenticator.
    Request {
        /// Its command, where this project knows it.
        command: Option<Command>,
        /// Command byte and canonical CBOR.
        bytes: &'a [u8],
    },
    /// What the authenticator answered, also where nobody waits for it any more.
    Response {
        /// The first byte.
        status: Status,
        /// Status byte and canonical CBOR.
        bytes: &'a [u8],
    },
    /// A U2F message for the authenticator (CTAP 2.3 §10), each time that a client polls by it.
    U2fRequest {
        /// The command APDU.
        apdu: &'a [u8],
    },
    /// What the authenticator answered, also where nobody waits for it any more.
    U2fResponse {
        /// Data and status word.
        apdu: &'a [u8],
    },
    /// A program asks the key to show which one it is (CTAPHID_WINK).
    Wink,
    /// A fault struck.
    Fault(Fired),
    /// Unplugged and plugged in again.
    PowerCycle {
        /// The reader that did it, as in [`crate::Packet`], where its field is all the power there is.
        reader: Option<u64>,
    },
    /// A reader took the power of its card and gave it back; the key has its own.
    CardReset {
        /// As in [`crate::Packet`].
        reader: u64,
    },
    /// A program has gone, and its channels with it.
    Closed {
        /// As in [`crate::Packet`].
        client: u64,
    },
}
