//! `key fingerprint …`: the fingers that a key knows.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ctap::Status;
use security_key::{
    Error,
    bio_enrollment::{Sample, Sensor, SensorKind},
};
use serde::Serialize;
use specta::Type;

use super::{OpenKey, naming::plain};
use crate::{
    App,
    error::{AppError, Code},
};

/// The fingers that a key knows, and what its sensor wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFingerprints {
    /// `touch`, `swipe` or `unknown`.
    pub sensor: &'static str,
    /// Good touches that a new finger needs at most; `null` where the key does not say.
    pub max_samples: Option<u32>,
    /// Bytes of UTF-8 that the name of a finger may take.
    pub max_name_bytes: u32,
    /// In the key's order.
    pub fingerprints: Vec<KeyFingerprint>,
}

/// An enrolled finger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFingerprint {
    /// base64url.
    pub id: String,
    /// What somebody called it.
    pub name: Option<String>,
}

/// One touch of the sensor while a finger is enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FingerprintSample {
    /// Whether it counts.
    pub good: bool,
    /// `lastEnrollSampleStatus`, of which the key may have more than CTAP names.
    pub status: u32,
    /// What to do for the next one, in a sentence.
    pub advice: &'static str,
    /// Good touches that are still needed.
    pub remaining: u32,
}

impl App {
    /// The fingers that a key knows.
    ///
    /// # Errors
    /// `pin-needed`, `wrong-secret`, `device-gone`; `failed` for a key without a sensor.
    pub async fn key_fingerprints(&self, key: &mut OpenKey) -> Result<KeyFingerprints, AppError> {
        self.cancellable(async {
            let doing = "listing its fingerprints";
            let sensor = key.session.fingerprint_sensor(&key.info).await;
            let sensor = sensor.map_err(|error| AppError::of_key(doing, error))?;
            let proof = key.proof()?;
            match key.session.fingerprints(&key.info, &proof).await {
                Ok(fingers) => {
                    let told = fingers.into_iter().map(|finger| KeyFingerprint {
                        id: URL_SAFE_NO_PAD.encode(finger.id),
                        name: finger.name.as_deref().map(plain),
                    });
                    Ok(KeyFingerprints { fingerprints: told.collect(), ..KeyFingerprints::of(sensor) })
                }
                Err(error) => Err(key.failed(doing, error).await),
            }
        })
        .await
    }

    /// Enrols a finger; `sampled` hears of each touch. Dropped in the middle, the key is told with the next request, or
    /// by [`App::settle_key`].
    ///
    /// # Errors
    /// `refused` where the person cancels; as [`App::key_fingerprints`].
    pub async fn enroll_key_fingerprint(
        &self,
        key: &mut OpenKey,
        mut sampled: impl FnMut(FingerprintSample) + Send,
    ) -> Result<KeyFingerprint, AppError> {
        let proof = key.proof()?;
        let enrolled = self
            .cancellable(async {
                let mut enrollment = key.session.enroll(&key.info, &proof);
                loop {
                    match enrollment.next().await {
                        Ok(sample) => sampled(sample.into()),
                        Err(error) => return Ok(Err(error)),
                    }
                    if let Some(id) = enrollment.enrolled() {
                        return Ok(Ok(KeyFingerprint { id: URL_SAFE_NO_PAD.encode(id), name: None }));
                    }
                }
            })
            .await;
        self.settle_key(key).await;
        match enrolled? {
            Ok(finger) => {
                look_again(key).await;
                Ok(finger)
            }
            Err(error) => Err(key.failed("enrolling a finger", error).await),
        }
    }

    /// Gives a finger a name.
    ///
    /// # Errors
    /// `not-found` where the key knows no such finger, `usage` for a name that is too long; as
    /// [`App::key_fingerprints`].
    pub async fn rename_key_fingerprint(
        &self,
        key: &mut OpenKey,
        id: &str,
        name: &str,
    ) -> Result<(), AppError> {
        self.cancellable(async {
            let (finger, proof) = (decoded(id)?, key.proof()?);
            match key.session.rename_fingerprint(&key.info, &proof, &finger, name).await {
                Err(Error::Status(Status::INVALID_OPTION)) => Err(no_such(id)),
                Err(Error::TooLong { needed, room, .. }) => Err(AppError::new(
                    Code::Usage,
                    format!("The name takes {needed} bytes of UTF-8; the key keeps {room}."),
                    "Choose a shorter one; letters with accents take two bytes or more.",
                )),
                Err(error) => Err(key.failed("naming a finger", error).await),
                Ok(()) => Ok(()),
            }
        })
        .await
    }

    /// Has a key forget a finger.
    ///
    /// # Errors
    /// `not-found` where the key knows no such finger; as [`App::key_fingerprints`].
    pub async fn remove_key_fingerprint(&self, key: &mut OpenKey, id: &str) -> Result<(), AppError> {
        self.cancellable(async {
            let (finger, proof) = (decoded(id)?, key.proof()?);
            match key.session.remove_fingerprint(&key.info, &proof, &finger).await {
                Err(Error::Status(Status::INVALID_OPTION)) => Err(no_such(id)),
                Err(error) => Err(key.failed("forgetting a finger", error).await),
                Ok(()) => {
                    look_again(key).await;
                    Ok(())
                }
            }
        })
        .await
    }

    /// Tells a key of an enrolment that was dropped. What goes wrong with it does not matter: a key forgets what it has
    /// of a finger when it loses its power, or begins another.
    pub async fn settle_key(&self, key: &mut OpenKey) {
        let _ = key.session.settle().await;
    }
}

impl KeyFingerprints {
    fn of(sensor: Sensor) -> Self {
        Self {
            sensor: match sensor.kind {
                Some(SensorKind::Touch) => "touch",
                Some(SensorKind::Swipe) => "swipe",
                Some(SensorKind::Other(_)) | None => "unknown",
            },
            max_samples: sensor.max_samples.map(number),
            max_name_bytes: u32::try_from(sensor.max_name_bytes).unwrap_or(u32::MAX),
            fingerprints: Vec::new(),
        }
    }
}

impl From<Sample> for FingerprintSample {
    fn from(sample: Sample) -> Self {
        Self {
            good: sample.status.is_good(),
            status: number(sample.status.0),
            advice: sample.status.advice(),
            remaining: number(sample.remaining),
        }
    }
}

/// The key says now whether it knows a finger.
async fn look_again(key: &mut OpenKey) {
    if let Ok(info) = key.session.info().await {
        key.info = info;
    }
}

fn decoded(id: &str) -> Result<Vec<u8>, AppError> {
    URL_SAFE_NO_PAD.decode(id).map_err(|_| no_such(id))
}

fn no_such(id: &str) -> AppError {
    AppError::new(
        Code::NotFound,
        format!("The key knows no finger with the id {id}."),
        "See the ids with `latchkey key fingerprint list`.",
    )
}

fn number(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
