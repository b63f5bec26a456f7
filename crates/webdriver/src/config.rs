//! How the endpoint is started, and what it tells.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use authenticator::platform::{Clock, Rng};

/// An endpoint to start.
#[derive(Clone)]
pub struct Config {
    /// Where it listens: a loopback address; port 0 lets the system choose.
    pub address: SocketAddr,
    /// How programs reach the virtual authenticators.
    pub reach: Reach,
    /// A clock for each virtual authenticator, which is powered when the clock is made.
    pub clock: fn() -> Arc<dyn Clock>,
    /// Randomness for keys, identifiers and the path.
    pub rng: Arc<dyn Rng>,
    /// Hears of virtual authenticators that come and go.
    pub listener: Option<Listener>,
}

/// How programs reach a virtual authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// As a HID device of this computer, by /dev/uhid: this is what browsers see.
    Uhid,
    /// Length-prefixed reports over TCP; port 0 gives each virtual authenticator its own.
    Tcp(SocketAddr),
    /// Length-prefixed reports over a socket file named after the virtual authenticator, in this folder.
    Unix(PathBuf),
}

/// Hears events, on a thread that serves commands: it should not take long.
pub type Listener = Arc<dyn Fn(Event<'_>) + Send + Sync>;

/// What the endpoint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A virtual authenticator can be reached.
    AuthenticatorAdded {
        /// Its `authenticatorId`.
        id: &'a str,
        /// Where: a device node, `tcp:ADDRESS`, `unix:PATH`.
        addresses: &'a [String],
    },
    /// It is gone.
    AuthenticatorRemoved {
        /// Its `authenticatorId`.
        id: &'a str,
    },
}
