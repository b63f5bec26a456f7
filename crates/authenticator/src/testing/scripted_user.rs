use std::{
    collections::VecDeque,
    future::ready,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::platform::{Answer, AnswerFuture, Question, User};

/// A person who gives the answers of a script, and after its end approves everything with proof.
/// Remembers every question.
#[derive(Default)]
pub struct ScriptedUser {
    script: Mutex<VecDeque<Answer>>,
    questions: Mutex<Vec<Question>>,
}

impl ScriptedUser {
    /// Puts an answer at the end of the script.
    pub fn will(&self, answer: Answer) {
        lock(&self.script).push_back(answer);
    }

    /// The questions asked since the last call, oldest first.
    pub fn take_questions(&self) -> Vec<Question> {
        std::mem::take(&mut lock(&self.questions))
    }
}

impl User for ScriptedUser {
    fn ask(&self, question: Question, _time_limit: Duration) -> AnswerFuture<'_> {
        lock(&self.questions).push(question);
        let approved = Answer::Approved { account: 0, verified: true };
        Box::pin(ready(lock(&self.script).pop_front().unwrap_or(approved)))
    }

    fn withdraw(&self) {}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
