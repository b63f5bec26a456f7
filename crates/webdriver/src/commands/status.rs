//! Status (WebDriver §8.3).

use serde_json::json;

use super::Answer;

pub(super) async fn run() -> Answer {
    super::run(|| {
        Ok(json!({
            "ready": true,
            "message": "Ready to make virtual authenticators.",
            "build": { "version": env!("CARGO_PKG_VERSION") },
        }))
    })
    .await
}
