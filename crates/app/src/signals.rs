//! `passkey signal` and the lab: what sites say of their passkeys (WebAuthn §5.1.10), done in the vault.

use serde::Serialize;
use specta::Type;
use webauthn::signal::Signal;

use crate::{
    App, Change,
    error::{AppError, Code},
    passkeys::Passkey,
    vault::explain,
};
use ::vault::{SignalEffect as Effect, Vault};

/// What a signal did to a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Signalled {
    /// What was done to it.
    pub effect: SignalEffect,
    /// The passkey as it is now.
    pub passkey: Passkey,
}

/// What signals do to passkeys. None destroys one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum SignalEffect {
    /// Its site is not offered it any more.
    Hidden,
    /// Its site is offered it again.
    Shown,
    /// The account has another name.
    Renamed,
}

impl App {
    /// Reads signals as JSON: one of the three dictionaries, or a list of them.
    ///
    /// # Errors
    /// `usage` for what is none.
    pub fn read_signals(json: &str) -> Result<Vec<Signal>, AppError> {
        let one = |error| {
            let parsed = serde_json::from_str::<Signal>(json).map(|signal| vec![signal]);
            parsed.map_err(|_| not_understood(&error))
        };
        serde_json::from_str::<Vec<Signal>>(json).or_else(one)
    }

    /// Does what a site says, and tells what changed.
    ///
    /// # Errors
    /// `locked`; `failed` for names that are too long.
    pub fn signal(&self, signal: &Signal) -> Result<Vec<Signalled>, AppError> {
        let signalled = apply(&self.open_vault()?, signal)?;
        if !signalled.is_empty() {
            self.changed(Change::Passkeys);
        }
        Ok(signalled)
    }
}

/// What came of a signal of the lab, in a sentence for its page. A lab whose vault is locked signs in all the same.
pub(crate) fn heed(vault: Option<&Vault>, signal: &Signal) -> String {
    let Some(vault) = vault else {
        return "There is no vault here to hear it.".to_owned();
    };
    match apply(vault, signal) {
        Ok(signalled) if signalled.is_empty() => "Nothing changed in the vault.".to_owned(),
        Ok(signalled) => sentence(&signalled),
        Err(error) => format!("Not done: {}", error.message),
    }
}

fn sentence(signalled: &[Signalled]) -> String {
    let count = |effect| signalled.iter().filter(|one| one.effect == effect).count();
    let said = [
        (count(SignalEffect::Hidden), "hidden"),
        (count(SignalEffect::Shown), "offered again"),
        (count(SignalEffect::Renamed), "renamed"),
    ];
    let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| match count {
        1 => format!("1 passkey {what}"),
        count => format!("{count} passkeys {what}"),
    });
    format!("In the vault: {}.", said.collect::<Vec<_>>().join(", "))
}

fn apply(vault: &Vault, signal: &Signal) -> Result<Vec<Signalled>, AppError> {
    let signalled = vault.apply(&of_vault(signal)).map_err(explain)?;
    Ok(signalled.into_iter().map(Signalled::from).collect())
}

fn of_vault(signal: &Signal) -> ::vault::Signal {
    match signal.clone() {
        Signal::UnknownCredential(options) => ::vault::Signal::UnknownCredential {
            rp_id: options.rp_id,
            credential_id: options.credential_id.0,
        },
        Signal::AllAcceptedCredentials(options) => ::vault::Signal::AllAcceptedCredentials {
            rp_id: options.rp_id,
            user_id: options.user_id.0,
            all_accepted_credential_ids: options
                .all_accepted_credential_ids
                .into_iter()
                .map(|id| id.0)
                .collect(),
        },
        Signal::CurrentUserDetails(options) => ::vault::Signal::CurrentUserDetails {
            rp_id: options.rp_id,
            user_id: options.user_id.0,
            name: options.name,
            display_name: options.display_name,
        },
    }
}

impl From<::vault::Signalled> for Signalled {
    fn from(signalled: ::vault::Signalled) -> Self {
        let effect = match signalled.effect {
            Effect::Hidden => SignalEffect::Hidden,
            Effect::Shown => SignalEffect::Shown,
            Effect::Renamed => SignalEffect::Renamed,
        };
        Self { effect, passkey: signalled.passkey.into() }
    }
}

fn not_understood(error: &serde_json::Error) -> AppError {
    AppError::new(
        Code::Usage,
        format!("This is no signal of a site: {error}."),
        "Give the options of signalUnknownCredential, signalAllAcceptedCredentials or signalCurrentUserDetails \
         (WebAuthn Level 3, section 5.1.10) as JSON, or a list of them.",
    )
}
