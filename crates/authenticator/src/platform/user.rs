use ctap::entity::{self, RelyingParty};
use std::{future::Future, pin::Pin, time::Duration};

use super::sensor::{Finger, Quality};
use crate::profile::Kind;

/// The person, behind whatever shows the question. One question is open at a time.
pub trait User: Send + Sync {
    /// Asks, and resolves with the answer. Resolves as [`Answer::TimedOut`] after `time_limit` and as
    /// [`Answer::Cancelled`] on [`User::withdraw`]; is never dropped while open.
    fn ask(&self, question: Question, time_limit: Duration) -> AnswerFuture<'_>;

    /// Takes the open question back: the platform cancelled. Nothing where none is open.
    fn withdraw(&self);
}

/// An answer on its way.
pub type AnswerFuture<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// What the person is asked. `verify` asks that the person proves to be the owner, not only that
/// somebody is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Make a passkey of this kind for this account at this site?
    Register {
        /// The site.
        rp: RelyingParty,
        /// The account.
        user: entity::User,
        /// What would be made.
        kind: Kind,
        /// Ask for proof.
        verify: bool,
    },
    /// Sign in at this site, with one of these accounts?
    Authenticate {
        /// The site.
        rp_id: String,
        /// The accounts to choose from, newest first; at least one.
        accounts: Vec<entity::User>,
        /// Ask for proof.
        verify: bool,
    },
    /// A program that speaks U2F asks for a touch, to make this key a second factor of a site or to sign in there.
    /// U2F names a site by a hash alone.
    SecondFactor {
        /// SHA-256 of the application identity, which by WebAuthn is the RP ID.
        application: [u8; 32],
        /// Whether a registration is made; else somebody signs in.
        register: bool,
    },
    /// The site asked for something this key does not have, or already has: is anybody there?
    /// The key tells the site only after the touch (§6.1.2 step 12, §6.2.2 step 7).
    Notice {
        /// The site.
        rp_id: String,
        /// The account is already registered here (else: nothing is registered here).
        already_registered: bool,
    },
    /// A program asks for a PIN/UV token with these permission bits (§6.5.5.7): is it you?
    Verify {
        /// The site it is for, where the program said.
        rp_id: Option<String>,
        /// Permission bits.
        permissions: u8,
    },
    /// A program asks which key the person wants to use.
    Select,
    /// Erase everything on this key?
    Reset {
        /// Only a long touch counts (§6.6).
        long_touch: bool,
    },
    /// Touch the sensor, to enrol a finger (§6.7)? Answered by [`Answer::Sample`].
    Fingerprint {
        /// How many good samples are needed, this one included.
        remaining: u64,
    },
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes. `account` indexes the accounts of an [`Question::Authenticate`], else 0;
    /// `verified` says that proof was asked for and given.
    Approved {
        /// Index into the accounts.
        account: usize,
        /// Proof was given.
        verified: bool,
    },
    /// The fingerprint sensor was touched. This is how a key with [`Verification::Fingerprint`] hears that
    /// somebody who was asked for proof agrees; whether it is proof, the key itself decides.
    ///
    /// [`Verification::Fingerprint`]: crate::profile::Verification::Fingerprint
    Sample {
        /// Index into the accounts, as for [`Answer::Approved`].
        account: usize,
        /// By which finger.
        finger: Finger,
        /// How well it was read.
        quality: Quality,
    },
    /// No.
    Declined,
    /// Proof was asked for and what came was wrong.
    NotVerified,
    /// Nobody answered in time.
    TimedOut,
    /// The question was taken back.
    Cancelled,
}
