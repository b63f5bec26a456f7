//! Resetting a key: four steps, armed to the one key that was meant (`key reset`; authenticatorReset, CTAP 2.3 §6.6).

use ctap::{Status, get_info};
use security_key::{
    Error, Found, Identity, Medium,
    reset::{Freshness, GuidedReset, Step},
};
use serde::Serialize;
use specta::Type;
use std::time::Duration;
use tokio::time::{Instant, interval, sleep};

use super::{KeyRequest, OpenKey, opening};
use crate::{
    App,
    error::{AppError, Code},
};

/// What a reset of a key will be, told before anybody confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ResetPlan {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What the person types to confirm: `reset` and the name.
    pub confirmation: String,
    /// The touch takes several seconds.
    pub long_touch: bool,
    /// It lies on a reader: it is taken away and put back.
    pub reader: bool,
}

/// What the person does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "step", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ResetStep {
    /// Unplug the key, or take it from the reader.
    Remove {
        /// It lies on a reader.
        reader: bool,
    },
    /// Plug it in again, or put it back.
    Insert {
        /// It lay on a reader.
        reader: bool,
    },
    /// Touch it; told again as the time runs.
    Touch {
        /// It takes several seconds.
        long: bool,
        /// Before the key takes no reset any more.
        seconds_left: u32,
    },
    /// It is done.
    Done(ResetDone),
}

/// What the key says after its reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ResetDone {
    /// Its id.
    pub id: String,
    /// It is the key that was meant: it was known again when it came back, and its session was not left since.
    pub same_key: bool,
    /// Nothing that it says speaks against it being as it left the factory.
    pub erased: bool,
    /// Whether it has a PIN now; null where it takes none.
    pub pin_set: Option<bool>,
    /// How many passkeys fit now, where it says so.
    pub remaining_passkeys: Option<u32>,
}

/// How long the person may take to unplug it, and to plug it in again.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// After a key appears, the system takes a moment to let its user open it.
const OPENING: Duration = Duration::from_secs(3);

impl App {
    /// What a reset of this key will be.
    ///
    /// # Errors
    /// `usage` for a key that has no reset, or resets by other transports only.
    pub fn plan_reset(&self, key: &OpenKey) -> Result<ResetPlan, AppError> {
        if !key.speaks_ctap2() {
            return Err(AppError::plain(
                Code::Usage,
                "This key knows U2F alone: there is nothing on it to reset.",
            ));
        }
        let reset = GuidedReset::of(&key.found, &key.info);
        reset.map_err(|error| AppError { code: Code::Usage, ..AppError::of_key("its reset", error) })?;
        let name = self.key_summary(key)?.name;
        Ok(ResetPlan {
            id: key.id.clone(),
            confirmation: format!("reset {name}"),
            name,
            long_touch: key.info.long_touch_for_reset == Some(true),
            reader: on_reader(&key.found),
        })
    }

    /// Erases the key: `tell` hears each step. Nothing is sent before the key was unplugged and plugged in again, and
    /// nothing to another key than the one that was opened. Dropped before the touch, or cancelled, it leaves all as it
    /// was. No PIN is needed: a blocked key can be reset too.
    ///
    /// # Errors
    /// `usage` where `typed` is not the plan's confirmation; `refused` where another key comes, or the key is not
    /// touched; `busy`, `device-gone`; `failed` where the key takes no reset any more.
    pub async fn reset_key(
        &self,
        key: OpenKey,
        typed: &str,
        request: &KeyRequest,
        mut tell: impl FnMut(&ResetStep),
    ) -> Result<ResetDone, AppError> {
        let plan = self.plan_reset(&key)?;
        let by_id = format!("reset {}", key.id);
        if ![&plan.confirmation, &by_id].iter().any(|word| typed.trim() == word.as_str()) {
            return Err(AppError::new(
                Code::Usage,
                "That is not the confirmation; nothing was done.",
                format!("To erase every passkey on it, type: {}", plan.confirmation),
            ));
        }
        self.cancellable(async {
            tell(&ResetStep::Remove { reader: plan.reader });
            let mut away = removed(key).await?;
            tell(&ResetStep::Insert { reader: plan.reader });
            let found = away.inserted().await?;
            let mut key = away.opened(found, request).await?;
            away.touched(&mut key, &mut tell).await?;
            let done = away.proof(&mut key).await?;
            tell(&ResetStep::Done(done.clone()));
            Ok(done)
        })
        .await
    }
}

/// The key that is meant, from when it was unplugged.
struct Away {
    found: Found,
    id: String,
    before: get_info::Response,
    guided: GuidedReset,
    /// The keys that are there without it.
    others: Vec<Identity>,
    since: Instant,
}

/// Waits until the key is unplugged.
async fn removed(mut key: OpenKey) -> Result<Away, AppError> {
    let guided = GuidedReset::of(&key.found, &key.info);
    let mut guided = guided.map_err(|error| AppError::of_key("its reset", error))?;
    let until = Instant::now() + PATIENCE;
    // As of the last look at which the key was there: one that is back at once is none of them.
    let mut others = Vec::new();
    while let Some(there) = beside(&mut key).await {
        if Instant::now() > until {
            return Err(too_slow("The key was not taken away."));
        }
        others = there;
        sleep(LOOK_EVERY).await;
    }
    guided.removed();
    let OpenKey { found, id, info: before, .. } = key;
    others.retain(|other| *other != found.identity);
    Ok(Away { found, id, before, guided, others, since: Instant::now() })
}

/// The keys that are there, as long as this one is. USB tells; elsewhere a session ends with its key's power.
async fn beside(key: &mut OpenKey) -> Option<Vec<Identity>> {
    let there: Vec<_> = security_key::found().into_iter().map(|found| found.identity).collect();
    let is_there = if key.found.medium == Medium::Usb {
        there.contains(&key.found.identity)
    } else {
        matches!(key.session.info().await, Ok(_) | Err(Error::Status(_) | Error::Answer(..) | Error::Busy))
    };
    is_there.then_some(there)
}

impl Away {
    /// Waits for a key.
    async fn inserted(&self) -> Result<Found, AppError> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.back().await {
                return Ok(found);
            }
            if Instant::now() > until {
                return Err(too_slow("The key did not come back."));
            }
            sleep(LOOK_EVERY).await;
        }
    }

    async fn back(&self) -> Option<Found> {
        if self.found.medium == Medium::Usb {
            let mut there = security_key::found().into_iter();
            return there.find(|key| key.medium == Medium::Usb && !self.others.contains(&key.identity));
        }
        let found = Found::at(&self.found.address);
        let opened = found.open(std::sync::Arc::new(|_| ())).await;
        opened.is_ok().then_some(found)
    }

    /// Opens what came, where it is the key that is meant.
    async fn opened(&mut self, found: Found, request: &KeyRequest) -> Result<OpenKey, AppError> {
        let powered = Instant::now();
        let (session, info) = loop {
            match opening::session(&found, &request.progress).await {
                // A card that is being laid down breaks off at times.
                Err(Error::NoPermission(_) | Error::Busy | Error::Gone(_) | Error::Reader(_))
                    if powered.elapsed() < OPENING =>
                {
                    sleep(LOOK_EVERY).await;
                }
                opened => break opened.map_err(|error| AppError::of_key("being opened", error))?,
            }
        };
        match self.guided.inserted(&found, &info, powered - self.since) {
            Ok(()) => Ok(OpenKey { found, id: self.id.clone(), session, info, pin: None }),
            Err(_) => Err(another(&found)),
        }
    }

    /// Sends the reset and waits for the touch, telling each second what is left.
    async fn touched(&self, key: &mut OpenKey, tell: &mut impl FnMut(&ResetStep)) -> Result<(), AppError> {
        let asked = key.session.reset();
        tokio::pin!(asked);
        let mut seconds = interval(Duration::from_secs(1));
        let done = loop {
            tokio::select! {
                // Before the key is asked: the person is told to touch it, however fast it answers.
                biased;
                _ = seconds.tick() => if let Step::Touch { left, long } = self.guided.step(self.since.elapsed()) {
                    let seconds_left = u32::try_from(left.as_secs()).unwrap_or_default();
                    tell(&ResetStep::Touch { long, seconds_left });
                },
                done = &mut asked => break done,
            }
        };
        done.map_err(refused)
    }

    /// What the key says after its reset, over the same session, so that no other key can answer.
    async fn proof(&self, key: &mut OpenKey) -> Result<ResetDone, AppError> {
        key.refresh().await?;
        let fresh = Freshness::of(&self.before, &key.info);
        let remaining = key.info.remaining_discoverable_credentials;
        Ok(ResetDone {
            id: self.id.clone(),
            same_key: key.info.aaguid == self.before.aaguid,
            erased: fresh.holds(),
            pin_set: key.option("clientPin"),
            remaining_passkeys: remaining.and_then(|room| u32::try_from(room).ok()),
        })
    }
}

fn refused(error: Error) -> AppError {
    match error {
        Error::ResetNotAllowed => AppError {
            ctap_status: Some(Status::NOT_ALLOWED.0),
            ..AppError::new(
                Code::Failed,
                "It was too late: the key takes a reset only within ten seconds of getting its power. \
                 Nothing was erased.",
                "Start again, unplug the key, and touch it at once when it is back.",
            )
        },
        Error::Status(
            status @ (Status::OPERATION_DENIED | Status::USER_ACTION_TIMEOUT | Status::ACTION_TIMEOUT),
        ) => AppError {
            ctap_status: Some(status.0),
            ..AppError::new(
                Code::Refused,
                "The key was not touched in time, or its owner declined. Nothing was erased.",
                "Start again, and touch the key when it blinks.",
            )
        },
        error => AppError::of_key("its reset", error),
    }
}

fn on_reader(found: &Found) -> bool {
    matches!(found.medium, Medium::Nfc | Medium::Contact)
}

fn another(found: &Found) -> AppError {
    AppError::new(
        Code::Refused,
        format!(
            "Another key came back: {}. Nothing was sent to it, and nothing was erased.",
            super::naming::plain(&found.name)
        ),
        "Start again with the key that is meant.",
    )
}

fn too_slow(what: &str) -> AppError {
    AppError::new(Code::Refused, format!("{what} Nothing was erased."), "Start again when you are ready.")
}
