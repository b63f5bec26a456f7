use std::{io, net::SocketAddr};

/// Why the endpoint did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Other computers would reach it.
    #[error(
        "The address {0} can be reached from other computers, and whoever reaches the endpoint may read private keys."
    )]
    NotLoopback(SocketAddr),
    /// Another program listens there.
    #[error("The address {0} is in use by another program.")]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("The address {address} cannot be opened: {source}.")]
    Listen {
        /// As asked for.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotLoopback(_) => "Name a loopback address, such as 127.0.0.1:0, with --addr.",
            Self::AddressInUse(_) | Self::Listen { .. } => {
                "Name another with --addr; port 0 takes a free one."
            }
        }
    }
}
