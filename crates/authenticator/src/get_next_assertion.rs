//! authenticatorGetNextAssertion (§6.3).

use std::{time::Duration, vec};

use ctap::{Status, get_assertion::Response};

use crate::{Authenticator, credential::Credential, get_assertion::Ceremony};

/// How long the next account may be asked for.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The accounts that a getAssertion found and has not told of.
pub(crate) struct Remembered {
    ceremony: Ceremony,
    rest: vec::IntoIter<Credential>,
    since: Duration,
}

impl Remembered {
    /// Starts the timer at `since`.
    pub(crate) fn new(ceremony: Ceremony, rest: vec::IntoIter<Credential>, since: Duration) -> Self {
        Self { ceremony, rest, since }
    }
}

impl Authenticator {
    /// The next account's assertion; the timer starts again.
    pub(crate) fn get_next_assertion(&mut self) -> Result<Response, Status> {
        let mut remembered = self.state.assertions.take().ok_or(Status::NOT_ALLOWED)?;
        let now = self.platform.clock.uptime();
        if now.saturating_sub(remembered.since) > TIME_LIMIT {
            return Err(Status::NOT_ALLOWED);
        }
        let credential = remembered.rest.next().ok_or(Status::NOT_ALLOWED)?;
        let response = self.assert(&remembered.ceremony, &credential)?;
        remembered.since = now;
        self.state.assertions = Some(remembered);
        Ok(response)
    }
}
