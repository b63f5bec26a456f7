//! Listing, naming and removing enrolled fingers (§6.7.7 to §6.7.9).

use ctap::{
    Status,
    bio_enrollment::{Params, Response, TemplateInfo},
};

use super::MAX_NAME_LENGTH;
use crate::Authenticator;

impl Authenticator {
    /// enumerateEnrollments (§6.7.7)
    pub(super) fn enumerate_enrollments(&self) -> Result<Response, Status> {
        let state = self.platform.store.state()?;
        // Platforms look for a name in every entry.
        let infos = state.fingerprints.iter().map(|fingerprint| TemplateInfo {
            template_id: fingerprint.template_id.clone(),
            template_friendly_name: Some(fingerprint.name.clone().unwrap_or_default()),
        });
        let template_infos: Vec<TemplateInfo> = infos.collect();
        if template_infos.is_empty() {
            return Err(Status::INVALID_OPTION);
        }
        Ok(Response { template_infos, ..Response::default() })
    }

    /// setFriendlyName (§6.7.8)
    pub(super) fn set_friendly_name(&self, params: Params) -> Result<Response, Status> {
        let template_id = params.template_id.ok_or(Status::MISSING_PARAMETER)?;
        let name = params.template_friendly_name.ok_or(Status::MISSING_PARAMETER)?;
        if name.len() > MAX_NAME_LENGTH {
            return Err(Status::INVALID_LENGTH);
        }
        let mut found = false;
        self.platform.store.update_state(&mut |state| {
            let named = state.fingerprints.iter_mut().find(|of| of.template_id == template_id);
            found = named.map(|fingerprint| fingerprint.name = Some(name.clone())).is_some();
        })?;
        if found { Ok(Response::default()) } else { Err(Status::INVALID_OPTION) }
    }

    /// removeEnrollment (§6.7.9)
    pub(super) fn remove_enrollment(&self, params: Params) -> Result<Response, Status> {
        let template_id = params.template_id.ok_or(Status::MISSING_PARAMETER)?;
        let mut found = false;
        self.platform.store.update_state(&mut |state| {
            let before = state.fingerprints.len();
            state.fingerprints.retain(|of| of.template_id != template_id);
            found = state.fingerprints.len() < before;
        })?;
        if found { Ok(Response::default()) } else { Err(Status::INVALID_OPTION) }
    }
}
