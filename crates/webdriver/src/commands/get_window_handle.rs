//! Get Window Handle (WebDriver §11.1). There is no window; WebdriverIO begins every session with this question and
//! ends without an answer, so it gets a handle that nothing else takes.

use axum::extract::{Path, State};
use serde_json::json;

use super::Answer;
use crate::sessions::Endpoint;

pub(super) async fn run(State(endpoint): State<Endpoint>, Path(session): Path<String>) -> Answer {
    super::run(move || endpoint.with_database(&session, |_| Ok(json!("no-window")))).await
}
