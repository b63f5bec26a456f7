//! Faults that strike before a command is carried out.

use ctap::{
    Request, Status,
    bio_enrollment::sample_status,
    credential_management::sub_command,
    extension::{GetAssertionInputs, MakeCredentialInputs},
    get_assertion, make_credential,
};

use super::{Fault, Faults};
use crate::{Authenticator, profile::Signer};

impl Authenticator {
    /// The answer that takes the command's place, where there is one.
    pub(crate) fn fixed_response(&self, command: &str) -> Option<Vec<u8>> {
        self.faults.strike(command, |fault| match fault {
            Fault::FixedResponse(bytes) => Some(bytes.clone()),
            Fault::Status(status) => Some(vec![*status]),
            _ => None,
        })
    }

    /// What a fault makes of a request, before its steps begin.
    ///
    /// # Errors
    /// The status of a key that refuses it.
    pub(crate) fn distort_request(&self, command: &str, request: &mut Request) -> Result<(), Status> {
        if !self.faults.is_armed() {
            return Ok(());
        }
        match request {
            Request::MakeCredential(request) => self.distort_make_credential(command, request),
            Request::GetAssertion(request) => self.distort_get_assertion(command, request),
            Request::CredentialManagement(request)
                if request.sub_command == sub_command::ENUMERATE_RPS_BEGIN
                    && self.platform.store.all()?.iter().all(|credential| !credential.discoverable) =>
            {
                self.refuse(command, |fault| match fault {
                    Fault::EmptyRpEnumerationError(status) => Some(Status(*status)),
                    _ => None,
                })
            }
            _ => Ok(()),
        }
    }

    fn distort_make_credential(
        &self,
        command: &str,
        request: &mut make_credential::Request,
    ) -> Result<(), Status> {
        let excluded = request.exclude_list.len() as u64;
        let extended = request.extensions != MakeCredentialInputs::default();
        let display_name = request.user.display_name.as_deref();
        self.refuse(command, |fault| match fault {
            Fault::RejectsLargeExcludeList(limit) if excluded > *limit => Some(Status::LIMIT_EXCEEDED),
            Fault::RejectsExtensions if extended => Some(Status::UNSUPPORTED_OPTION),
            Fault::RejectsEmptyDisplayName if display_name == Some("") => Some(Status::INVALID_LENGTH),
            Fault::RejectsMissingDisplayName if display_name.is_none() => Some(Status::INVALID_CBOR),
            _ => None,
        })?;
        if extended && self.faults.strikes(command, &Fault::IgnoresExtensions) {
            request.extensions = MakeCredentialInputs::default();
        }
        Ok(())
    }

    fn distort_get_assertion(
        &self,
        command: &str,
        request: &mut get_assertion::Request,
    ) -> Result<(), Status> {
        let allowed = request.allow_list.as_ref().map_or(0, Vec::len) as u64;
        let extended = request.extensions != GetAssertionInputs::default();
        let silent = request.options.up == Some(false);
        let foreign = self.holds_none(request)?;
        self.refuse(command, |fault| match fault {
            Fault::RejectsLargeAllowList(limit) if allowed > *limit => Some(Status::LIMIT_EXCEEDED),
            Fault::RejectsSilentRequests if silent => Some(Status::INVALID_OPTION),
            Fault::RejectsExtensions if extended => Some(Status::UNSUPPORTED_OPTION),
            Fault::InvalidCredentialAtOnce if foreign => Some(Status::INVALID_CREDENTIAL),
            _ => None,
        })?;
        if extended && self.faults.strikes(command, &Fault::IgnoresExtensions) {
            request.extensions = GetAssertionInputs::default();
        }
        Ok(())
    }

    /// Signs statements by the credential's own key while it lasts; what to put back then.
    pub(crate) fn self_attesting(&mut self, command: &str) -> Option<Signer> {
        let strikes =
            command == "makeCredential" && self.faults.strikes(command, &Fault::SelfAttestationWithAaguid);
        strikes.then(|| std::mem::replace(&mut self.profile.attestation.signer, Signer::Credential))
    }

    /// What becomes of a fingerprint sample that nobody gives.
    pub(crate) fn faulty_sample(&self) -> Option<u64> {
        self.faults.strike("bioEnrollment", |fault| match fault {
            Fault::BioSampleError(code) => Some(u64::from(*code)),
            Fault::BioTimeout => Some(sample_status::NO_USER_ACTIVITY),
            _ => None,
        })
    }

    fn refuse(&self, command: &str, pick: impl Fn(&Fault) -> Option<Status>) -> Result<(), Status> {
        Faults::strike(&self.faults, command, pick).map_or(Ok(()), Err)
    }

    /// Whether an allow list names no credential of this key.
    fn holds_none(&self, request: &get_assertion::Request) -> Result<bool, Status> {
        let Some(list) = &request.allow_list else { return Ok(false) };
        let found = self.platform.store.find(&request.rp_id)?;
        Ok(!found.iter().any(|credential| list.iter().any(|entry| entry.id == credential.id)))
    }
}
