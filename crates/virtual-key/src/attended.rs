//! The person, and whether somebody is asking them now.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use authenticator::platform::{AnswerFuture, Question, User};
use ctap::hid::KeepaliveStatus;

/// Hands questions on and knows whether one is open.
pub(crate) struct Attended {
    inner: Arc<dyn User>,
    open: AtomicUsize,
}

impl Attended {
    pub(crate) fn new(inner: Arc<dyn User>) -> Arc<Self> {
        Arc::new(Self { inner, open: AtomicUsize::new(0) })
    }

    /// What a client that waits is told (§11.2.9.1.7).
    pub(crate) fn status(&self) -> KeepaliveStatus {
        match self.open.load(Ordering::Relaxed) {
            0 => KeepaliveStatus::Processing,
            _ => KeepaliveStatus::UpNeeded,
        }
    }
}

impl User for Attended {
    fn ask(&self, question: Question, time_limit: Duration) -> AnswerFuture<'_> {
        Box::pin(async move {
            let _open = Open::new(&self.open);
            self.inner.ask(question, time_limit).await
        })
    }

    fn withdraw(&self) {
        self.inner.withdraw();
    }
}

struct Open<'a>(&'a AtomicUsize);

impl<'a> Open<'a> {
    fn new(open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
