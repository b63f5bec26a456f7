//! New Session (WebDriver §8.1).

use axum::extract::State;
use serde_json::json;

use super::Answer;
use crate::{body::Parameters, capabilities::NewSession, sessions::Endpoint};

pub(super) async fn run(State(endpoint): State<Endpoint>, parameters: Parameters) -> Answer {
    super::run(move || {
        let capabilities = parameters.read::<NewSession>()?.process()?;
        Ok(json!({ "sessionId": endpoint.new_session()?, "capabilities": capabilities }))
    })
    .await
}
