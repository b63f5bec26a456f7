//! Enrolling a finger, sample by sample (§6.7.4, §6.7.5).

use std::time::Duration;

use ctap::{
    Status,
    bio_enrollment::{Params, Response, sample_status},
};

use crate::{
    Authenticator,
    platform::{Answer, Finger, Quality, Question},
    state::Fingerprint,
};

/// Good samples that a finger needs.
pub(super) const SAMPLES: u64 = 4;
const TEMPLATE_ID_LENGTH: usize = 16;

/// A finger that is being enrolled. It is stored with its last sample.
pub(crate) struct Enrollment {
    template_id: Vec<u8>,
    /// Whose samples they are; none came yet where `None`.
    finger: Option<Finger>,
    remaining: u64,
}

impl Authenticator {
    /// enrollBegin (§6.7.4): what was not finished before is given up.
    pub(super) async fn enroll_begin(&mut self, params: &Params) -> Result<Response, Status> {
        let enrolled = self.platform.store.state()?.fingerprints.len() as u64;
        if enrolled >= self.profile.limits.fingerprints {
            return Err(Status::FP_DATABASE_FULL);
        }
        let mut template_id = vec![0; TEMPLATE_ID_LENGTH];
        self.platform.rng.fill(&mut template_id);
        let enrollment = Enrollment { template_id: template_id.clone(), finger: None, remaining: SAMPLES };
        let response = self.capture(enrollment, params).await?;
        Ok(Response { template_id: Some(template_id), ..response })
    }

    /// enrollCaptureNextSample (§6.7.5)
    pub(super) async fn enroll_capture_next_sample(&mut self, params: &Params) -> Result<Response, Status> {
        let template_id = params.template_id.as_ref().ok_or(Status::MISSING_PARAMETER)?;
        let enrollment = self.state.enrollment.take_if(|of| of.template_id == *template_id);
        self.capture(enrollment.ok_or(Status::INVALID_PARAMETER)?, params).await
    }

    /// One touch of the sensor, and what became of it. A platform that cancels may go on or give up.
    async fn capture(&mut self, mut enrollment: Enrollment, params: &Params) -> Result<Response, Status> {
        let time_limit = params.timeout_milliseconds.map_or(self.profile.time_limit, Duration::from_millis);
        let question = Question::Fingerprint { remaining: enrollment.remaining };
        let answer = match self.faulty_sample() {
            Some(status) => return Ok(self.captured(enrollment, status)),
            None => self.platform.user.ask(question, time_limit.min(self.profile.time_limit)).await,
        };
        let status = match answer {
            Answer::Sample { finger, quality: Quality::Good, .. } => {
                self.take_sample(&mut enrollment, finger)?
            }
            Answer::Sample { quality, .. } => sample_status(quality),
            Answer::Declined => return Err(Status::OPERATION_DENIED),
            Answer::Cancelled => {
                self.state.enrollment = Some(enrollment);
                return Err(Status::KEEPALIVE_CANCEL);
            }
            Answer::TimedOut | Answer::NotVerified | Answer::Approved { .. } => {
                sample_status::NO_USER_ACTIVITY
            }
        };
        Ok(self.captured(enrollment, status))
    }

    /// What became of a sample, and how many are left.
    fn captured(&mut self, enrollment: Enrollment, status: u64) -> Response {
        let remaining = enrollment.remaining;
        self.state.enrollment = Some(enrollment).filter(|_| remaining > 0);
        Response {
            last_enroll_sample_status: Some(status),
            remaining_samples: Some(remaining),
            ..Response::default()
        }
    }

    /// A good sample counts, unless it is of a finger that is enrolled already or of another one than before.
    fn take_sample(&self, enrollment: &mut Enrollment, finger: Finger) -> Result<u64, Status> {
        if self.platform.store.state()?.fingerprints.iter().any(|enrolled| enrolled.finger == finger) {
            return Ok(sample_status::EXISTS);
        }
        if *enrollment.finger.get_or_insert(finger) != finger {
            return Ok(sample_status::MERGE_FAILURE);
        }
        enrollment.remaining = enrollment.remaining.saturating_sub(1);
        if enrollment.remaining == 0 {
            let template_id = enrollment.template_id.clone();
            let fingerprint = Fingerprint { template_id, name: None, finger };
            self.platform.store.update_state(&mut |state| state.fingerprints.push(fingerprint.clone()))?;
        }
        Ok(sample_status::GOOD)
    }
}

fn sample_status(quality: Quality) -> u64 {
    match quality {
        Quality::Good => sample_status::GOOD,
        Quality::TooHigh => sample_status::TOO_HIGH,
        Quality::TooLow => sample_status::TOO_LOW,
        Quality::TooLeft => sample_status::TOO_LEFT,
        Quality::TooRight => sample_status::TOO_RIGHT,
        Quality::TooFast => sample_status::TOO_FAST,
        Quality::TooSlow => sample_status::TOO_SLOW,
        Quality::Poor => sample_status::POOR_QUALITY,
        Quality::TooSkewed => sample_status::TOO_SKEWED,
        Quality::TooShort => sample_status::TOO_SHORT,
        Quality::MergeFailure => sample_status::MERGE_FAILURE,
        Quality::NotLifted => sample_status::NO_USER_PRESENCE_TRANSITION,
    }
}
