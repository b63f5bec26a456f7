//! The page and its parts, compiled in.

use axum::{Router, http::header::CONTENT_TYPE, routing::get};

use super::Site;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", part("text/html; charset=utf-8", include_str!("../../pages/index.html")))
        .route("/lab.css", part("text/css; charset=utf-8", include_str!("../../pages/lab.css")))
        .route("/lab.js", part("text/javascript; charset=utf-8", include_str!("../../pages/lab.js")))
        .route("/view.js", part("text/javascript; charset=utf-8", include_str!("../../pages/view.js")))
        .route("/signs.svg", part("image/svg+xml", include_str!("../../pages/signs.svg")))
        .route("/icon.svg", part("image/svg+xml", include_str!("../../../../icons/latchkey.svg")))
}

fn part(kind: &'static str, text: &'static str) -> axum::routing::MethodRouter<Site> {
    get(move || async move { ([(CONTENT_TYPE, kind)], text) })
}
