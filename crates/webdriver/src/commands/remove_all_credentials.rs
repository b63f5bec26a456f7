//! Remove All Credentials (§11.8).

use authenticator::platform::Store;
use axum::extract::{Path, State};
use serde_json::Value;

use super::Answer;
use crate::sessions::Endpoint;

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator)): Path<(String, String)>,
) -> Answer {
    super::run(move || {
        endpoint.with_authenticator(&session, &authenticator, |authenticator| {
            for credential in authenticator.store.all()? {
                authenticator.store.remove(&credential.id)?;
            }
            Ok(Value::Null)
        })
    })
    .await
}
