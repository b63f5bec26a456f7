//! Set Credential Properties (§11.10): the one place where a credential's backup eligibility changes, which no
//! authenticator may do by itself. Its counter can be set as well.

use authenticator::platform::Store;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, credential_id, no_such_credential};
use crate::{
    authenticator_configuration::BS_WITHOUT_BE, body::Parameters, problem::Problem, sessions::Endpoint,
};

/// What is left out stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CredentialProperties {
    backup_eligibility: Option<bool>,
    backup_state: Option<bool>,
    sign_count: Option<u32>,
}

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator, credential)): Path<(String, String, String)>,
    parameters: Parameters,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |authenticator| {
            let wanted: CredentialProperties = parameters.read()?;
            let mut contradicts = false;
            let stored = authenticator.store.update(&credential_id(&credential)?, &mut |stored| {
                let eligible = wanted.backup_eligibility.unwrap_or(stored.backup_eligible);
                let backed_up = wanted.backup_state.unwrap_or(stored.backup_state);
                contradicts = backed_up && !eligible;
                if !contradicts {
                    stored.backup_eligible = eligible;
                    stored.backup_state = backed_up;
                    stored.sign_count = wanted.sign_count.unwrap_or(stored.sign_count);
                }
            })?;
            match stored {
                None => Err(no_such_credential()),
                Some(_) if contradicts => Err(Problem::invalid_argument(BS_WITHOUT_BE)),
                Some(_) => Ok(Value::Null),
            }
        })
    })
    .await
}
