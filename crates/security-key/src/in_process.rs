use std::{future::Future, pin::Pin};

use crate::{Exchange, Medium, Transport, transport::unsupported};

type Handle = Box<dyn FnMut(Vec<u8>) -> Answer + Send>;
type Answer = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

/// A transport to a key in this process: whatever turns a CTAP message into its answer.
pub struct InProcess {
    handle: Handle,
    messages: Option<Handle>,
}

impl InProcess {
    /// `handle` takes a message (command byte and CBOR) and resolves with the answer (status byte and CBOR).
    pub fn new<F>(mut handle: impl FnMut(Vec<u8>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Vec<u8>> + Send + 'static,
    {
        Self { handle: Box::new(move |request| Box::pin(handle(request))), messages: None }
    }

    /// `handle` takes U2F messages, command APDUs, and resolves with response APDUs.
    #[must_use]
    pub fn with_messages<F>(mut self, mut handle: impl FnMut(Vec<u8>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Vec<u8>> + Send + 'static,
    {
        self.messages = Some(Box::new(move |command| Box::pin(handle(command))));
        self
    }
}

impl Transport for InProcess {
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_> {
        let answer = (self.handle)(request);
        Box::pin(async move { Ok(answer.await) })
    }

    fn message(&mut self, command: Vec<u8>) -> Exchange<'_> {
        let Some(handle) = &mut self.messages else { return unsupported("U2F") };
        let answer = handle(command);
        Box::pin(async move { Ok(answer.await) })
    }

    fn wink(&mut self) -> Exchange<'_> {
        unsupported("winking")
    }

    fn medium(&self) -> Medium {
        Medium::InProcess
    }
}
