//! The touch that a U2F client polls for.
//!
//! U2F over HID knows no keepalive: a message that needs a touch is answered at once by a status word that says so,
//! and the client sends the same again until the touch has come. Here the first such message opens the question;
//! it stays open while the client goes on asking, and what the person answers is kept for its next poll.

use std::{future::poll_fn, pin::Pin, sync::Arc, task::Poll, time::Duration};

use authenticator::platform::{Answer, Question, User};
use ctap::hid::Client;
use tokio::time::Instant;

use crate::key_loop::withdraw;

/// Clients poll several times a second; one that has not for so long does no more.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a touch counts, as on keys with a button.
const GRACE: Duration = Duration::from_secs(10);

/// A question that was asked for one message of one client.
pub(crate) struct Touch {
    client: Client,
    message: Vec<u8>,
    answer: Result<Answer, Pin<Box<dyn Future<Output = Answer> + Send>>>,
    until: Instant,
}

impl Touch {
    pub(crate) fn ask(
        user: Arc<dyn User>,
        (question, time_limit): (Question, Duration),
        client: Client,
        message: Vec<u8>,
    ) -> Self {
        let asked = Box::pin(async move { user.ask(question, time_limit).await });
        Self { client, message, answer: Err(asked), until: Instant::now() + PATIENCE }
    }

    /// Whether this is what the client asks again.
    pub(crate) fn is_for(&self, client: Client, message: &[u8]) -> bool {
        (self.client, self.message.as_slice()) == (client, message)
    }

    /// The client asks once more: what the person has said, where that is something.
    pub(crate) async fn poll(&mut self) -> Option<Answer> {
        self.until = Instant::now() + PATIENCE;
        poll_fn(|context| Poll::Ready(self.advance(context))).await
    }

    /// Waits for the person. Once there is an answer, for ever.
    pub(crate) async fn answered(&mut self) {
        if self.answer.is_ok() {
            return std::future::pending().await;
        }
        poll_fn(|context| match self.advance(context) {
            Some(_) => Poll::Ready(()),
            None => Poll::Pending,
        })
        .await;
    }

    /// When it is of no use any more.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    /// The client is gone.
    pub(crate) fn abandon(&mut self, client: Client) {
        if self.client == client {
            self.until = Instant::now();
        }
    }

    /// Closes the question.
    pub(crate) async fn take_back(self, user: &dyn User) {
        if let Err(mut asked) = self.answer {
            withdraw(user, asked.as_mut()).await;
        }
    }

    fn advance(&mut self, context: &mut std::task::Context<'_>) -> Option<Answer> {
        if let Err(asked) = &mut self.answer
            && let Poll::Ready(answer) = asked.as_mut().poll(context)
        {
            self.answer = Ok(answer);
            self.until = Instant::now() + GRACE;
        }
        self.answer.as_ref().ok().copied()
    }
}
