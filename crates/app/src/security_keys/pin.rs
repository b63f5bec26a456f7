//! The PIN of a key: its state, setting and changing it (`key pin`; authenticatorClientPIN, CTAP 2.3 §6.5).

use ctap::Status;
use secrecy::SecretString;
use security_key::{Error, Pin};
use serde::Serialize;
use specta::Type;

use super::OpenKey;
use crate::{
    App,
    error::{AppError, Code},
};

/// A key's PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PinStatus {
    /// How it stands with it.
    pub state: PinState,
    /// How often it may still be wrong before only a reset helps.
    pub tries_left: Option<u32>,
    /// How often the key's own verification, such as a finger, may still fail before the key wants the PIN.
    pub own_verification_tries_left: Option<u32>,
    /// What a new one must be.
    pub rules: PinRules,
}

/// How it stands with a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum PinState {
    /// The key takes none.
    Unsupported,
    /// None is set yet.
    NotSet,
    /// It is set and taken.
    Set,
    /// It is taken for nothing but changing it.
    MustChange,
    /// Three wrong ones came in a row: none is taken until the key is plugged in again.
    ReplugFirst,
    /// No tries are left: only a reset helps.
    Blocked,
}

/// What a new PIN must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PinRules {
    /// In characters.
    pub min_length: u32,
    /// In characters.
    pub max_length: u32,
    /// In bytes of UTF-8.
    pub max_bytes: u32,
    /// The key refuses those that are easily guessed.
    pub complexity: bool,
    /// Where its maker tells what that means.
    pub complexity_url: Option<String>,
}

impl App {
    /// How it stands with the PIN of a key. Costs no try.
    ///
    /// # Errors
    /// `device-gone`, `busy`.
    pub async fn key_pin(&self, key: &mut OpenKey) -> Result<PinStatus, AppError> {
        self.cancellable(async {
            key.refresh().await?;
            key.pin_status().await
        })
        .await
    }

    /// Sets the first PIN of a key. It can be changed, and taken off again by nothing but a reset.
    ///
    /// # Errors
    /// `usage` for one that the key does not take, and for a key that has one or takes none.
    pub async fn set_key_pin(&self, key: &mut OpenKey, new: &SecretString) -> Result<(), AppError> {
        self.cancellable(async {
            key.refresh().await?;
            match key.pin_option() {
                None => return Err(no_pin()),
                Some(true) => {
                    return Err(AppError::new(
                        Code::Usage,
                        "The key has a PIN already.",
                        "Change it: `latchkey key pin change`.",
                    ));
                }
                Some(false) => {}
            }
            let pin = key.new_pin(new)?;
            let set = key.session.set_pin(&key.info, &pin).await;
            key.settled_pin("setting its PIN", set, new).await
        })
        .await
    }

    /// Changes the PIN of a key from the one that is at hand. Read-only tokens of the key end with it.
    ///
    /// # Errors
    /// `pin-needed` where the present one is not at hand, `wrong-secret`, `pin-blocked`; `usage` for a new one that the
    /// key does not take, and for a key without a PIN.
    pub async fn change_key_pin(&self, key: &mut OpenKey, new: &SecretString) -> Result<(), AppError> {
        self.cancellable(async {
            key.require_pin().await?;
            let current = key.pin.clone().ok_or_else(no_pin)?;
            let wrong = |fault| AppError::of_key("checking its PIN", Error::Pin(fault));
            let current = Pin::existing(&current).map_err(wrong)?;
            let pin = key.new_pin(new)?;
            let changed = key.session.change_pin(&key.info, &current, &pin).await;
            key.settled_pin("changing its PIN", changed, new).await
        })
        .await
    }
}

impl OpenKey {
    /// Whether the PIN is at hand; asked before a person is asked for more.
    ///
    /// # Errors
    /// `pin-needed` with the tries that are left, `pin-blocked` where typing it would not help, `usage` for a key
    /// without one.
    pub async fn require_pin(&mut self) -> Result<(), AppError> {
        match self.pin_option() {
            None => return Err(no_pin()),
            Some(false) => {
                return Err(AppError::new(
                    Code::Usage,
                    "The key has no PIN yet.",
                    "Set one: `latchkey key pin set`.",
                ));
            }
            Some(true) => {}
        }
        let retries = self.session.pin_retries().await;
        let retries = retries.map_err(|error| AppError::of_key("telling its tries", error))?;
        if self.pin.is_some() && retries.left > 0 && !retries.power_cycle {
            return Ok(());
        }
        let needed = Error::PinNeeded { retries: Some(retries.left), power_cycle: retries.power_cycle };
        Err(AppError::of_key("checking its PIN", needed))
    }

    async fn pin_status(&mut self) -> Result<PinStatus, AppError> {
        let failed = |error| AppError::of_key("telling its tries", error);
        let retries = match self.pin_option() {
            Some(true) => Some(self.session.pin_retries().await.map_err(failed)?),
            _ => None,
        };
        let state = match (self.pin_option(), retries) {
            (None, _) => PinState::Unsupported,
            (Some(false), _) => PinState::NotSet,
            (_, Some(retries)) if retries.left == 0 => PinState::Blocked,
            (_, Some(retries)) if retries.power_cycle => PinState::ReplugFirst,
            _ if self.info.force_pin_change == Some(true) => PinState::MustChange,
            _ => PinState::Set,
        };
        let own = if self.option("uv") == Some(true) { self.session.uv_retries().await.ok() } else { None };
        Ok(PinStatus {
            state,
            tries_left: retries.and_then(|retries| u32::try_from(retries.left).ok()),
            own_verification_tries_left: own.and_then(|left| u32::try_from(left).ok()),
            rules: PinRules::of(self),
        })
    }

    pub(crate) fn option(&self, id: &str) -> Option<bool> {
        self.info.options.iter().find(|(option, _)| option == id).map(|(_, set)| *set)
    }

    fn pin_option(&self) -> Option<bool> {
        self.option("clientPin")
    }

    fn new_pin(&self, typed: &SecretString) -> Result<Pin, AppError> {
        Pin::new(typed, &security_key::PinRules::of(&self.info)).map_err(|fault| {
            AppError::new(Code::Usage, fault.to_string(), "Choose another PIN; nothing was changed.")
        })
    }

    /// From then on the new PIN is the one at hand.
    async fn settled_pin(
        &mut self,
        doing: &str,
        done: Result<(), Error>,
        new: &SecretString,
    ) -> Result<(), AppError> {
        match done {
            Ok(()) => {
                self.pin = Some(new.clone());
                self.refresh().await
            }
            Err(Error::Status(Status::PIN_POLICY_VIOLATION)) => Err(AppError {
                ctap_status: Some(Status::PIN_POLICY_VIOLATION.0),
                ..AppError::new(
                    Code::Usage,
                    "The key does not take this PIN: it is too short for its policy, too easily guessed, or one that was set before.",
                    "Choose another PIN; nothing was changed.",
                )
            }),
            Err(error) => Err(self.failed(doing, error).await),
        }
    }
}

impl PinRules {
    /// What this key wants of a new PIN.
    pub fn of(key: &OpenKey) -> Self {
        let rules = security_key::PinRules::of(&key.info);
        let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            min_length: number(rules.min_length),
            max_length: number(rules.max_length),
            max_bytes: u32::try_from(rules.max_bytes).unwrap_or(u32::MAX),
            complexity: rules.complexity,
            complexity_url: rules.complexity_url.as_deref().map(super::naming::plain),
        }
    }
}

fn no_pin() -> AppError {
    AppError::new(
        Code::Usage,
        "This key takes no PIN.",
        "Use a key that does: `latchkey key info` says which.",
    )
}
