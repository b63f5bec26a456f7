//! Several clients by TCP.

use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use tokio::time::sleep;

use super::{check_reach, refused, stream};
use crate::{Error, Transport, link::Inbox};

const OPTION: &str = "--tcp";

/// A port that is held.
pub(crate) struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listener {
    pub(crate) fn bind(address: SocketAddr, allow_remote: bool) -> Result<Self, Error> {
        check_reach(address, OPTION, allow_remote)?;
        let bind = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(Self { address: listener.local_addr()?, listener })
        };
        bind().map_err(|error| refused(&address, OPTION, &error))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn serve(self, inbox: Inbox) -> io::Result<impl Future<Output = ()> + use<>> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        Ok(async move {
            loop {
                match listener.accept().await {
                    Ok((mut stream, _)) => {
                        let inbox = inbox.clone();
                        tokio::spawn(async move {
                            // A response is one write, so nothing is gained by waiting for more.
                            if let Err(error) = stream.set_nodelay(true) {
                                tracing::debug!(%error, "TCP_NODELAY");
                            }
                            let (reader, writer) = stream.split();
                            stream::serve(Transport::Tcp, reader, writer, &inbox).await;
                        });
                    }
                    Err(error) => pause(&error).await,
                }
            }
        })
    }
}

/// Accepting fails where descriptors ran out, or the client has gone again: neither is for ever.
pub(super) async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a client could not be let in");
    sleep(Duration::from_millis(100)).await;
}
