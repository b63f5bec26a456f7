//! authenticatorBioEnrollment (§6.7) with one modality: fingerprints, on a simulated sensor.

mod enroll;
mod manage;

use ctap::{
    Status,
    bio_enrollment::{FINGERPRINT, Request, Response, sub_command as sub},
};

use crate::{Authenticator, pin_token::permission};

pub(crate) use enroll::Enrollment;

/// `fingerprintKind` of a sensor that is touched, not swiped.
const TOUCH: u64 = 1;
/// `maxTemplateFriendlyName`, in bytes.
const MAX_NAME_LENGTH: usize = 64;

impl Authenticator {
    /// Answers the subcommand of `request`.
    pub(crate) async fn bio_enrollment(&mut self, request: Request) -> Result<Response, Status> {
        if !self.profile.has_sensor() {
            return Err(Status::INVALID_COMMAND);
        }
        // §6.7.2
        if request.get_modality == Some(true) {
            return Ok(Response { modality: Some(FINGERPRINT), ..Response::default() });
        }
        let sub_command = request.sub_command.ok_or(Status::MISSING_PARAMETER)?;
        if request.modality.ok_or(Status::MISSING_PARAMETER)? != FINGERPRINT {
            return Err(Status::INVALID_PARAMETER);
        }
        match sub_command {
            sub::GET_FINGERPRINT_SENSOR_INFO => return Ok(sensor_info()),
            sub::CANCEL_CURRENT_ENROLLMENT => {
                self.state.enrollment = None;
                return Ok(Response::default());
            }
            sub::ENROLL_BEGIN..=sub::REMOVE_ENROLLMENT => self.prove_bio_enrollment(sub_command, &request)?,
            _ => return Err(Status::INVALID_SUBCOMMAND),
        }
        let params = request.params.unwrap_or_default();
        match sub_command {
            sub::ENROLL_BEGIN => self.enroll_begin(&params).await,
            sub::ENROLL_CAPTURE_NEXT_SAMPLE => self.enroll_capture_next_sample(&params).await,
            sub::ENUMERATE_ENROLLMENTS => self.enumerate_enrollments(),
            sub::SET_FRIENDLY_NAME => self.set_friendly_name(params),
            _ => self.remove_enrollment(params),
        }
    }

    /// The proof over modality || subCommand || subCommandParams, and the be permission.
    fn prove_bio_enrollment(&mut self, sub_command: u64, request: &Request) -> Result<(), Status> {
        let [.., modality] = FINGERPRINT.to_be_bytes();
        let [.., sub_command] = sub_command.to_be_bytes();
        let message = [&[modality, sub_command], request.raw_params.as_slice()].concat();
        let (param, protocol) = (request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol);
        self.verify_proof(&message, param, protocol, permission::BIO_ENROLLMENT)
    }
}

/// §6.7.3
fn sensor_info() -> Response {
    Response {
        fingerprint_kind: Some(TOUCH),
        max_capture_samples_required_for_enroll: Some(enroll::SAMPLES),
        max_template_friendly_name: Some(MAX_NAME_LENGTH as u64),
        ..Response::default()
    }
}
