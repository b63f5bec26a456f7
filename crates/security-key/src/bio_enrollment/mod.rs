//! authenticatorBioEnrollment, 0x09 (CTAP 2.3 §6.7), and its preview 0x40: the fingerprints that a key knows.

mod enroll;
mod sample;

pub use enroll::Enrollment;
pub use sample::{Sample, SampleStatus};

use ctap::{
    Command, Request, Response, Status,
    bio_enrollment::{self as wire, FINGERPRINT, Params, sub_command as sub},
    command::BIO_ENROLLMENT_PREVIEW,
    get_info,
};

use crate::{Error, Permissions, Proof, Session, Token, Transport, proof::Wanted, session::mismatch};

/// What the key's sensor is, and wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensor {
    /// `modality`: 1 for fingerprints, which is the only one that CTAP knows.
    pub modality: Option<u64>,
    /// How a finger is put on it.
    pub kind: Option<SensorKind>,
    /// Good samples that a new finger needs at most.
    pub max_samples: Option<u64>,
    /// Bytes of UTF-8 that the name of a finger may take.
    pub max_name_bytes: usize,
}

/// `fingerprintKind`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorKind {
    /// The finger is laid on it.
    Touch,
    /// The finger is drawn over it.
    Swipe,
    /// A kind that nobody assigned.
    Other(u64),
}

/// An enrolled finger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// `templateId`
    pub id: Vec<u8>,
    /// The name that somebody gave it.
    pub name: Option<String>,
}

/// Where a key states no other limit (§6.7.8).
const NAME_BYTES: usize = 64;

impl<T: Transport> Session<T> {
    /// What the key's sensor is, and wants. Nobody is asked.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key without one, and as [`Session::send`].
    pub async fn fingerprint_sensor(&mut self, info: &get_info::Response) -> Result<Sensor, Error> {
        let number = command(info)?;
        let asked = wire::Request { get_modality: Some(true), ..wire::Request::default() };
        let modality = of_command(self.send_as(number, &Request::BioEnrollment(asked)).await?)?.modality;
        let asked = bare(sub::GET_FINGERPRINT_SENSOR_INFO, None);
        let told = of_command(self.send_as(number, &Request::BioEnrollment(asked)).await?)?;
        let limit = told.max_template_friendly_name.and_then(|limit| usize::try_from(limit).ok());
        Ok(Sensor {
            modality,
            kind: told.fingerprint_kind.map(SensorKind::of),
            max_samples: told.max_capture_samples_required_for_enroll,
            max_name_bytes: limit.unwrap_or(NAME_BYTES),
        })
    }

    /// The enrolled fingers, in the key's order.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key without a sensor, and as [`Session::token`].
    pub async fn fingerprints(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
    ) -> Result<Vec<Fingerprint>, Error> {
        let told = match self.manage_fingerprints(info, proof, sub::ENUMERATE_ENROLLMENTS, None).await {
            // §6.7.7: there is none.
            Err(Error::Status(Status::INVALID_OPTION)) => return Ok(Vec::new()),
            told => told?,
        };
        let fingerprint = |info: wire::TemplateInfo| Fingerprint {
            id: info.template_id,
            name: info.template_friendly_name.filter(|name| !name.is_empty()),
        };
        Ok(told.template_infos.into_iter().map(fingerprint).collect())
    }

    /// Gives a finger a name.
    ///
    /// # Errors
    /// [`Error::TooLong`] before the key is told; `INVALID_OPTION` as [`Error::Status`] where it has no such finger; as
    /// [`Session::fingerprints`].
    pub async fn rename_fingerprint(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        id: &[u8],
        name: &str,
    ) -> Result<(), Error> {
        let room = self.fingerprint_sensor(info).await?.max_name_bytes;
        if name.len() > room {
            return Err(Error::TooLong { what: "The name", needed: name.len(), room });
        }
        let params = Params { template_friendly_name: Some(name.to_owned()), ..params(id) };
        self.manage_fingerprints(info, proof, sub::SET_FRIENDLY_NAME, Some(params)).await.map(drop)
    }

    /// Has the key forget a finger.
    ///
    /// # Errors
    /// `INVALID_OPTION` as [`Error::Status`] where it has no such finger; as [`Session::fingerprints`].
    pub async fn remove_fingerprint(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        id: &[u8],
    ) -> Result<(), Error> {
        self.manage_fingerprints(info, proof, sub::REMOVE_ENROLLMENT, Some(params(id))).await.map(drop)
    }

    /// A subcommand that wants a proof.
    async fn manage_fingerprints(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        sub_command: u64,
        params: Option<Params>,
    ) -> Result<wire::Response, Error> {
        let number = command(info)?;
        let wanted = Wanted::everywhere(Permissions::BIO_ENROLLMENT);
        let proven = |token: &Token| (number, proven(token, sub_command, params.as_ref()));
        of_command(self.send_proven(info, proof, wanted, proven).await?)
    }
}

impl SensorKind {
    fn of(kind: u64) -> Self {
        match kind {
            1 => Self::Touch,
            2 => Self::Swipe,
            other => Self::Other(other),
        }
    }
}

/// The number by which the key knows the command. The options are stated whether a finger is enrolled or not.
fn command(info: &get_info::Response) -> Result<u8, Error> {
    let knows = |option: &str| info.options.iter().any(|(id, _)| id == option);
    if knows("bioEnroll") {
        Ok(Command::BioEnrollment as u8)
    } else if knows("userVerificationMgmtPreview")
        && info.versions.iter().any(|version| version == "FIDO_2_1_PRE")
    {
        Ok(BIO_ENROLLMENT_PREVIEW)
    } else {
        Err(Error::Unsupported("fingerprints"))
    }
}

fn params(template_id: &[u8]) -> Params {
    Params { template_id: Some(template_id.to_vec()), ..Params::default() }
}

/// pinUvAuthParam is over modality || subCommand || subCommandParams (§6.7).
fn proven(token: &Token, sub_command: u64, params: Option<&Params>) -> Request {
    let [.., modality] = FINGERPRINT.to_be_bytes();
    let [.., number] = sub_command.to_be_bytes();
    let message = [vec![modality, number], params.map(Params::encode).unwrap_or_default()].concat();
    Request::BioEnrollment(wire::Request {
        pin_uv_auth_protocol: Some(token.protocol()),
        pin_uv_auth_param: Some(token.prove(&message)),
        ..bare(sub_command, params.cloned())
    })
}

fn bare(sub_command: u64, params: Option<Params>) -> wire::Request {
    wire::Request {
        modality: Some(FINGERPRINT),
        sub_command: Some(sub_command),
        params,
        ..wire::Request::default()
    }
}

fn of_command(response: Response) -> Result<wire::Response, Error> {
    match response {
        Response::BioEnrollment(response) => Ok(response),
        _ => Err(mismatch(&Request::BioEnrollment(wire::Request::default()))),
    }
}

#[cfg(test)]
mod tests;
