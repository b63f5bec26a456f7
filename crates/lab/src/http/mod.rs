//! The lab at `http://localhost:PORT`.

mod answer;
mod api;
mod body;
mod cookie;
mod guard;
mod listen;
mod pages;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{Config, Database, Error, Lab};

/// Where to serve, and where to keep accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// On 127.0.0.1 and, where there is one, `[::1]`; 0 takes a free one.
    pub port: u16,
    /// Where accounts live.
    pub database: Database,
}

/// A lab that serves until it is stopped; dropping it stops it at once.
pub struct Running {
    url: String,
    lab: Arc<Lab>,
    stop: watch::Sender<()>,
    servers: Vec<JoinHandle<()>>,
}

/// What every request sees.
#[derive(Clone)]
struct Site {
    lab: Arc<Lab>,
    origin: Arc<str>,
    port: u16,
}

/// The largest body; a registration response is a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;

/// How long open requests may take when the lab is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// Serves the lab. RP ID `localhost`, origin `http://localhost:PORT`: the one plain-http origin that browsers
/// let use passkeys. Needs a Tokio runtime.
///
/// # Errors
/// [`Error::PortInUse`], [`Error::Listen`], or from the database.
pub async fn serve(config: ServerConfig) -> Result<Running, Error> {
    let (port, listeners) = listen::open(config.port).await?;
    let url = format!("http://localhost:{port}");
    let relying_party =
        Config { rp_id: "localhost".to_owned(), rp_name: "Latchkey lab".to_owned(), origin: url.clone() };
    let lab = Arc::new(Lab::open(&config.database, relying_party)?);
    let router = router(Site { lab: lab.clone(), origin: url.as_str().into(), port });
    let (stop, _) = watch::channel(());
    let servers = listeners
        .into_iter()
        .map(|listener| tokio::spawn(run(listener, router.clone(), stop.subscribe())))
        .collect();
    Ok(Running { url, lab, stop, servers })
}

impl Running {
    /// Where, such as `http://localhost:8443`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The relying party behind it.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Lets open requests finish, for two seconds at most, and closes the port.
    pub async fn stop(mut self) {
        // Nobody listens where both servers have ended already.
        let _ = self.stop.send(());
        for mut server in self.servers.drain(..) {
            if tokio::time::timeout(GRACE, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

fn router(site: Site) -> Router {
    Router::new()
        .merge(pages::routes())
        .nest("/api", api::routes())
        .fallback(answer::no_such_page)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(site.clone(), guard::same_site))
        .layer(middleware::from_fn(guard::security_headers))
        .with_state(site)
}

async fn run(listener: TcpListener, router: Router, mut stop: watch::Receiver<()>) {
    let stopped = async move {
        // An error says that the sender is gone: stop as well.
        let _ = stop.changed().await;
    };
    // axum's accept loop ends only when it is told to.
    let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
}
