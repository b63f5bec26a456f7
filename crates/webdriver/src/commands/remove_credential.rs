//! Remove Credential (§11.7).

use authenticator::platform::Store;
use axum::extract::{Path, State};
use serde_json::Value;

use super::{Answer, credential_id, no_such_credential};
use crate::sessions::Endpoint;

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator, credential)): Path<(String, String, String)>,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |authenticator| {
            if authenticator.store.remove(&credential_id(&credential)?)? {
                Ok(Value::Null)
            } else {
                Err(no_such_credential())
            }
        })
    })
    .await
}
