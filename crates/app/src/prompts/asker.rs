use authenticator::platform::{Answer, AnswerFuture, Question, User};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

use super::{Open, Prompts, Proof, SecretKind, TRIES};

/// The person, as one key sees them: its questions go to the broker.
pub struct Asker {
    prompts: Prompts,
    key: String,
    proof: Arc<dyn Proof>,
    /// The id of this key's open question.
    open: Mutex<Option<u32>>,
}

impl Asker {
    pub(super) fn new(prompts: Prompts, key: &str, proof: Arc<dyn Proof>) -> Self {
        Self { prompts, key: key.to_owned(), proof, open: Mutex::default() }
    }

    fn put(&self, question: Question, time_limit: Duration) -> (u32, oneshot::Receiver<Answer>) {
        let (reply, answer) = oneshot::channel();
        let verify = asks_for_proof(&question);
        let sensor = matches!(question, Question::Fingerprint { .. }) || verify && self.proof.by_sensor();
        let secret = if verify && !sensor { self.proof.needed() } else { SecretKind::None };
        let mut queue = self.prompts.queue();
        queue.last_id = queue.last_id.wrapping_add(1);
        let id = queue.last_id;
        queue.open.push_back(Open {
            id,
            key: self.key.clone(),
            question,
            verify,
            secret,
            sensor,
            proof: Arc::clone(&self.proof),
            tries_left: TRIES,
            problem: None,
            time_limit,
            deadline: Instant::now() + time_limit,
            reply: Some(reply),
        });
        drop(queue);
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
        self.prompts.changed.send_replace(());
        (id, answer)
    }
}

impl User for Asker {
    fn ask(&self, question: Question, time_limit: Duration) -> AnswerFuture<'_> {
        Box::pin(async move {
            let (id, answer) = self.put(question, time_limit);
            // Takes the question back also where the key stops while asking.
            let _guard = TakeBack { prompts: &self.prompts, id };
            match tokio::time::timeout(time_limit, answer).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Answer::Cancelled,
                Err(_) => Answer::TimedOut,
            }
        })
    }

    fn withdraw(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reply) = open.and_then(|id| self.prompts.remove(id)) {
            let _ = reply.send(Answer::Cancelled);
        }
    }
}

struct TakeBack<'a> {
    prompts: &'a Prompts,
    id: u32,
}

impl Drop for TakeBack<'_> {
    fn drop(&mut self) {
        self.prompts.remove(self.id);
    }
}

pub(crate) fn asks_for_proof(question: &Question) -> bool {
    match question {
        Question::Register { verify, .. } | Question::Authenticate { verify, .. } => *verify,
        Question::Verify { .. } => true,
        Question::SecondFactor { .. }
        | Question::Notice { .. }
        | Question::Select
        | Question::Reset { .. }
        | Question::Fingerprint { .. } => false,
    }
}
