//! Remove Virtual Authenticator (§11.4): its device is gone when this is answered.

use axum::extract::{Path, State};
use serde_json::Value;

use super::Answer;
use crate::{
    Event,
    sessions::{Endpoint, unknown},
};

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path((session, authenticator)): Path<(String, String)>,
) -> Answer {
    super::run(move || {
        endpoint.with_database(&session, |database| {
            drop(database.remove(&authenticator).ok_or_else(unknown)?);
            endpoint.tell(Event::AuthenticatorRemoved { id: &authenticator });
            Ok(Value::Null)
        })
    })
    .await
}
