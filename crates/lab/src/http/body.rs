use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header::CONTENT_TYPE},
};
use serde::de::DeserializeOwned;

use super::answer::Problem;

/// A JSON body. Only `application/json` is read: a form of another site cannot send that.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content-type",
                "The body is not declared as JSON.",
                "Send it with Content-Type: application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            Problem::new(
                rejection.status(),
                "body",
                "The body could not be read.",
                "It may have 64 KiB at most.",
            )
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            if error.is_data() {
                let message = format!("The JSON has not the members that belong here: {error}.");
                Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "shape",
                    message,
                    "Compare with WebAuthn §5.1.9 and §5.1.10.",
                )
            } else {
                let message = format!("The body is not JSON: {error}.");
                Problem::new(StatusCode::BAD_REQUEST, "json", message, "Send one JSON object.")
            }
        })
    }
}
