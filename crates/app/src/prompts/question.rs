use authenticator::platform::Question;
use ctap::entity;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::time::Instant;

use super::{Finger, Open, Quality, SecretKind};
use crate::{passkeys::PasskeyKind, site::registrable_domain};

/// A question as a face shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// To answer it with.
    pub id: u32,
    /// The profile of the key that asks.
    pub key: String,
    /// What is asked.
    pub kind: PromptKind,
    /// The site.
    pub rp_id: Option<String>,
    /// The part of the site's name that somebody registered, such as `example.co.uk`.
    pub registrable_domain: Option<String>,
    /// What the site calls itself: its own claim.
    pub rp_name: Option<String>,
    /// The accounts to choose from.
    pub accounts: Vec<Account>,
    /// What would be made.
    pub passkey_kind: Option<PasskeyKind>,
    /// What has to be typed.
    pub secret: SecretKind,
    /// The answer is a touch of the simulated fingerprint sensor: it names the finger.
    pub sensor: bool,
    /// How many good samples the finger that is being enrolled needs.
    pub remaining_samples: Option<u32>,
    /// Only a long touch counts.
    pub long_touch: bool,
    /// The site already has a passkey here.
    pub already_registered: bool,
    /// How often the secret may still be tried.
    pub tries_left: Option<u32>,
    /// The whole time, in milliseconds.
    pub time_limit_ms: u32,
    /// What is left of it, in milliseconds.
    pub remaining_ms: u32,
    /// What was wrong with the last answer.
    pub problem: Option<String>,
}

/// What a question asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum PromptKind {
    /// Make a passkey?
    Register,
    /// Sign in?
    Authenticate,
    /// Nothing to be done here but to say that somebody is there.
    Notice,
    /// Let a program act for you?
    Verify,
    /// Use this key?
    Select,
    /// Erase this key?
    Reset,
    /// Enrol a finger?
    Fingerprint,
}

/// An account as the site names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Such as an e-mail address.
    pub name: Option<String>,
    /// The person's name.
    pub display_name: Option<String>,
}

/// What a face answers. The secret is taken in, never given out.
#[derive(Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromptAnswer {
    /// Yes or no.
    pub approve: bool,
    /// Index into the accounts.
    pub account: u32,
    /// What was typed.
    pub secret: Option<String>,
    /// Which finger touched the sensor.
    #[specta(optional)]
    pub finger: Option<Finger>,
    /// How well it was read; well where absent.
    #[specta(optional)]
    pub quality: Option<Quality>,
}

impl PromptAnswer {
    /// A no.
    pub fn decline() -> Self {
        Self { approve: false, account: 0, secret: None, finger: None, quality: None }
    }

    /// A yes to the first account, with what was typed.
    pub fn approve(secret: Option<String>) -> Self {
        Self { approve: true, account: 0, secret, finger: None, quality: None }
    }

    /// A touch of the sensor.
    pub fn touch(finger: Finger, quality: Quality) -> Self {
        Self { finger: Some(finger), quality: Some(quality), ..Self::approve(None) }
    }
}

impl Open {
    pub(super) fn accounts(&self) -> usize {
        if let Question::Authenticate { accounts, .. } = &self.question { accounts.len() } else { 0 }
    }

    pub(super) fn prompt(&self) -> Prompt {
        let mut prompt = Prompt {
            id: self.id,
            key: self.key.clone(),
            kind: PromptKind::Select,
            rp_id: None,
            registrable_domain: None,
            rp_name: None,
            accounts: Vec::new(),
            passkey_kind: None,
            secret: self.secret,
            sensor: self.sensor,
            remaining_samples: None,
            long_touch: false,
            already_registered: false,
            tries_left: (self.secret != SecretKind::None).then_some(self.tries_left),
            time_limit_ms: milliseconds(self.time_limit),
            remaining_ms: milliseconds(self.deadline.saturating_duration_since(Instant::now())),
            problem: self.problem.clone(),
        };
        match &self.question {
            Question::Register { rp, user, kind, .. } => {
                prompt.kind = PromptKind::Register;
                prompt.rp_name.clone_from(&rp.name);
                prompt.accounts = vec![account(user)];
                prompt.passkey_kind = Some((*kind).into());
                prompt.rp_id = Some(rp.id.clone());
            }
            Question::Authenticate { rp_id, accounts, .. } => {
                prompt.kind = PromptKind::Authenticate;
                prompt.accounts = accounts.iter().map(account).collect();
                prompt.rp_id = Some(rp_id.clone());
            }
            // The hash that U2F names a site by tells a person nothing.
            Question::SecondFactor { register, .. } => {
                prompt.kind = if *register { PromptKind::Register } else { PromptKind::Authenticate };
            }
            Question::Notice { rp_id, already_registered } => {
                prompt.kind = PromptKind::Notice;
                prompt.already_registered = *already_registered;
                prompt.rp_id = Some(rp_id.clone());
            }
            Question::Verify { rp_id, .. } => {
                prompt.kind = PromptKind::Verify;
                prompt.rp_id.clone_from(rp_id);
            }
            Question::Select => prompt.kind = PromptKind::Select,
            Question::Reset { long_touch } => {
                prompt.kind = PromptKind::Reset;
                prompt.long_touch = *long_touch;
            }
            Question::Fingerprint { remaining } => {
                prompt.kind = PromptKind::Fingerprint;
                prompt.remaining_samples = u32::try_from(*remaining).ok();
            }
        }
        prompt.registrable_domain = prompt.rp_id.as_deref().map(registrable_domain);
        prompt
    }
}

fn account(user: &entity::User) -> Account {
    Account { name: user.name.clone(), display_name: user.display_name.clone() }
}

fn milliseconds(duration: std::time::Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
