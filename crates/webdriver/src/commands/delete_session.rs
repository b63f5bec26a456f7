//! Delete Session (WebDriver §8.2): its virtual authenticators go with it.

use axum::extract::{Path, State};
use serde_json::Value;

use super::Answer;
use crate::sessions::Endpoint;

pub(super) async fn run(State(endpoint): State<Endpoint>, Path(session): Path<String>) -> Answer {
    super::run(move || {
        endpoint.delete_session(&session)?;
        Ok(Value::Null)
    })
    .await
}
