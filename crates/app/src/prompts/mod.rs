//! The broker between keys that ask and the face that answers: one question open at a time.
//!
//! A key asks through the [`Asker`] it was given. The broker gives the question an id, tells whoever
//! subscribed, and keeps it until it is answered, withdrawn, or its time is over.

mod asker;
mod proof;
mod question;
mod sensor;
#[cfg(test)]
mod tests;

pub use asker::Asker;
pub(crate) use asker::asks_for_proof;
pub use proof::{Proof, SecretKind};
pub use question::{Account, Prompt, PromptAnswer, PromptKind};
pub use sensor::{Finger, Quality};

use authenticator::platform::{Answer, Question};
use secrecy::SecretString;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{oneshot, watch};

use crate::error::{AppError, Code};

/// Wrong secrets that one prompt takes before it counts as not verified.
const TRIES: u32 = 3;

/// The broker. Clones share one queue.
#[derive(Clone)]
pub struct Prompts {
    queue: Arc<Mutex<Queue>>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Queue {
    last_id: u32,
    open: VecDeque<Open>,
}

/// A question that waits for its answer.
struct Open {
    id: u32,
    key: String,
    question: Question,
    /// Whether proof is asked for, and what has to be typed for it.
    verify: bool,
    secret: SecretKind,
    /// Whether the answer is a touch of the fingerprint sensor.
    sensor: bool,
    proof: Arc<dyn Proof>,
    tries_left: u32,
    problem: Option<String>,
    time_limit: Duration,
    deadline: Instant,
    reply: Option<oneshot::Sender<Answer>>,
}

impl Default for Prompts {
    fn default() -> Self {
        Self { queue: Arc::default(), changed: watch::Sender::new(()) }
    }
}

impl Prompts {
    /// What a key named `key` asks through; `proof` knows what proves the owner.
    pub fn asker(&self, key: &str, proof: Arc<dyn Proof>) -> Asker {
        Asker::new(self.clone(), key, proof)
    }

    /// Marked as changed whenever the question at the front is another one or has changed.
    pub fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The question at the front.
    pub fn current(&self) -> Option<Prompt> {
        self.queue().open.front().map(Open::prompt)
    }

    /// Answers question `id`. A wrong secret leaves the question open with its `problem` told, until
    /// the tries are used up. Blocks while a passphrase is checked.
    ///
    /// # Errors
    /// `not-found` where the question is not open any more, `usage` where the account is none of those offered, or no finger is
    /// named where the sensor is to be touched.
    pub fn answer(&self, id: u32, answer: PromptAnswer) -> Result<(), AppError> {
        let (proof, kind, verified, sensor, accounts) = {
            let queue = self.queue();
            let open = queue.open.iter().find(|open| open.id == id).ok_or_else(gone)?;
            (Arc::clone(&open.proof), open.secret, open.verify, open.sensor, open.accounts())
        };
        if !answer.approve {
            return self.resolve(id, Answer::Declined);
        }
        let account = answer.account as usize;
        if account >= accounts.max(1) {
            return Err(AppError::plain(Code::Usage, "That account is none of those offered."));
        }
        if sensor {
            let finger = answer
                .finger
                .ok_or_else(|| AppError::plain(Code::Usage, "Say which finger touches the sensor."))?;
            let quality = answer.quality.unwrap_or(Quality::Good).into();
            return self.resolve(id, Answer::Sample { account, finger: finger.into(), quality });
        }
        if kind != SecretKind::None {
            // Outside the lock: a passphrase takes a while to check.
            let secret = SecretString::from(answer.secret.unwrap_or_default());
            if !proof.verify(kind, &secret)? {
                return self.refuse_secret(id, kind);
            }
        }
        self.resolve(id, Answer::Approved { account, verified })
    }

    fn refuse_secret(&self, id: u32, kind: SecretKind) -> Result<(), AppError> {
        let mut queue = self.queue();
        let open = queue.open.iter_mut().find(|open| open.id == id).ok_or_else(gone)?;
        open.tries_left = open.tries_left.saturating_sub(1);
        if open.tries_left == 0 {
            drop(queue);
            return self.resolve(id, Answer::NotVerified);
        }
        let what = if kind == SecretKind::Pin { "PIN" } else { "passphrase" };
        open.problem = Some(format!("That {what} is wrong. Try again."));
        drop(queue);
        self.changed.send_replace(());
        Ok(())
    }

    fn resolve(&self, id: u32, answer: Answer) -> Result<(), AppError> {
        let reply = self.remove(id).ok_or_else(gone)?;
        // A key that went away in this very moment needs no answer.
        let _ = reply.send(answer);
        Ok(())
    }

    /// Takes the question off the queue; its reply, where it was still there.
    fn remove(&self, id: u32) -> Option<oneshot::Sender<Answer>> {
        let mut queue = self.queue();
        let place = queue.open.iter().position(|open| open.id == id)?;
        let reply = queue.open.remove(place)?.reply;
        drop(queue);
        self.changed.send_replace(());
        reply
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> AppError {
    AppError::new(
        Code::NotFound,
        "This question is not open any more: it was answered, withdrawn by the browser, or its time was over.",
        "Start again in the browser.",
    )
}
