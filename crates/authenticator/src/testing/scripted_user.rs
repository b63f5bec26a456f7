use std::{
    collections::VecDeque,
    future::ready,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::platform::{Answer, AnswerFuture, Finger, Quality, Question, User};

/// A person who gives the answers of a script, and after its end approves everything with proof: by the finger
/// that the key's sensor is touched with, where it has one.
/// Remembers every question.
#[derive(Default)]
pub struct ScriptedUser {
    script: Mutex<VecDeque<Answer>>,
    questions: Mutex<Vec<Question>>,
    finger: Option<Finger>,
}

impl ScriptedUser {
    /// A person in front of a key with a sensor.
    pub fn touching(finger: Finger) -> Self {
        Self { finger: Some(finger), ..Self::default() }
    }

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
        let approved = self.finger.map_or(Answer::Approved { account: 0, verified: true }, |finger| {
            Answer::Sample { account: 0, finger, quality: Quality::Good }
        });
        Box::pin(ready(lock(&self.script).pop_front().unwrap_or(approved)))
    }

    fn withdraw(&self) {}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
