//! `demo`: the main job in one go, with no hardware, no browser and nothing left behind.

mod device;
mod report;

pub use report::{Ceremony, Outcome, Report, Steps};

use ::lab::{Database, Lab, Session, Wishes};
use authenticator::{Kind, Profile};
use webauthn::verify::{self, Verdict};

use crate::{
    error::{AppError, Code},
    lab::explain,
    passkeys::PasskeyKind,
};
use device::Device;

const ORIGIN: &str = "http://localhost";

/// Runs it: enrols a device-bound and a synced passkey with the lab, uses each twice, then loses the device
/// and clones the key.
///
/// # Errors
/// `verification-failed` where a ceremony that must succeed does not.
pub async fn run() -> Result<Report, AppError> {
    let mut report = Report { ceremonies: Vec::new(), lost_device: Vec::new(), cloned_key: Vec::new() };
    for profile in [Profile::device_bound(), Profile::synced()] {
        Story::new(profile)?.tell(&mut report).await?;
    }
    Ok(report)
}

/// One person with one passkey at one site.
struct Story {
    profile: Profile,
    kind: PasskeyKind,
    site: Lab,
}

impl Story {
    fn new(profile: Profile) -> Result<Self, AppError> {
        let config = ::lab::Config {
            rp_id: "localhost".to_owned(),
            rp_name: "Latchkey demo".to_owned(),
            origin: ORIGIN.to_owned(),
        };
        let site = Lab::open(&Database::Memory, config).map_err(|error| explain(&error))?;
        Ok(Self { kind: profile.kind.into(), profile, site })
    }

    async fn tell(&self, report: &mut Report) -> Result<(), AppError> {
        let mut device = Device::new(&self.profile);
        report.ceremonies.push(self.enrol(&mut device).await?);
        report.ceremonies.push(self.succeed(&mut device).await?);
        let second = self.second_device(&device)?;
        report.ceremonies.push(self.succeed(&mut device).await?);
        report.cloned_key.extend(self.clone_key(&mut device).await?);
        drop(device);
        report.lost_device.push(self.lose_device(second).await?);
        Ok(())
    }

    /// What a synced passkey has and a device-bound one never: a confirmed copy on a second device.
    fn second_device(&self, first: &Device) -> Result<Option<Device>, AppError> {
        if self.profile.kind == Kind::DeviceBound {
            return Ok(None);
        }
        let second = Device::copy_of(first, &self.profile)?;
        // Only what was read back counts as backed up (WebAuthn §6.1.3).
        if second.credentials()? == first.credentials()? {
            first.confirm_backup()?;
            second.confirm_backup()?;
        }
        Ok(Some(second))
    }

    async fn lose_device(&self, second: Option<Device>) -> Result<Outcome, AppError> {
        let attempt = match second {
            Some(_) => "from the second device",
            None => "from a new device",
        };
        let mut device = second.unwrap_or_else(|| Device::new(&self.profile));
        self.attempt(&mut device, attempt).await
    }

    /// Somebody copied the key's memory, which hardware is there to prevent, and signs in first.
    async fn clone_key(&self, device: &mut Device) -> Result<Vec<Outcome>, AppError> {
        let mut clone = Device::copy_of(device, &self.profile)?;
        let with_clone = self.attempt(&mut clone, "with the clone").await?;
        let with_original = self.attempt(device, "then with the original").await?;
        Ok(vec![with_clone, with_original])
    }

    async fn enrol(&self, device: &mut Device) -> Result<Ceremony, AppError> {
        let session = self.session()?;
        let begun = self
            .site
            .begin_registration(&session, "ada@example.org", "Ada", &Wishes::default())
            .map_err(|error| explain(&error))?;
        let response = device.create(&begun.options, ORIGIN).await?;
        let outcome = self
            .site
            .finish_registration(&session, &begun.ceremony, &response)
            .map_err(|error| explain(&error))?;
        self.seen("registration", outcome.verdict)
    }

    async fn sign_in(&self, device: &mut Device) -> Result<Verdict, AppError> {
        let session = self.session()?;
        let begun = self.site.begin_authentication(&session, None).map_err(|error| explain(&error))?;
        let response = device.get(&begun.options, ORIGIN).await?;
        let outcome = self
            .site
            .finish_authentication(&session, &begun.ceremony, &response)
            .map_err(|error| explain(&error))?;
        Ok(outcome.verdict)
    }

    /// A sign-in that must succeed.
    async fn succeed(&self, device: &mut Device) -> Result<Ceremony, AppError> {
        let verdict = self.sign_in(device).await?;
        self.seen("authentication", verdict)
    }

    /// A sign-in whose end is what the story is about.
    async fn attempt(&self, device: &mut Device, attempt: &'static str) -> Result<Outcome, AppError> {
        let (signed_in, reason) = match self.sign_in(device).await {
            Ok(verdict) => match verdict.failure() {
                Some(step) => (false, format!("the site refused: {}", step.detail)),
                None => (true, "every check passed".to_owned()),
            },
            Err(error) if error.code == Code::NotFound => {
                (false, "the device holds no passkey for this site".to_owned())
            }
            Err(error) => return Err(error),
        };
        Ok(Outcome { kind: self.kind, attempt, signed_in, reason })
    }

    fn seen(&self, ceremony: &'static str, verdict: Verdict) -> Result<Ceremony, AppError> {
        if let Some(step) = verdict.failure() {
            return Err(AppError::plain(
                Code::VerificationFailed,
                format!("{}: {}", step.title, step.detail),
            ));
        }
        let signed = verdict.authenticator_data.ok_or_else(|| {
            AppError::plain(Code::VerificationFailed, "The site could not read what was signed.")
        })?;
        let count = |wanted: &[verify::Outcome]| {
            verdict.steps.iter().filter(|step| wanted.contains(&step.outcome)).count()
        };
        Ok(Ceremony {
            kind: self.kind,
            ceremony,
            up: signed.flags.up,
            uv: signed.flags.uv,
            be: signed.flags.be,
            bs: signed.flags.bs,
            sign_count: signed.sign_count,
            verified: verdict.verified,
            steps: Steps {
                passed: count(&[verify::Outcome::Pass]),
                not_passed: count(&[verify::Outcome::Fail, verify::Outcome::Warn]),
            },
        })
    }

    /// A browser that was never here.
    fn session(&self) -> Result<Session, AppError> {
        self.site.open_session().map_err(|error| explain(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_kinds_say_what_they_are_and_end_as_they_must() {
        let report = run().await.unwrap();
        let bits: Vec<_> =
            report.ceremonies.iter().map(|seen| (seen.be, seen.bs, seen.sign_count > 0)).collect();
        let device_bound = [(false, false), (false, false), (false, false)];
        assert_eq!(bits[..3].iter().map(|bits| (bits.0, bits.1)).collect::<Vec<_>>(), device_bound);
        assert!(
            report.ceremonies[2].sign_count > report.ceremonies[1].sign_count,
            "a device-bound key counts"
        );
        assert_eq!(bits[3..], [(true, false, false), (true, false, false), (true, true, false)]);

        let ends =
            |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.signed_in).collect::<Vec<_>>();
        assert_eq!(ends(&report.lost_device), [false, true]);
        // The clone is let in; the original, which counts what the clone has counted, raises the alarm.
        assert_eq!(ends(&report.cloned_key), [true, false, true, true]);
    }
}
