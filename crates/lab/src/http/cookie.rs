//! The session cookie. Cookies know no ports, so that its name carries ours.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

use crate::Session;

/// The browser's token, where it sent one.
pub(super) fn read(headers: &HeaderMap, port: u16) -> Option<Session> {
    let name = name(port);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, token)| Session::from_token(token))
}

/// A `Set-Cookie` value; not readable by scripts, not sent along by other sites.
pub(super) fn write(session: &Session, port: u16) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200",
        name(port),
        session.token()
    ))
    .ok()
}

fn name(port: u16) -> String {
    format!("latchkey_lab_{port}")
}
