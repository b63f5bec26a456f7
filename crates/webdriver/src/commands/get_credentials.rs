//! Get Credentials (§11.6): those that were added and those that sites made, oldest first.

use authenticator::platform::Store;
use axum::extract::{Path, State};
use serde_json::json;

use super::Answer;
use crate::{credential_parameters::CredentialParameters, sessions::Endpoint};

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator)): Path<(String, String)>,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |authenticator| {
            let credentials = authenticator.store.all()?;
            let parameters = credentials.iter().filter_map(CredentialParameters::export);
            Ok(json!(parameters.collect::<Vec<_>>()))
        })
    })
    .await
}
