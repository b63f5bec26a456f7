use std::{future::Future, pin::Pin};

use crate::{Exchange, Medium, Transport, transport::unsupported};

type Answer = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

/// A transport to a key in this process: whatever turns a CTAP message into its answer.
pub struct InProcess {
    handle: Box<dyn FnMut(Vec<u8>) -> Answer + Send>,
}

impl InProcess {
    /// `handle` takes a message (command byte and CBOR) and resolves with the answer (status byte and CBOR).
    pub fn new<F>(mut handle: impl FnMut(Vec<u8>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Vec<u8>> + Send + 'static,
    {
        Self { handle: Box::new(move |request| Box::pin(handle(request))) }
    }
}

impl Transport for InProcess {
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_> {
        let answer = (self.handle)(request);
        Box::pin(async move { Ok(answer.await) })
    }

    fn message(&mut self, _: Vec<u8>) -> Exchange<'_> {
        unsupported("U2F")
    }

    fn wink(&mut self) -> Exchange<'_> {
        unsupported("winking")
    }

    fn medium(&self) -> Medium {
        Medium::InProcess
    }
}
