//! Reports by sockets, for tests and for programs without HID. The framings are those of other emulators, so
//! that their clients work here too.

pub(crate) mod stream;
pub(crate) mod tcp;
pub(crate) mod udp;
pub(crate) mod unix;

use std::{fmt, io, net::SocketAddr};

use crate::Error;

/// Why `address`, named by `option`, could not be opened.
fn refused(address: &dyn fmt::Display, option: &'static str, error: &io::Error) -> Error {
    let address = address.to_string();
    match error.kind() {
        io::ErrorKind::AddrInUse => Error::AddressInUse { address, option },
        _ => Error::Socket { address, option, reason: error.to_string() },
    }
}

/// Whoever reaches a key may use it, so other computers must be let in explicitly.
fn check_reach(address: SocketAddr, option: &'static str, allow_remote: bool) -> Result<(), Error> {
    if allow_remote || address.ip().is_loopback() {
        return Ok(());
    }
    Err(Error::NotLoopback { address: address.to_string(), option })
}
