//! What keeps web pages away from an endpoint on this machine.

use std::net::SocketAddr;

use axum::{
    extract::{Request, State},
    http::{
        HeaderName, StatusCode,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Takes only requests that name this machine as host, against DNS rebinding, and that no web page caused:
/// browsers give those away by `Origin` or `Sec-Fetch-Site`, and no WebDriver client sends either.
pub(crate) async fn no_web_page(State(address): State<SocketAddr>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if host != address.to_string() && host != format!("localhost:{}", address.port()) {
        let message = format!("The endpoint answers as {address} and as localhost alone.");
        return Problem::turned_away(StatusCode::MISDIRECTED_REQUEST, message).into_response();
    }
    if headers.contains_key(ORIGIN) || headers.contains_key(FETCH_SITE) {
        let message = "The request comes from a web page; those may not drive virtual authenticators.";
        return Problem::turned_away(StatusCode::FORBIDDEN, message).into_response();
    }
    next.run(request).await
}
