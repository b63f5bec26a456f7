//! Errors as JSON: `{code, message, hint}`, and `verdict` where a ceremony did not verify.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use webauthn::verify::Verdict;

use crate::Error;

/// An error as the page and scripts meet it.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Box<Verdict>>,
}

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { status, code, message: message.into(), hint: Some(hint.into()), verdict: None }
    }

    /// A ceremony that did not verify.
    pub(super) fn not_verified(verdict: Verdict, what: &str) -> Self {
        let why = verdict.failure().map_or_else(String::new, |step| {
            format!(" The check \"{}\" ({}) failed: {}", step.title, step.section, step.detail)
        });
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "not-verified",
            message: format!("{what}{why}"),
            hint: Some("The checks are listed below.".to_owned()),
            verdict: Some(Box::new(verdict)),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match error {
            Error::Name => StatusCode::UNPROCESSABLE_ENTITY,
            Error::NameTaken(_) => StatusCode::CONFLICT,
            Error::UnknownAccount(_) | Error::UnknownCredential => StatusCode::NOT_FOUND,
            Error::NotSignedIn => StatusCode::UNAUTHORIZED,
            Error::NotOpen | Error::Expired => StatusCode::GONE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, code: error.code(), message: error.to_string(), hint: error.hint(), verdict: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

pub(super) async fn no_such_page() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-page",
        "There is nothing at this address.",
        "Open the lab's first page, /.",
    )
}
