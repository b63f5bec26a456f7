//! Asking the person: presence, and built-in user verification (§6.5.3.1).

use ctap::Status;

use crate::{
    Authenticator,
    platform::{Answer, Question},
    state::MAX_UV_RETRIES,
};

/// Whether evidence of user interaction is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touch {
    /// It came with the token, or with built-in user verification.
    Given,
    /// The person has yet to be asked.
    Needed,
}

/// Why built-in user verification did not succeed.
pub(crate) enum Unverified {
    /// No tries are left; nobody was asked.
    Blocked,
    /// What the person gave as proof was wrong, or none was taken.
    Wrong,
    /// The question ended without a try: declined, timed out, cancelled, or the store failed.
    Ended(Status),
}

impl Authenticator {
    /// Asks for presence; the chosen account where the question has some.
    ///
    /// # Errors
    /// `OPERATION_DENIED`, `USER_ACTION_TIMEOUT` or `KEEPALIVE_CANCEL`.
    pub(crate) async fn touch(&self, question: Question) -> Result<usize, Status> {
        match self.platform.user.ask(question, self.profile.time_limit).await {
            Answer::Approved { account, .. } => Ok(account),
            Answer::Declined | Answer::NotVerified => Err(Status::OPERATION_DENIED),
            Answer::TimedOut => Err(Status::USER_ACTION_TIMEOUT),
            Answer::Cancelled => Err(Status::KEEPALIVE_CANCEL),
        }
    }

    /// performBuiltInUv with one attempt: a wrong proof ends the ceremony, so that one ceremony asks once.
    /// `question` is one that asks for proof; the chosen account comes back.
    pub(crate) async fn perform_built_in_uv(&self, question: Question) -> Result<usize, Unverified> {
        let retries = self.platform.store.state()?.uv_retries;
        if retries == 0 {
            return Err(Unverified::Blocked);
        }
        match self.platform.user.ask(question, self.profile.time_limit).await {
            Answer::Approved { account, verified: true } => {
                if retries != MAX_UV_RETRIES {
                    self.platform.store.update_state(&mut |state| state.uv_retries = MAX_UV_RETRIES)?;
                }
                Ok(account)
            }
            // Approved without proof where proof was asked for: no try was made, so none is lost.
            Answer::Approved { verified: false, .. } => Err(Unverified::Wrong),
            Answer::NotVerified => {
                let change = &mut |state: &mut crate::state::PersistentState| {
                    state.uv_retries = state.uv_retries.saturating_sub(1);
                };
                let left = self.platform.store.update_state(change)?.uv_retries;
                Err(if left == 0 { Unverified::Blocked } else { Unverified::Wrong })
            }
            Answer::Declined => Err(Unverified::Ended(Status::OPERATION_DENIED)),
            Answer::TimedOut => Err(Unverified::Ended(Status::USER_ACTION_TIMEOUT)),
            Answer::Cancelled => Err(Unverified::Ended(Status::KEEPALIVE_CANCEL)),
        }
    }

    /// The same inside makeCredential and getAssertion, with their errors (§6.1.2 step 11.2.3, §6.2.2 step
    /// 6.2.3). A person's no stays `OPERATION_DENIED`: a platform would answer `PUAT_REQUIRED` by asking again.
    pub(crate) async fn verify_user(&self, question: Question) -> Result<usize, Status> {
        let unverified = match self.perform_built_in_uv(question).await {
            Ok(account) => return Ok(account),
            Err(unverified) => unverified,
        };
        Err(match unverified {
            Unverified::Ended(status) => status,
            _ if self.pin_is_set()? => Status::PUAT_REQUIRED,
            Unverified::Blocked => Status::PIN_BLOCKED,
            Unverified::Wrong => Status::OPERATION_DENIED,
        })
    }

    /// Blocked built-in verification comes back by the PIN (§6.5.2.2). A key without a PIN would be blocked
    /// for good, and its passkeys lost; there it comes back with the power. A store that fails now fails
    /// again, and then says so, when verification is asked for.
    pub(crate) fn unblock_verification(&mut self) {
        let blocked = |state: &crate::state::PersistentState| state.uv_retries == 0 && state.pin.is_none();
        if self.platform.store.state().is_ok_and(|state| blocked(&state)) {
            let _ = self.platform.store.update_state(&mut |state| {
                if blocked(state) {
                    state.uv_retries = MAX_UV_RETRIES;
                }
            });
        }
    }
}

impl From<crate::platform::StoreError> for Unverified {
    fn from(error: crate::platform::StoreError) -> Self {
        Self::Ended(error.into())
    }
}
