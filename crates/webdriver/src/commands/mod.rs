//! One file per command.

mod add_credential;
mod add_virtual_authenticator;
mod delete_session;
mod get_authenticator;
mod get_credentials;
mod get_window_handle;
mod new_session;
mod remove_all_credentials;
mod remove_credential;
mod remove_virtual_authenticator;
mod set_credential_properties;
mod set_user_verified;
mod status;

use axum::{
    Json, Router,
    routing::{delete, get, post},
};
use serde_json::{Value, json};

use crate::{problem::Problem, sessions::Endpoint};

/// The endpoint's commands.
pub(crate) fn routes() -> Router<Endpoint> {
    Router::new()
        .route("/status", get(status::run))
        .route("/session", post(new_session::run))
        .route("/session/{session}", delete(delete_session::run))
        .route("/session/{session}/window", get(get_window_handle::run))
        .route("/session/{session}/webauthn/authenticator", post(add_virtual_authenticator::run))
        .route(
            "/session/{session}/webauthn/authenticator/{authenticator}",
            delete(remove_virtual_authenticator::run),
        )
        .route(
            "/session/{session}/webauthn/authenticator/{authenticator}/credential",
            post(add_credential::run),
        )
        .route(
            "/session/{session}/webauthn/authenticator/{authenticator}/credentials",
            get(get_credentials::run).delete(remove_all_credentials::run),
        )
        .route(
            "/session/{session}/webauthn/authenticator/{authenticator}/credentials/{credential}",
            delete(remove_credential::run),
        )
        .route(
            "/session/{session}/webauthn/authenticator/{authenticator}/credentials/{credential}/props",
            post(set_credential_properties::run),
        )
        .route("/session/{session}/webauthn/authenticator/{authenticator}/uv", post(set_user_verified::run))
        .route("/session/{session}/latchkey/authenticator/{authenticator}", get(get_authenticator::run))
        .method_not_allowed_fallback(async || Problem::unknown_method())
        .fallback(async || Problem::unknown_command())
}

/// What a command answers: `{"value": …}` (WebDriver §6.3).
type Answer = Result<Json<Value>, Problem>;

/// Runs a command where it may wait: starting a key waits for the device, stopping for its thread.
async fn run<W>(work: W) -> Answer
where
    W: FnOnce() -> Result<Value, Problem> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer.map(|value| Json(json!({ "value": value }))),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// The credential id of a path; one that is no base64url belongs to no credential.
fn credential_id(text: &str) -> Result<Vec<u8>, Problem> {
    crate::base64url::decode(text).ok_or_else(no_such_credential)
}

fn no_such_credential() -> Problem {
    Problem::invalid_argument("The virtual authenticator has no such credential.")
}
