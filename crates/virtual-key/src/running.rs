//! Starting and stopping.

use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc as startup,
    thread,
};

use tokio::{
    runtime::{self, Runtime},
    sync::{oneshot, watch},
};

use crate::{
    Address, Config, Error, Link,
    key_loop::KeyLoop,
    link::{Inbox, Input},
    nfc,
    socket::{tcp, udp, unix},
    uhid,
};

/// A software security key.
pub struct VirtualKey;

impl VirtualKey {
    /// Opens every link, then runs the key on a thread of its own. When this returns, programs may connect.
    ///
    /// # Errors
    /// Whatever keeps a link from being opened; no other link stays open then.
    pub fn start(config: Config) -> Result<Running, Error> {
        let mut links = Vec::new();
        for link in &config.links {
            links.push(OpenLink::open(link, &config)?);
        }
        let addresses = links.iter().map(OpenLink::address).collect();
        let (stop, stopped) = oneshot::channel();
        let (failed, failure) = watch::channel(None);
        let (ready, started) = startup::channel();
        let (inbox, inputs) = Inbox::new();
        let links_inbox = inbox.clone();
        let thread = thread::Builder::new()
            .name(config.profile.name.clone())
            .spawn(move || {
                let run = || {
                    let runtime = serve(links, &links_inbox)?;
                    // Whoever started this key may have stopped waiting; the key runs all the same.
                    let _ = ready.send(());
                    let key_loop = KeyLoop::run(inputs, stopped, config);
                    // A task of its own: the future of `block_on` is woken by way of the operating system.
                    let running = runtime.spawn(key_loop);
                    runtime.block_on(running).map_or(Err(Error::Crashed), |end| end.map_or(Ok(()), Err))
                };
                if let Err(error) = catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Error::Crashed)) {
                    failed.send_replace(Some(error));
                }
            })
            .map_err(|error| Error::Thread { reason: error.to_string() })?;
        let running = Running { addresses, inbox, stop: Some(stop), failure, thread: Some(thread) };
        match started.recv() {
            Ok(()) => Ok(running),
            Err(_) => Err(running.failure().unwrap_or(Error::Crashed)),
        }
    }
}

/// A key that runs until it is stopped or dropped.
pub struct Running {
    addresses: Vec<Address>,
    inbox: Inbox,
    stop: Option<oneshot::Sender<()>>,
    failure: watch::Receiver<Option<Error>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    /// Where programs reach it, in the order of [`Config::links`].
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Why it stopped by itself, if it did.
    pub fn failure(&self) -> Option<Error> {
        self.failure.borrow().clone()
    }

    /// Waits until it stops by itself and says why; for ever where it is stopped.
    pub fn stopped(&self) -> impl Future<Output = Error> + Send + use<> {
        let mut failure = self.failure.clone();
        async move {
            loop {
                let seen = failure.borrow_and_update().clone();
                if let Some(error) = seen {
                    return error;
                }
                if failure.changed().await.is_err() {
                    return pending().await;
                }
            }
        }
    }

    /// Behaves as if unplugged and plugged in again, behind what programs have sent so far; whether there was room
    /// to say so.
    pub fn power_cycle(&self) -> bool {
        self.inbox.offer(Input::PowerCycle)
    }

    /// Takes an open question back, closes every link and waits until that is done: the device and the socket
    /// file are gone when this returns. Dropping does the same.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // What it would say was said by `failure`.
            let _ = thread.join();
        }
    }
}

/// A link that holds its address already; tasks need the key's own runtime.
enum OpenLink {
    Uhid(uhid::Device),
    Udp(udp::Socket),
    Tcp(tcp::Listener),
    Unix(unix::Listener),
    Nfc(nfc::Link),
}

impl OpenLink {
    fn open(link: &Link, config: &Config) -> Result<Self, Error> {
        Ok(match link {
            Link::Uhid => Self::Uhid(uhid::Device::create(&config.profile.name, &config.serial)?),
            Link::Udp(address) => Self::Udp(udp::Socket::bind(*address, config.allow_remote)?),
            Link::Tcp(address) => Self::Tcp(tcp::Listener::bind(*address, config.allow_remote)?),
            Link::Unix(path) => Self::Unix(unix::Listener::bind(path)?),
            Link::Nfc(reader) => Self::Nfc(nfc::Link::new(*reader)),
        })
    }

    fn address(&self) -> Address {
        match self {
            Self::Uhid(device) => Address::Uhid(device.node().map(Into::into)),
            Self::Udp(socket) => Address::Udp(socket.address()),
            Self::Tcp(listener) => Address::Tcp(listener.address()),
            Self::Unix(listener) => Address::Unix(listener.path().into()),
            Self::Nfc(link) => Address::Nfc(link.reader()),
        }
    }
}

/// A runtime on which every link is served.
fn serve(links: Vec<OpenLink>, inbox: &Inbox) -> Result<Runtime, Error> {
    let thread = |error: std::io::Error| Error::Thread { reason: error.to_string() };
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(thread)?;
    let entered = runtime.enter();
    for link in links {
        let inbox = inbox.clone();
        match link {
            OpenLink::Uhid(device) => drop(runtime.spawn(device.serve(inbox).map_err(thread)?)),
            OpenLink::Udp(socket) => drop(runtime.spawn(socket.serve(inbox).map_err(thread)?)),
            OpenLink::Tcp(listener) => drop(runtime.spawn(listener.serve(inbox).map_err(thread)?)),
            OpenLink::Unix(listener) => drop(runtime.spawn(listener.serve(inbox).map_err(thread)?)),
            OpenLink::Nfc(link) => drop(runtime.spawn(link.serve(inbox))),
        }
    }
    drop(entered);
    Ok(runtime)
}
