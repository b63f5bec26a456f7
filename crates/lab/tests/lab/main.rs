//! The lab from outside: its core, and the same over HTTP.

mod ceremonies;
mod http;
mod signals;
mod support;
