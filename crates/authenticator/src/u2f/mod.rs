//! CTAP1/U2F (§10; FIDO U2F raw message formats 1.2).
//!
//! Nothing is stored for a registration: a key handle carries what its key is derived from ([`KeyHandles`]). A
//! credential of CTAP2 is a key handle too, and a key handle a credential of CTAP2 (§10.3).

mod credential;
mod key_handle;

use ctap::{
    apdu::{Command, Response, StatusWord},
    cose,
    u2f::{Authentication, Control, Registration, Request},
};

use crate::{
    Authenticator,
    attestation::Attester,
    platform::{Answer, Question, StoreError},
};
use credential::Known;
use key_handle::KeyHandles;

impl Authenticator {
    /// Answers one raw message, an APDU as CTAPHID_MSG carries it, by a response APDU. Where a touch is needed,
    /// it waits for the person.
    pub async fn handle_u2f(&mut self, apdu: &[u8]) -> Vec<u8> {
        let answer = match self.u2f_question(apdu) {
            Some(question) => Some(self.platform.user.ask(question, self.profile.time_limit).await),
            None => None,
        };
        self.answer_u2f(apdu, answer)
    }

    /// What the person is to be asked before this message can be done; `None` where it needs no touch, or will be
    /// refused. For transports whose clients poll: they ask in their own time, and
    /// [`Authenticator::answer_u2f`] meanwhile says that a touch is missing.
    pub fn u2f_question(&self, apdu: &[u8]) -> Option<Question> {
        match self.decode_u2f(apdu).ok()? {
            Request::Register { application, .. } => Some(register_question(application)),
            Request::Authenticate {
                control: Control::EnforceUserPresenceAndSign,
                application,
                key_handle,
                ..
            } => {
                let known = self.known_to_u2f(&application, &key_handle).ok()??;
                Some(known.question(application))
            }
            Request::Authenticate { .. } | Request::Version => None,
        }
    }

    /// Answers one raw message, given what the person said to its question, or that nobody said anything yet.
    pub fn answer_u2f(&mut self, apdu: &[u8], answer: Option<Answer>) -> Vec<u8> {
        let result = self.decode_u2f(apdu).and_then(|request| self.u2f(request, answer));
        result.map_or_else(Response::from, Response::success).encode()
    }

    /// Whether U2F messages are taken: the profile has U2F, and alwaysUv does not rule it out (§7.2.4), as U2F
    /// knows no user verification.
    pub fn speaks_u2f(&self) -> Result<bool, StoreError> {
        Ok(self.profile.has_version("U2F_V2")
            && self.profile.always_uv(&*self.platform.store.state()?) != Some(true))
    }

    /// Whether CTAP2 messages are taken.
    pub fn speaks_ctap2(&self) -> bool {
        self.profile.versions.iter().any(|version| version.starts_with("FIDO_"))
    }

    fn decode_u2f(&self, apdu: &[u8]) -> Result<Request, StatusWord> {
        if !self.profile.has_version("U2F_V2") {
            return Err(StatusWord::INS_NOT_SUPPORTED);
        }
        let request = Request::decode(&Command::decode(apdu)?)?;
        if request != Request::Version && !self.speaks_u2f()? {
            return Err(StatusWord::COMMAND_NOT_ALLOWED);
        }
        Ok(request)
    }

    fn u2f(&mut self, request: Request, answer: Option<Answer>) -> Result<Vec<u8>, StatusWord> {
        match request {
            Request::Version => Ok(ctap::u2f::VERSION.into()),
            Request::Register { challenge, application } => {
                touched(answer)?;
                self.u2f_register(&challenge, &application)
            }
            Request::Authenticate { control, challenge, application, key_handle } => {
                let known = self.known_to_u2f(&application, &key_handle)?.ok_or(StatusWord::WRONG_DATA)?;
                let user_present = match control {
                    // "It is known" is said by the status word that asks for a touch (§5.1).
                    Control::CheckOnly => return Err(StatusWord::CONDITIONS_NOT_SATISFIED),
                    Control::EnforceUserPresenceAndSign => touched(answer).map(|()| true)?,
                    Control::DontEnforceUserPresenceAndSign => false,
                };
                self.u2f_sign(known, user_present, &challenge, &application)
            }
        }
    }

    /// §4.3
    fn u2f_register(&self, challenge: &[u8; 32], application: &[u8; 32]) -> Result<Vec<u8>, StatusWord> {
        let key_handles = KeyHandles::of(&self.root_secret()?);
        let (key_handle, key) =
            key_handles.generate(application, &*self.platform.rng).ok_or(StatusWord::UNKNOWN)?;
        let cose::PublicKey::P256 { x, y, .. } = key.public_key() else { return Err(StatusWord::UNKNOWN) };
        let mut public_key = [0x04; 65];
        for (to, from) in public_key.iter_mut().skip(1).zip(x.iter().chain(&y)) {
            *to = *from;
        }
        let attester = Attester::batch(self.profile.aaguid).map_err(|_| StatusWord::UNKNOWN)?;
        let signed = Registration::signed(application, challenge, &key_handle, &public_key);
        let signature = attester.sign(&signed);
        Ok(Registration { public_key, key_handle, certificate: attester.certificate, signature }.encode())
    }

    /// §5.4: the counter that is signed is the one that was committed.
    fn u2f_sign(
        &self,
        known: Known,
        user_present: bool,
        challenge: &[u8; 32],
        application: &[u8; 32],
    ) -> Result<Vec<u8>, StatusWord> {
        let (key, counter) = self.count_for_u2f(known, user_present)?;
        let signed = Authentication::signed(application, user_present, counter, challenge);
        Ok(Authentication { user_present, counter, signature: key.sign(&signed) }.encode())
    }
}

/// Platforms that only want a touch register at a site that cannot be: no hash is 32 times the same byte.
fn register_question(application: [u8; 32]) -> Question {
    let [first, rest @ ..] = application;
    if rest.iter().all(|byte| *byte == first) {
        return Question::Select;
    }
    Question::SecondFactor { application, register: true }
}

/// A person's no has a status word of its own: asked for a touch once more, the client would ask the person again.
fn touched(answer: Option<Answer>) -> Result<(), StatusWord> {
    match answer {
        Some(Answer::Approved { .. }) => Ok(()),
        Some(Answer::Declined | Answer::NotVerified) => Err(StatusWord::COMMAND_NOT_ALLOWED),
        _ => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
    }
}

impl From<StoreError> for StatusWord {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::NOT_ENOUGH_MEMORY,
            StoreError::Locked => Self::COMMAND_NOT_ALLOWED,
            StoreError::Failed(_) => Self::UNKNOWN,
        }
    }
}
