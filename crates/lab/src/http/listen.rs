use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use tokio::net::TcpListener;

use crate::Error;

/// Listens on both loopback addresses. A browser tries [::1] first where `localhost` has both: another program
/// there would get what is meant for the lab, so that counts as in use as well.
pub(super) async fn open(port: u16) -> Result<(u16, Vec<TcpListener>), Error> {
    let four = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
    let port = four.local_addr().map_err(|source| Error::Listen { port, source })?.port();
    match bind(Ipv6Addr::LOCALHOST.into(), port).await {
        Ok(six) => Ok((port, vec![four, six])),
        Err(error @ Error::PortInUse { .. }) => Err(error),
        // A machine without IPv6.
        Err(_) => Ok((port, vec![four])),
    }
}

async fn bind(address: IpAddr, port: u16) -> Result<TcpListener, Error> {
    TcpListener::bind((address, port)).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => Error::PortInUse { port },
        _ => Error::Listen { port, source },
    })
}
