//! `latchkey emulate` and `latchkey webdriver`, spoken to by a client that shares no code with it.

pub(crate) mod cbor;
pub(crate) mod client;
mod decline;
mod framing;
mod get_assertion;
mod get_info;
mod make_credential;
pub(crate) mod reader;
mod request;
mod seed;
mod signed;
mod two_clients;
mod u2f;
mod udp;
mod unix;
mod webdriver;

pub(crate) use client::Client;
pub(crate) use request::{Request, algorithms};
