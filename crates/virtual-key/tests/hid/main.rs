//! A key as programs meet it: raw CTAPHID by every kind of socket, against a real authenticator. The client is
//! written from the specification and shares no code with the key.

mod card;
mod client;
mod exchange;
mod faults;
mod links;
mod person;
mod refusals;
mod u2f;

use std::sync::Arc;

use authenticator::{
    MemoryStore, Profile,
    fault::Faults,
    platform::{Platform, User},
    testing::{ManualClock, ScriptedUser, SeededRng},
};
use virtual_key::{Address, Config, Link, Running, VirtualKey};

/// `make_credential` without options, canonical by hand: the RP `example.com`, ES256.
const MAKE_CREDENTIAL: &[u8] = b"\x01\xA4\x01\x58\x20\
    0123456789abcdef0123456789abcdef\
    \x02\xA1\x62id\x6Bexample.com\
    \x03\xA2\x62id\x41\x07\x64name\x65alice\
    \x04\x81\xA2\x63alg\x26\x64type\x6Apublic-key";
const GET_INFO: &[u8] = &[0x04];
/// authenticatorSelection: nothing but a question.
const SELECTION: &[u8] = &[0x0B];

fn config(user: Arc<dyn User>, links: Vec<Link>) -> Config {
    let platform = Platform {
        user,
        store: Arc::new(MemoryStore::with_capacity(10)),
        clock: Arc::new(ManualClock::default()),
        rng: Arc::new(SeededRng::new(1)),
    };
    let profile = Profile::device_bound();
    Config {
        profile,
        platform,
        links,
        serial: "test".to_owned(),
        observer: None,
        tap: None,
        allow_remote: false,
        faults: Faults::default(),
    }
}

fn tcp() -> Link {
    Link::Tcp("127.0.0.1:0".parse().unwrap())
}

/// A key by TCP whose person approves everything at once.
fn approving() -> Running {
    VirtualKey::start(config(Arc::new(ScriptedUser::default()), vec![tcp()])).unwrap()
}

fn address(running: &Running) -> &Address {
    &running.addresses()[0]
}
