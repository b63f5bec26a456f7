//! How the person proves to be the key's owner, and the token that a session holds for it.

use ctap::{Request, Response, Status, get_info};

use crate::{Error, Permissions, PersistentToken, Pin, Session, Token, Transport, token::states};

/// What the person brings to prove to be the owner. What is not at hand is asked for by the caller, after
/// [`Error::PinNeeded`].
pub enum Proof {
    /// Nothing beside themselves: the key verifies by its own means, where it can.
    BuiltIn,
    /// The key's PIN.
    Pin(Pin),
    /// A read-only token from before: good for reading the list of credentials, without asking anybody.
    Kept(PersistentToken),
}

/// How a key finds out whether the person is its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// By its own means: a sensor, a question.
    BuiltIn,
    /// By a PIN that this program asks for.
    Pin,
    /// It cannot, as it is set up now.
    None,
}

/// What an operation needs a token for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) permissions: Permissions,
    pub(crate) rp_id: Option<&'a str>,
}

/// The token in use.
pub(crate) struct Held {
    permissions: Permissions,
    rp_id: Option<String>,
    token: Token,
}

/// Of CTAP 2.0, for what is PIN_AUTH_INVALID since.
const PIN_TOKEN_EXPIRED: Status = Status(0x38);

impl Verification {
    /// What the key states: its own means before a PIN.
    pub fn of(info: &get_info::Response) -> Self {
        if states(info, "uv") {
            Self::BuiltIn
        } else if states(info, "clientPin") {
            Self::Pin
        } else {
            Self::None
        }
    }
}

impl Wanted<'_> {
    /// A token for all sites.
    pub(crate) const fn everywhere(permissions: Permissions) -> Self {
        Self { permissions, rp_id: None }
    }
}

impl Held {
    fn serves(&self, wanted: Wanted<'_>) -> bool {
        let at_site = self.rp_id.as_deref().is_none_or(|bound| wanted.rp_id == Some(bound));
        at_site && self.permissions.include(wanted.permissions)
    }
}

impl<T: Transport> Session<T> {
    /// Gets a token for several operations that follow, so that the person proves once: as long as it lives, they use
    /// it. A key has one token in use, so this one takes the place of any other (CTAP 2.3 §6.5.2.1).
    ///
    /// # Errors
    /// As [`Session::token`].
    pub async fn authorize(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        permissions: Permissions,
    ) -> Result<(), Error> {
        self.held_token(info, proof, Wanted::everywhere(permissions)).await.map(drop)
    }

    /// A new token, not kept by the session.
    ///
    /// # Errors
    /// [`Error::PinNeeded`] where a PIN is wanted and not at hand, [`Error::Unprotected`] where the key has none; as
    /// [`Session::token_by_pin`] and [`Session::token_by_uv`].
    pub async fn token(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        permissions: Permissions,
        rp_id: Option<&str>,
    ) -> Result<Token, Error> {
        // Whatever is asked now, the key forgets the tokens that it gave out before.
        self.forget_tokens();
        let built_in = Verification::of(info) == Verification::BuiltIn;
        match proof {
            Proof::Pin(pin) if states(info, "clientPin") => {
                self.token_by_pin(info, pin, permissions, rp_id).await
            }
            _ if built_in => match self.token_by_uv(info, permissions, rp_id).await {
                Err(Error::Status(Status::UV_BLOCKED)) if states(info, "clientPin") => {
                    Err(self.pin_needed().await)
                }
                other => other,
            },
            _ if states(info, "clientPin") => Err(self.pin_needed().await),
            _ => Err(Error::Unprotected),
        }
    }

    /// Sends what `request` makes of a token. One that was held and has expired is asked for once more.
    pub(crate) async fn send_proven(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        wanted: Wanted<'_>,
        request: impl Fn(&Token) -> (u8, Request) + Send + Sync,
    ) -> Result<Response, Error> {
        let (token, fresh) = self.held_token(info, proof, wanted).await?;
        let (command, message) = request(&token);
        match self.send_as(command, &message).await {
            Err(Error::Status(status)) if expired(status) => {
                self.forget_tokens();
                if fresh {
                    return Err(Error::Status(status));
                }
                let (token, _) = self.held_token(info, proof, wanted).await?;
                let (command, message) = request(&token);
                self.send_as(command, &message).await
            }
            other => other,
        }
    }

    /// [`Session::send_proven`], but that a key which nothing protects takes the request without a proof.
    pub(crate) async fn send_proven_where_protected(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        wanted: Wanted<'_>,
        request: impl Fn(Option<&Token>) -> Request + Send + Sync,
    ) -> Result<Response, Error> {
        if Verification::of(info) == Verification::None {
            return match self.send(&request(None)).await {
                Err(Error::Status(Status::PUAT_REQUIRED)) => Err(Error::Unprotected),
                other => other,
            };
        }
        let proven = |token: &Token| {
            let request = request(Some(token));
            (request.command() as u8, request)
        };
        self.send_proven(info, proof, wanted, proven).await
    }

    /// The token that is held where it serves, else a new one; whether it is new.
    async fn held_token(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        wanted: Wanted<'_>,
    ) -> Result<(Token, bool), Error> {
        if let Some(held) = self.held.as_ref().filter(|held| held.serves(wanted)) {
            return Ok((held.token.clone(), false));
        }
        let token = self.token(info, proof, wanted.permissions, wanted.rp_id).await?;
        // getPinToken gives one that is good for all that the key can do.
        let by_pin = matches!(proof, Proof::Pin(_)) && states(info, "clientPin");
        self.held = Some(if by_pin && !states(info, "pinUvAuthToken") {
            Held { permissions: Permissions(u8::MAX), rp_id: None, token: token.clone() }
        } else {
            let rp_id = wanted.rp_id.map(str::to_owned);
            Held { permissions: wanted.permissions, rp_id, token: token.clone() }
        });
        Ok((token, true))
    }

    /// Has the session forget what it holds; the key is not told.
    pub fn forget_tokens(&mut self) {
        self.held = None;
    }

    async fn pin_needed(&mut self) -> Error {
        match self.pin_retries().await {
            Ok(retries) => Error::PinNeeded { retries: Some(retries.left), power_cycle: retries.power_cycle },
            // A key that tells no number still wants its PIN.
            Err(Error::Status(_) | Error::Answer(..)) => {
                Error::PinNeeded { retries: None, power_cycle: false }
            }
            Err(error) => error,
        }
    }
}

pub(crate) fn expired(status: Status) -> bool {
    status == Status::PIN_AUTH_INVALID || status == PIN_TOKEN_EXPIRED
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
