//! Our key: the shipped device-bound profile, memory, the system's randomness, and a person who always agrees.

use authenticator::{
    Authenticator, MemoryStore, Profile, Transport,
    fault::Faults,
    platform::{Answer, AnswerFuture, Clock, Platform, Question, Rng, Store, User},
};
use std::{
    future::ready,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant, SystemTime},
};
use virtual_key::{Address, Config, Link, Running, VirtualKey};

/// The key by itself.
pub fn in_process() -> Authenticator {
    with_store(Arc::new(MemoryStore::default()))
}

/// The key by itself, on this store, with room for as much as that has.
pub fn with_store(store: Arc<dyn Store>) -> Authenticator {
    let mut profile = Profile::device_bound();
    profile.limits.discoverable_credentials = u64::MAX;
    Authenticator::new(profile, Platform { store, ..platform() })
}

/// Answers one message. Nobody waits for the person here, so there is nothing to be woken by.
///
/// # Panics
/// Where the key waits all the same.
pub fn handle(key: &mut Authenticator, request: &[u8]) -> Vec<u8> {
    match pin!(key.handle(request, Transport::Usb)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => response,
        Poll::Pending => panic!("the key waits for somebody"),
    }
}

/// The key behind a TCP socket, on a thread of its own, and where it listens.
///
/// # Panics
/// Where no port is free.
pub fn over_tcp() -> (Running, SocketAddr) {
    let running = start(Link::Tcp((Ipv4Addr::LOCALHOST, 0).into()));
    let Some(Address::Tcp(address)) = running.addresses().first().cloned() else { panic!("a TCP address") };
    (running, address)
}

/// The key as a HID device, and its node.
///
/// # Panics
/// Where the kernel makes none.
pub fn over_uhid() -> (Running, PathBuf) {
    let running = start(Link::Uhid);
    let Some(Address::Uhid(Some(node))) = running.addresses().first().cloned() else { panic!("a node") };
    (running, node)
}

fn start(link: Link) -> Running {
    VirtualKey::start(Config {
        profile: Profile::device_bound(),
        platform: platform(),
        links: vec![link],
        serial: "benches".to_owned(),
        observer: None,
        tap: None,
        faults: Faults::default(),
        allow_remote: false,
    })
    .expect("a link")
}

fn platform() -> Platform {
    Platform {
        user: Arc::new(Agreeing),
        store: Arc::new(MemoryStore::default()),
        clock: Arc::new(SinceStart(Instant::now())),
        rng: Arc::new(System),
    }
}

struct Agreeing;

impl User for Agreeing {
    fn ask(&self, _: Question, _: Duration) -> AnswerFuture<'_> {
        Box::pin(ready(Answer::Approved { account: 0, verified: true }))
    }

    fn withdraw(&self) {}
}

struct SinceStart(Instant);

impl Clock for SinceStart {
    fn uptime(&self) -> Duration {
        self.0.elapsed()
    }

    fn unix_seconds(&self) -> u64 {
        SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs()
    }
}

struct System;

impl Rng for System {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system's randomness");
    }
}
