//! `webdriver serve`: virtual authenticators for browser tests, driven by the W3C's commands (WebAuthn §11).
//! They keep their passkeys in memory: private keys cross to the client, and never from the vault.

use serde::Serialize;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use crate::{
    App,
    error::{AppError, Code},
    platform::{SystemClock, SystemRng},
};

/// An endpoint to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebDriverConfig {
    /// A loopback address; port 0 takes a free one.
    pub address: SocketAddr,
    /// How programs reach the virtual authenticators.
    pub reach: WebDriverReach,
}

/// How programs reach virtual authenticators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebDriverReach {
    /// As USB security keys: what browsers see.
    Uhid,
    /// Length-prefixed reports; with port 0 each has its own.
    Tcp(SocketAddr),
    /// Length-prefixed reports by a socket file for each, in this folder.
    Unix(PathBuf),
}

/// What the endpoint tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum WebDriverEvent {
    /// Clients may connect; this is their remote end.
    Ready {
        /// With its secret path.
        url: String,
    },
    /// A virtual authenticator can be reached.
    AuthenticatorAdded {
        /// Its `authenticatorId`.
        authenticator: String,
        /// Where.
        addresses: Vec<String>,
    },
    /// It is gone.
    AuthenticatorRemoved {
        /// Its `authenticatorId`.
        authenticator: String,
    },
}

/// Hears what the endpoint tells.
pub type WebDriverListener = Arc<dyn Fn(WebDriverEvent) + Send + Sync>;

/// An endpoint that serves until it is stopped or dropped.
pub struct RunningWebDriver(::webdriver::Running);

impl RunningWebDriver {
    /// What clients are given as the remote end.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Lets open requests finish and removes every virtual authenticator.
    pub async fn stop(self) {
        self.0.stop().await;
    }
}

impl App {
    /// Starts an endpoint.
    ///
    /// # Errors
    /// `usage` for an address that other computers reach, `busy` for one in use.
    pub async fn serve_webdriver(
        &self,
        config: WebDriverConfig,
        listener: WebDriverListener,
    ) -> Result<RunningWebDriver, AppError> {
        let tell = listener.clone();
        let running = ::webdriver::serve(::webdriver::Config {
            address: config.address,
            reach: match config.reach {
                WebDriverReach::Uhid => ::webdriver::Reach::Uhid,
                WebDriverReach::Tcp(address) => ::webdriver::Reach::Tcp(address),
                WebDriverReach::Unix(folder) => ::webdriver::Reach::Unix(folder),
            },
            clock: || Arc::new(SystemClock::powered_now()),
            rng: Arc::new(SystemRng),
            listener: Some(Arc::new(move |event: ::webdriver::Event<'_>| tell(event.into()))),
        })
        .await
        .map_err(|error| explain(&error))?;
        listener(WebDriverEvent::Ready { url: running.url().to_owned() });
        Ok(RunningWebDriver(running))
    }
}

impl From<::webdriver::Event<'_>> for WebDriverEvent {
    fn from(event: ::webdriver::Event<'_>) -> Self {
        match event {
            ::webdriver::Event::AuthenticatorAdded { id, addresses } => {
                Self::AuthenticatorAdded { authenticator: id.to_owned(), addresses: addresses.to_vec() }
            }
            ::webdriver::Event::AuthenticatorRemoved { id } => {
                Self::AuthenticatorRemoved { authenticator: id.to_owned() }
            }
        }
    }
}

fn explain(error: &::webdriver::Error) -> AppError {
    let code = match error {
        ::webdriver::Error::NotLoopback(_) => Code::Usage,
        ::webdriver::Error::AddressInUse(_) => Code::Busy,
        ::webdriver::Error::Listen { .. } => Code::Failed,
    };
    AppError::new(code, error.to_string(), error.hint())
}
