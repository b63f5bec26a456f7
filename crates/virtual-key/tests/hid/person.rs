//! Persons for the tests.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use authenticator::platform::{Answer, AnswerFuture, Question, User};
use tokio::sync::oneshot;

/// Answers nothing until the test says so, as a person in front of a window.
#[derive(Default)]
pub(crate) struct Hesitant {
    open: Mutex<Option<oneshot::Sender<Answer>>>,
    asked: Mutex<usize>,
    withdrawn: Mutex<usize>,
}

impl Hesitant {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Answers the open question with yes.
    pub(crate) fn approve(&self) {
        let open = self.open.lock().unwrap().take().expect("a question is open");
        open.send(Answer::Approved { account: 0, verified: true }).unwrap();
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.open.lock().unwrap().is_some()
    }

    /// How many questions were asked.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    /// How many questions were taken back.
    pub(crate) fn withdrawn(&self) -> usize {
        *self.withdrawn.lock().unwrap()
    }
}

impl User for Hesitant {
    fn ask(&self, _question: Question, _time_limit: Duration) -> AnswerFuture<'_> {
        let (answer, answered) = oneshot::channel();
        *self.open.lock().unwrap() = Some(answer);
        *self.asked.lock().unwrap() += 1;
        Box::pin(async { answered.await.expect("the question was answered") })
    }

    fn withdraw(&self) {
        if let Some(open) = self.open.lock().unwrap().take() {
            *self.withdrawn.lock().unwrap() += 1;
            open.send(Answer::Cancelled).unwrap();
        }
    }
}
