//! Raw reports by UDP, one each datagram: the convention of the Solo family's simulator and its test suites.

use std::{
    collections::HashMap,
    future::Future,
    io,
    net::{SocketAddr, UdpSocket},
};

use ctap::hid::{Client, Report};
use tokio::{net, select};

use super::{check_reach, refused};
use crate::{
    Error, Transport,
    link::{Inbox, Input, Outbox, Outgoing, outbox},
};

const OPTION: &str = "--udp";
/// Peers that are remembered; beyond that, the one that came first is taken to be gone.
const MAX_PEERS: usize = 64;

/// A datagram that stands for "unplugged and plugged in again" in the same convention.
#[rustfmt::skip]
const POWER_CYCLE: Report = [
    0xac, 0x10, 0x52, 0xca, 0x95, 0xe5, 0x69, 0xde, 0x69, 0xe0, 0x2e, 0xbf, 0xf3, 0x33, 0x48, 0x5f,
    0x13, 0xf9, 0xb2, 0xda, 0x34, 0xc5, 0xa8, 0xa3, 0x40, 0x52, 0x66, 0x97, 0xa9, 0xab, 0x2e, 0x0b,
    0x39, 0x4d, 0x8d, 0x04, 0x97, 0x3c, 0x13, 0x40, 0x05, 0xbe, 0x1a, 0x01, 0x40, 0xbf, 0xf6, 0x04,
    0x5b, 0xb2, 0x6e, 0xb7, 0x7a, 0x73, 0xea, 0xa4, 0x78, 0x13, 0xf6, 0xb4, 0x9a, 0x72, 0x50, 0xdc,
];

/// A port that is held.
pub(crate) struct Socket {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Socket {
    pub(crate) fn bind(address: SocketAddr, allow_remote: bool) -> Result<Self, Error> {
        check_reach(address, OPTION, allow_remote)?;
        let bind = || {
            let socket = UdpSocket::bind(address)?;
            socket.set_nonblocking(true)?;
            Ok(Self { address: socket.local_addr()?, socket })
        };
        bind().map_err(|error| refused(&address, OPTION, &error))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn serve(self, inbox: Inbox) -> io::Result<impl Future<Output = ()> + use<>> {
        let socket = net::UdpSocket::from_std(self.socket)?;
        Ok(async move {
            let (outbox, mut messages) = outbox();
            let mut peers = Peers { inbox, outbox, clients: HashMap::new() };
            // One byte more than a report, to see that a datagram is too long.
            let mut datagram = [0; 65];
            loop {
                select! {
                    received = socket.recv_from(&mut datagram) => match received {
                        Ok((size, peer)) => peers.take(peer, datagram.get(..size).unwrap_or_default()).await,
                        Err(error) => super::tcp::pause(&error).await,
                    },
                    Some((client, message)) = messages.recv() => {
                        if let Some(peer) = peers.address(client) {
                            send(&socket, peer, &message).await;
                        }
                    }
                }
            }
        })
    }
}

/// Each sender's address is a client of its own.
struct Peers {
    inbox: Inbox,
    outbox: Outbox,
    clients: HashMap<SocketAddr, Client>,
}

impl Peers {
    async fn take(&mut self, peer: SocketAddr, datagram: &[u8]) {
        let Ok(report) = Report::try_from(datagram) else {
            tracing::debug!(%peer, size = datagram.len(), "ignored a datagram that is no report");
            return;
        };
        if report == POWER_CYCLE {
            return self.inbox.tell(Input::PowerCycle).await;
        }
        let client = self.client(peer).await;
        self.inbox.tell(Input::Reports(client, vec![report])).await;
    }

    async fn client(&mut self, peer: SocketAddr) -> Client {
        if let Some(client) = self.clients.get(&peer) {
            return *client;
        }
        if self.clients.len() >= MAX_PEERS
            && let Some((first, gone)) = self.clients.iter().min_by_key(|(_, client)| client.0)
        {
            let (first, gone) = (*first, *gone);
            self.clients.remove(&first);
            self.inbox.tell(Input::Closed(gone)).await;
        }
        let client = self.inbox.open(Transport::Udp, self.outbox.clone()).await;
        self.clients.insert(peer, client);
        client
    }

    fn address(&self, client: Client) -> Option<SocketAddr> {
        self.clients.iter().find(|(_, known)| **known == client).map(|(address, _)| *address)
    }
}

/// A datagram that cannot be sent is lost, as datagrams are.
async fn send(socket: &net::UdpSocket, peer: SocketAddr, message: &Outgoing) {
    for report in message.reports() {
        if let Err(error) = socket.send_to(&report, peer).await {
            tracing::debug!(%peer, %error, "a report was lost");
        }
    }
}
