use std::{future::Future, pin::Pin};

use crate::Error;

/// An answer on its way.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Error>> + Send + 'a>>;

/// A way to one key. Keep-alives and framing are the transport's own business.
pub trait Transport: Send {
    /// Sends a CTAP message (command byte and CBOR) and resolves with the answer (status byte and CBOR).
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_>;
}
