//! What keeps other sites away from a server on this machine.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{self, HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Site, answer::Problem};

/// Takes only requests that name us as host, against DNS rebinding, and that no other site caused.
pub(super) async fn same_site(State(site): State<Site>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if Some(format!("http://{}", text(headers, &HOST).unwrap_or_default()).as_str()) != Some(&*site.origin) {
        return Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "host",
            "The lab answers under its own name alone.",
            format!("Open {}.", site.origin),
        )
        .into_response();
    }
    let changes = !request.method().is_safe();
    let foreign_origin = text(headers, &ORIGIN).is_some_and(|origin| origin != &*site.origin);
    let foreign_fetch =
        text(headers, &FETCH_SITE).is_some_and(|from| from != "same-origin" && from != "none");
    if changes && (foreign_origin || foreign_fetch) {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "origin",
            "The request comes from another site.",
            format!("Use the page at {}.", site.origin),
        )
        .into_response();
    }
    next.run(request).await
}

/// No inline script, nothing from the network, no framing, no sniffing, no caching.
pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (OPENER_POLICY, "same-origin"),
        (RESOURCE_POLICY, "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}
