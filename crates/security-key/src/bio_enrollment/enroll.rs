//! Enrolling a finger, touch by touch (§6.7.4 to §6.7.6).

use ctap::{
    Command, Status,
    bio_enrollment::{self as wire, sub_command as sub},
    get_info,
};

use super::{Sample, SampleStatus, command, params};
use crate::{Error, Proof, Session, Transport};

/// A finger that is being enrolled. Dropped before the last touch, it has the key told to forget it, before anything
/// else that the session sends; [`Session::settle`] sends that at once.
pub struct Enrollment<'a, T: Transport> {
    session: &'a mut Session<T>,
    info: &'a get_info::Response,
    proof: &'a Proof,
    stage: Stage,
}

enum Stage {
    /// The key was told nothing.
    New,
    /// The key was told to begin, and has not answered.
    Beginning,
    /// The key knows the finger by this id, and wants more of it.
    Begun(Vec<u8>),
    /// The finger is enrolled.
    Done(Vec<u8>),
}

impl<T: Transport> Session<T> {
    /// Enrols a finger; the first [`Enrollment::next`] begins. A name is given afterwards.
    pub fn enroll<'a>(&'a mut self, info: &'a get_info::Response, proof: &'a Proof) -> Enrollment<'a, T> {
        Enrollment { session: self, info, proof, stage: Stage::New }
    }

    /// Tells the key of an enrolment that was dropped.
    ///
    /// # Errors
    /// As [`Session::send`]; what the key says to it does not matter.
    pub async fn settle(&mut self) -> Result<(), Error> {
        let Some(number) = self.abandoned else { return Ok(()) };
        let cancel = ctap::Request::BioEnrollment(super::bare(sub::CANCEL_CURRENT_ENROLLMENT, None));
        self.exchange_as(number, &cancel).await?;
        self.abandoned = None;
        Ok(())
    }
}

impl<T: Transport> Enrollment<'_, T> {
    /// One touch of the sensor; resolves when it was touched, or the key has waited long enough.
    ///
    /// # Errors
    /// `FP_DATABASE_FULL`, `USER_ACTION_TIMEOUT` and the like as [`Error::Status`]; where the key keeps what it has, the
    /// next call goes on. `NOT_ALLOWED` when the finger is enrolled. As [`Session::fingerprints`].
    pub async fn next(&mut self) -> Result<Sample, Error> {
        match &self.stage {
            Stage::New | Stage::Beginning => self.begin().await,
            Stage::Begun(id) => {
                let (id, sub_command) = (id.clone(), sub::ENROLL_CAPTURE_NEXT_SAMPLE);
                let told =
                    self.session.manage_fingerprints(self.info, self.proof, sub_command, Some(params(&id)));
                let told = told.await?;
                self.sampled(id, &told)
            }
            Stage::Done(_) => Err(Error::Status(Status::NOT_ALLOWED)),
        }
    }

    /// The id of the finger, once it is enrolled.
    pub fn enrolled(&self) -> Option<&[u8]> {
        match &self.stage {
            Stage::Done(id) => Some(id),
            _ => None,
        }
    }

    /// Gives it up: the key forgets what it has of the finger.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn cancel(mut self) -> Result<(), Error> {
        self.abandon();
        self.session.settle().await
    }

    async fn begin(&mut self) -> Result<Sample, Error> {
        self.stage = Stage::Beginning;
        let begun = self.session.manage_fingerprints(self.info, self.proof, sub::ENROLL_BEGIN, None).await;
        if matches!(begun, Err(Error::Status(_))) {
            self.stage = Stage::New;
        }
        let told = begun?;
        let missing = Error::Answer(Command::BioEnrollment, Status::MISSING_PARAMETER);
        let id = told.template_id.clone().ok_or(missing)?;
        self.sampled(id, &told)
    }

    fn sampled(&mut self, id: Vec<u8>, told: &wire::Response) -> Result<Sample, Error> {
        let missing = Error::Answer(Command::BioEnrollment, Status::MISSING_PARAMETER);
        let remaining = told.remaining_samples.ok_or(missing)?;
        self.stage = if remaining == 0 { Stage::Done(id) } else { Stage::Begun(id) };
        let status = told.last_enroll_sample_status.unwrap_or_default();
        Ok(Sample { status: SampleStatus(status), remaining })
    }

    fn abandon(&mut self) {
        if matches!(self.stage, Stage::Beginning | Stage::Begun(_)) {
            self.session.abandoned = command(self.info).ok();
            self.stage = Stage::New;
        }
    }
}

impl<T: Transport> Drop for Enrollment<'_, T> {
    fn drop(&mut self) {
        self.abandon();
    }
}
