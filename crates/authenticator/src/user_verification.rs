//! Asking the person: presence, and built-in user verification (§6.5.3.1).

use std::sync::atomic::Ordering;

use ctap::Status;

use crate::{
    Authenticator,
    platform::{Answer, Finger, Quality, Question},
    state::{MAX_UV_RETRIES, PersistentState},
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

/// What the person gave.
enum Proof {
    Right,
    Wrong,
    None,
}

impl Authenticator {
    /// Asks for presence; the chosen account where the question has some.
    ///
    /// # Errors
    /// `OPERATION_DENIED`, `USER_ACTION_TIMEOUT` or `KEEPALIVE_CANCEL`.
    pub(crate) async fn touch(&self, question: Question) -> Result<usize, Status> {
        match self.platform.user.ask(question, self.profile.time_limit).await {
            Answer::Approved { account, .. } | Answer::Sample { account, .. } => Ok(account),
            Answer::Declined | Answer::NotVerified => Err(Status::OPERATION_DENIED),
            Answer::TimedOut => Err(Status::USER_ACTION_TIMEOUT),
            Answer::Cancelled => Err(Status::KEEPALIVE_CANCEL),
        }
    }

    /// performBuiltInUv with one attempt: a wrong proof ends the ceremony, so that one ceremony asks once.
    /// `question` is one that asks for proof; the chosen account comes back.
    pub(crate) async fn perform_built_in_uv(&self, question: Question) -> Result<usize, Unverified> {
        let state = self.platform.store.state()?;
        if state.uv_retries == 0 {
            return Err(Unverified::Blocked);
        }
        self.state.uv_count.fetch_add(1, Ordering::Relaxed);
        let (account, proof) = match self.platform.user.ask(question, self.profile.time_limit).await {
            Answer::Approved { account, verified } => (account, self.approval(verified)),
            Answer::Sample { account, finger, quality } => (account, self.sample(&state, finger, quality)),
            Answer::NotVerified => (0, Proof::Wrong),
            Answer::Declined => return Err(Unverified::Ended(Status::OPERATION_DENIED)),
            Answer::TimedOut => return Err(Unverified::Ended(Status::USER_ACTION_TIMEOUT)),
            Answer::Cancelled => return Err(Unverified::Ended(Status::KEEPALIVE_CANCEL)),
        };
        match proof {
            Proof::Right => {
                if state.uv_retries != MAX_UV_RETRIES {
                    self.platform.store.update_state(&mut |state| state.uv_retries = MAX_UV_RETRIES)?;
                }
                Ok(account)
            }
            // No try was made, so none is lost.
            Proof::None => Err(Unverified::Wrong),
            Proof::Wrong => {
                let change = &mut |state: &mut PersistentState| {
                    state.uv_retries = state.uv_retries.saturating_sub(1);
                };
                let left = self.platform.store.update_state(change)?.uv_retries;
                Err(if left == 0 { Unverified::Blocked } else { Unverified::Wrong })
            }
        }
    }

    /// Approved where proof was asked for. A key with a sensor takes no other proof than a touch of it.
    fn approval(&self, verified: bool) -> Proof {
        if verified && !self.profile.has_sensor() { Proof::Right } else { Proof::None }
    }

    /// What was read badly is compared with nothing.
    fn sample(&self, state: &PersistentState, finger: Finger, quality: Quality) -> Proof {
        if !self.profile.has_sensor() || quality != Quality::Good {
            return Proof::None;
        }
        let enrolled = state.fingerprints.iter().any(|enrolled| enrolled.finger == finger);
        if enrolled { Proof::Right } else { Proof::Wrong }
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

    /// §6.1.2 step 6 and §6.2.2 step 5: whether the key itself verifies the person, who may not have been
    /// asked for it. With `alwaysUv` nothing goes without.
    pub(crate) fn always_uv(&self, uv: bool, token: bool) -> Result<bool, Status> {
        if uv || !self.always_verifies()? || (token && self.is_protected()?) {
            return Ok(uv);
        }
        if self.verifies()? {
            return Ok(true);
        }
        let by_pin = self.profile.features.client_pin;
        Err(if by_pin { Status::PUAT_REQUIRED } else { Status::OPERATION_DENIED })
    }

    /// Blocked built-in verification comes back by the PIN (§6.5.2.2). A key without a PIN would be blocked
    /// for good, and its passkeys lost; there it comes back with the power. A store that fails now fails
    /// again, and then says so, when verification is asked for.
    pub(crate) fn unblock_verification(&mut self) {
        let blocked = |state: &PersistentState| state.uv_retries == 0 && state.pin.is_none();
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
