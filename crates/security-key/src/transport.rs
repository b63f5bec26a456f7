use std::{future::Future, pin::Pin, sync::Arc};

use ctap::hid::Capabilities;

use crate::Error;

/// An answer on its way. Dropping it takes the request back.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Error>> + Send + 'a>>;

/// A way to one key. Keep-alives and framing are the transport's own business.
pub trait Transport: Send {
    /// Sends a CTAP2 message (command byte and CBOR) and resolves with the answer (status byte and CBOR).
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_>;

    /// Sends a CTAP1 message, a U2F command APDU of extended length, and resolves with the response data and the
    /// status word behind it.
    fn message(&mut self, command: Vec<u8>) -> Exchange<'_>;

    /// Has the key show itself, by its light mostly (CTAPHID_WINK, CTAP 2.3 §11.2.9.2.1); resolves with nothing.
    fn wink(&mut self) -> Exchange<'_>;

    /// What the messages pass through.
    fn medium(&self) -> Medium;

    /// What a key on USB said of itself before it was asked anything else.
    fn initialization(&self) -> Option<Initialization> {
        None
    }

    /// Has `tap` hear every packet from now on. A way without packets tells none.
    fn tap(&mut self, _tap: Tap) {}
}

/// Hears what passes, as it passes.
pub type Tap = Arc<dyn Fn(Passed<'_>) + Send + Sync>;

/// One packet: a report of CTAPHID, or an APDU.
#[derive(Clone, Copy, Debug)]
pub enum Passed<'a> {
    /// From this program to the key.
    ToKey(&'a [u8]),
    /// From the key.
    FromKey(&'a [u8]),
}

/// A key's answer to CTAPHID_INIT (CTAP 2.3 §11.2.9.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initialization {
    /// The version of CTAPHID, 2 so far.
    pub protocol_version: u8,
    /// Major, minor and build number of the device, as its maker counts.
    pub device_version: [u8; 3],
    /// What it claims to take.
    pub capabilities: Capabilities,
}

/// What lies between this program and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Medium {
    /// A USB port.
    Usb,
    /// The field of a reader without contacts.
    Nfc,
    /// The contacts of a smart card reader.
    Contact,
    /// A socket of an emulated key.
    Socket,
    /// Nothing: the key is in this process.
    InProcess,
}

impl Transport for Box<dyn Transport> {
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_> {
        (**self).exchange(request)
    }

    fn message(&mut self, command: Vec<u8>) -> Exchange<'_> {
        (**self).message(command)
    }

    fn wink(&mut self) -> Exchange<'_> {
        (**self).wink()
    }

    fn medium(&self) -> Medium {
        (**self).medium()
    }

    fn initialization(&self) -> Option<Initialization> {
        (**self).initialization()
    }

    fn tap(&mut self, tap: Tap) {
        (**self).tap(tap);
    }
}

/// The answer of a key that cannot do `what`.
pub(crate) fn unsupported(what: &'static str) -> Exchange<'static> {
    Box::pin(std::future::ready(Err(Error::Unsupported(what))))
}
