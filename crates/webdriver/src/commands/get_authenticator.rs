//! Our own: what a virtual authenticator is and where programs reach it.

use axum::extract::{Path, State};
use serde_json::json;

use super::Answer;
use crate::sessions::Endpoint;

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator)): Path<(String, String)>,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |found| {
            let mut configuration = found.configuration.clone();
            configuration.is_user_verified = found.person.is_verified();
            Ok(json!({
                "authenticatorId": authenticator,
                "addresses": found.addresses(),
                "failure": found.failure(),
                "configuration": configuration,
            }))
        })
    })
    .await
}
