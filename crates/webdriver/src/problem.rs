//! Errors as WebDriver sends them (WebDriver §6.6): `{"value": {"error", "message", "stacktrace"}}`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A WebDriver error: a code of §6.6 with its HTTP status, and what happened in one plain sentence.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    error: &'static str,
    message: String,
}

impl Problem {
    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid argument", message)
    }

    pub(crate) fn invalid_session_id() -> Self {
        let message = "There is no such session: it was never made, or was deleted.";
        Self::new(StatusCode::NOT_FOUND, "invalid session id", message)
    }

    pub(crate) fn session_not_created(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "session not created", message)
    }

    pub(crate) fn unsupported_operation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unsupported operation", message)
    }

    pub(crate) fn unknown_command() -> Self {
        let message = "There is no such command here: this endpoint has no browser. It knows sessions and the commands \
                       for virtual authenticators.";
        Self::new(StatusCode::NOT_FOUND, "unknown command", message)
    }

    pub(crate) fn unknown_method() -> Self {
        let message = "The command is not called by this HTTP method.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "unknown method", message)
    }

    pub(crate) fn unknown_error(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unknown error", message)
    }

    /// For what is turned away before any command is looked for.
    pub(crate) fn turned_away(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "unknown error", message)
    }

    fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, message: message.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let value = json!({ "error": self.error, "message": self.message, "stacktrace": "" });
        (self.status, Json(json!({ "value": value }))).into_response()
    }
}
