//! Add Credential (§11.5). One of the same id is replaced.

use authenticator::platform::Store;
use axum::extract::{Path, State};
use serde_json::Value;

use super::Answer;
use crate::{body::Parameters, credential_parameters::CredentialParameters, sessions::Endpoint};

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |authenticator| {
            let parameters: CredentialParameters = parameters.read()?;
            let (rng, now) = (&*endpoint.config().rng, authenticator.clock.unix_seconds());
            let credential = parameters.import(&authenticator.configuration, rng, now)?;
            authenticator.store.add(&credential, std::slice::from_ref(&credential.id))?;
            Ok(Value::Null)
        })
    })
    .await
}
