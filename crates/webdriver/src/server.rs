//! Starting and stopping.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{Config, Error, body::BODY_LIMIT, commands, guard, problem::Problem, sessions::Endpoint};

/// The bytes of randomness in the path.
const TOKEN_LENGTH: usize = 16;

/// How long open requests may take when the endpoint is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// An endpoint that serves until it is stopped; dropping it stops it at once.
pub struct Running {
    url: String,
    endpoint: Endpoint,
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

/// Serves the commands at `http://ADDRESS/TOKEN`, where TOKEN is drawn anew each time: who does not know it
/// gets 404. Needs a Tokio runtime.
///
/// # Errors
/// [`Error::NotLoopback`], [`Error::AddressInUse`], [`Error::Listen`].
pub async fn serve(config: Config) -> Result<Running, Error> {
    let listener = listen(config.address).await?;
    let address =
        listener.local_addr().map_err(|source| Error::Listen { address: config.address, source })?;
    let mut token = [0; TOKEN_LENGTH];
    config.rng.fill(&mut token);
    let path = format!("/{}", hex::encode(token));
    let endpoint = Endpoint::new(config);
    let router = Router::new()
        .nest(&path, commands::routes())
        .fallback(async || Problem::unknown_command())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(address, guard::no_web_page))
        .with_state(endpoint.clone());
    let (stop, mut stopped) = watch::channel(());
    let server = tokio::spawn(async move {
        let stopped = async move {
            // An error says that the sender is gone: stop as well.
            let _ = stopped.changed().await;
        };
        // axum's accept loop ends only when it is told to.
        let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
    });
    Ok(Running { url: format!("http://{address}{path}"), endpoint, stop, server })
}

impl Running {
    /// What clients are given as the remote end, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets open requests finish, for two seconds at most, closes the port and removes every virtual
    /// authenticator with its credentials.
    pub async fn stop(mut self) {
        // Nobody listens where the server has ended already.
        let _ = self.stop.send(());
        let _ = tokio::time::timeout(GRACE, &mut self.server).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
        self.endpoint.clear();
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    if !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => Error::AddressInUse(address),
        _ => Error::Listen { address, source },
    })
}
