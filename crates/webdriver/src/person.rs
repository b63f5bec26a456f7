use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use authenticator::platform::{Answer, AnswerFuture, Question, User};

/// Who answers a virtual authenticator's questions, at once: `isUserConsenting` decides every gesture of consent,
/// `isUserVerified` every user verification (§11.2).
pub(crate) struct Person {
    consenting: bool,
    verified: AtomicBool,
}

impl Person {
    pub(crate) fn new(consenting: bool, verified: bool) -> Self {
        Self { consenting, verified: AtomicBool::new(verified) }
    }

    pub(crate) fn set_verified(&self, verified: bool) {
        self.verified.store(verified, Ordering::Relaxed);
    }

    pub(crate) fn is_verified(&self) -> bool {
        self.verified.load(Ordering::Relaxed)
    }
}

impl User for Person {
    fn ask(&self, _question: Question, _time_limit: Duration) -> AnswerFuture<'_> {
        // Consent without proof, not a wrong proof: tries would run out, and verification that is switched on
        // again could not succeed.
        let answer = if self.consenting {
            Answer::Approved { account: 0, verified: self.is_verified() }
        } else {
            Answer::Declined
        };
        Box::pin(std::future::ready(answer))
    }

    fn withdraw(&self) {}
}
