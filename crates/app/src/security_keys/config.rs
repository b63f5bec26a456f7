//! The settings of a key, each told before it is changed and read back after (`key config`; authenticatorConfig,
//! CTAP 2.3 §6.11).

use security_key::{Error, PinPolicy, Setting};
use serde::Serialize;
use specta::Type;

use super::OpenKey;
use crate::{
    App,
    error::{AppError, Code},
};

/// A change to a key's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Whether the key verifies its owner each time.
    AlwaysUv(bool),
    /// The shortest PIN that can be set, in characters, and the sites that may read it, in place of those before.
    MinPinLength {
        /// As it is where `None`.
        length: Option<u32>,
        /// As they are where empty.
        rp_ids: Vec<String>,
    },
    /// The PIN has to be changed before anything else is done with it.
    ForcePinChange,
    /// PINs that are easily guessed are refused.
    PinComplexity,
    /// Sites of an organisation may be told which single key it is.
    EnterpriseAttestation,
    /// A reset wants a touch of several seconds.
    LongTouch,
}

/// What a change would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangePreview {
    /// What changes, as one or two sentences.
    pub text: String,
    /// Nothing but a reset, which erases every passkey, takes it back.
    pub undone_only_by_reset: bool,
    /// It is so already.
    pub nothing_to_do: bool,
}

/// What a key says after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDone {
    /// The member of getInfo that tells of it.
    pub member: String,
    /// What it says now; null where the key does not tell.
    pub state: Option<String>,
    /// The PIN has to be changed now.
    pub pin_must_change: bool,
}

impl App {
    /// What a change would do, before anything is sent.
    ///
    /// # Errors
    /// `usage` where the key does not know the setting, or a length would fall.
    pub async fn preview_key_change(
        &self,
        key: &mut OpenKey,
        change: &KeyChange,
    ) -> Result<ChangePreview, AppError> {
        key.refresh().await?;
        // A key that does not say whether it can is asked: trying tells.
        if change.settings().any(|setting| setting.support(&key.info) == Some(false)) {
            return Err(AppError::new(
                Code::Usage,
                format!("This key does not know {}.", change.name()),
                "`latchkey key info` says what it knows.",
            ));
        }
        Ok(ChangePreview {
            text: change.text(),
            undone_only_by_reset: change.settings().any(Setting::undone_only_by_reset),
            nothing_to_do: change.is_so(key) == Some(true),
        })
    }

    /// Changes a setting, and reads it back.
    ///
    /// # Errors
    /// `pin-needed`, `wrong-secret`, `pin-blocked`; `usage` where the key does not know the setting; `failed` where it
    /// said yes and did not do it.
    pub async fn change_key(&self, key: &mut OpenKey, change: &KeyChange) -> Result<ChangeDone, AppError> {
        self.cancellable(async {
            let preview = self.preview_key_change(key, change).await?;
            if !preview.nothing_to_do {
                let proof = key.proof()?;
                if let Err(error) = change.send(key, &proof).await {
                    return Err(match error {
                        Error::MinimumFalls(least) => AppError::new(
                            Code::Usage,
                            format!("The shortest PIN has {least} characters already, and it can only rise."),
                            "Only a reset lowers it, which erases every passkey on the key.",
                        ),
                        error => key.failed("changing its settings", error).await,
                    });
                }
                key.refresh().await?;
                if change.is_so(key) == Some(false) {
                    return Err(AppError::new(
                        Code::Failed,
                        format!("The key said yes, and still {} is as it was.", change.name()),
                        "Its firmware may not do what it says: see what it states by `latchkey key info`.",
                    ));
                }
            }
            Ok(ChangeDone {
                member: change.member().to_owned(),
                state: change.state(key),
                pin_must_change: key.info.force_pin_change == Some(true),
            })
        })
        .await
    }
}

impl KeyChange {
    /// Its name in a sentence.
    fn name(&self) -> &'static str {
        match self {
            Self::AlwaysUv(_) => "whether it always verifies",
            Self::MinPinLength { .. } => "a shortest length of PINs",
            Self::ForcePinChange => "a PIN that must be changed",
            Self::PinComplexity => "a policy for complex PINs",
            Self::EnterpriseAttestation => "enterprise attestation",
            Self::LongTouch => "a long touch for reset",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::AlwaysUv(true) => "The key will want its PIN or a finger each time, whatever a site asks. \
                                     U2F, which knows neither, stops working."
                .to_owned(),
            Self::AlwaysUv(false) => "A touch will be enough again where a site asks for no more.".to_owned(),
            Self::MinPinLength { length, rp_ids } => {
                let length = length.map(|length| {
                    format!(
                        "New PINs will have {length} characters at least; a shorter one that is set must be changed. "
                    )
                });
                let sites = (!rp_ids.is_empty()).then(|| {
                    format!("These sites may read that length, and no others: {}.", rp_ids.join(", "))
                });
                format!("{}{}", length.unwrap_or_default(), sites.unwrap_or_default()).trim_end().to_owned()
            }
            Self::ForcePinChange => "The key will take its PIN for nothing but changing it.".to_owned(),
            Self::PinComplexity => {
                "The key will refuse PINs that are easily guessed, by rules of its maker's.".to_owned()
            }
            Self::EnterpriseAttestation => {
                "Sites that the maker or an organisation named may be told which single \
                                            key this is, and so who you are."
                    .to_owned()
            }
            Self::LongTouch => "A reset will want a touch of several seconds.".to_owned(),
        }
    }

    fn settings(&self) -> impl Iterator<Item = Setting> + use<> {
        let settings = match self {
            Self::AlwaysUv(_) => vec![Setting::AlwaysUv],
            Self::MinPinLength { length, rp_ids } => {
                let length = length.map(|_| Setting::MinPinLength);
                length.into_iter().chain((!rp_ids.is_empty()).then_some(Setting::MinPinLengthRpIds)).collect()
            }
            Self::ForcePinChange => vec![Setting::ForcePinChange],
            Self::PinComplexity => vec![Setting::PinComplexityPolicy],
            Self::EnterpriseAttestation => vec![Setting::EnterpriseAttestation],
            Self::LongTouch => vec![Setting::LongTouchForReset],
        };
        settings.into_iter()
    }

    async fn send(&self, key: &mut OpenKey, proof: &security_key::Proof) -> Result<(), Error> {
        let OpenKey { session, info, .. } = key;
        let policy = match self {
            Self::AlwaysUv(_) => return session.toggle_always_uv(info, proof).await,
            Self::EnterpriseAttestation => return session.enable_enterprise_attestation(info, proof).await,
            Self::LongTouch => return session.enable_long_touch_for_reset(info, proof).await,
            Self::MinPinLength { length, rp_ids } => PinPolicy {
                min_length: length.map(u64::from),
                rp_ids: (!rp_ids.is_empty()).then(|| rp_ids.clone()),
                ..PinPolicy::default()
            },
            Self::ForcePinChange => PinPolicy { force_change: true, ..PinPolicy::default() },
            Self::PinComplexity => PinPolicy { complexity: true, ..PinPolicy::default() },
        };
        session.set_pin_policy(info, proof, policy).await
    }

    fn member(&self) -> &'static str {
        match self {
            Self::AlwaysUv(_) => "options.alwaysUv",
            Self::MinPinLength { .. } => "minPINLength",
            Self::ForcePinChange => "forcePINChange",
            Self::PinComplexity => "pinComplexityPolicy",
            Self::EnterpriseAttestation => "options.ep",
            Self::LongTouch => "longTouchForReset",
        }
    }

    fn state(&self, key: &OpenKey) -> Option<String> {
        let truth = match self {
            Self::AlwaysUv(_) => key.option("alwaysUv"),
            Self::MinPinLength { .. } => return key.info.min_pin_length.map(|length| length.to_string()),
            Self::ForcePinChange => key.info.force_pin_change,
            Self::PinComplexity => key.info.pin_complexity_policy,
            Self::EnterpriseAttestation => key.option("ep"),
            Self::LongTouch => key.info.long_touch_for_reset,
        };
        truth.map(|truth| truth.to_string())
    }

    /// Whether the key says that it is so; `None` where it does not tell, as of the sites that may read a length.
    fn is_so(&self, key: &OpenKey) -> Option<bool> {
        let state = self.state(key)?;
        Some(match self {
            Self::AlwaysUv(wanted) => state == wanted.to_string(),
            Self::MinPinLength { rp_ids, .. } if !rp_ids.is_empty() => return None,
            Self::MinPinLength { length, .. } => length.is_none_or(|length| state == length.to_string()),
            _ => state == "true",
        })
    }
}
