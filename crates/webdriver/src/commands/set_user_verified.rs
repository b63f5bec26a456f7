//! Set User Verified (§11.9).

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;

use super::Answer;
use crate::{body::Parameters, sessions::Endpoint};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetUserVerified {
    is_user_verified: bool,
}

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |authenticator| {
            let parameters: SetUserVerified = parameters.read()?;
            authenticator.person.set_verified(parameters.is_user_verified);
            Ok(Value::Null)
        })
    })
    .await
}
