//! The endpoint over TCP, with a client that shares no code with it.

mod commands;
mod refusals;
mod sessions;

use std::sync::{Arc, Mutex};

use authenticator::testing::{ManualClock, SeededRng};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use webdriver::{Config, Event, Reach, Running, serve};

/// A P-256 key as `openssl pkcs8 -topk8` packs it, in base64url.
fn private_key() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(hex::decode(include_str!("p256.pkcs8.hex").trim()).unwrap())
}

/// An endpoint whose virtual authenticators are reached over TCP.
struct Endpoint {
    runtime: Runtime,
    running: Option<Running>,
    url: String,
    told: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    fn start() -> Self {
        Self::reached_by(Reach::Tcp("127.0.0.1:0".parse().unwrap()))
    }

    fn reached_by(reach: Reach) -> Self {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let hears = told.clone();
        let config = Config {
            address: "127.0.0.1:0".parse().unwrap(),
            reach,
            clock: || Arc::new(ManualClock::default()),
            rng: Arc::new(SeededRng::new(1)),
            listener: Some(Arc::new(move |event: Event<'_>| {
                hears.lock().unwrap().push(format!("{event:?}"));
            })),
        };
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(serve(config)).unwrap();
        let url = running.url().to_owned();
        Self { runtime, running: Some(running), url, told }
    }

    /// `http://127.0.0.1:PORT`, without the secret path.
    fn origin(&self) -> &str {
        self.url.rsplit_once('/').unwrap().0
    }

    fn stop(&mut self) {
        self.runtime.block_on(self.running.take().unwrap().stop());
    }

    fn call(&self, method: &str, path: &str, parameters: &Value) -> (u16, Value) {
        let body = if method == "POST" { parameters.to_string() } else { String::new() };
        let (status, answer) = send(method, &format!("{}{path}", self.url), &[], &body);
        (status, answer["value"].clone())
    }

    /// A call that succeeds.
    fn value(&self, method: &str, path: &str, parameters: &Value) -> Value {
        let (status, value) = self.call(method, path, parameters);
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }

    /// A call that fails with this status and code, and says why.
    fn fails(&self, method: &str, path: &str, parameters: &Value, expected: (u16, &str)) {
        let (status, value) = self.call(method, path, parameters);
        assert_eq!((status, value["error"].as_str().unwrap()), expected, "{method} {path}: {value}");
        assert!(value["message"].as_str().unwrap().ends_with('.') && value["stacktrace"] == "", "{value}");
    }

    /// A session, as the path of its commands.
    fn session(&self) -> String {
        let session = self.value("POST", "/session", &json!({ "capabilities": {} }));
        format!("/session/{}", session["sessionId"].as_str().unwrap())
    }

    /// A virtual authenticator with these options beside protocol and transport, as the path of its commands.
    fn authenticator(&self, session: &str, options: &Value) -> String {
        let mut all = json!({ "protocol": "ctap2_1", "transport": "usb" });
        all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let path = format!("{session}/webauthn/authenticator");
        let id = self.value("POST", &path, &all);
        format!("{path}/{}", id.as_str().unwrap())
    }
}

/// The status and the whole body of one request.
fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body.to_owned()).unwrap()).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Credential Parameters that are right.
fn credential(id: &str) -> Value {
    json!({
        "credentialId": id, "isResidentCredential": true, "rpId": "example.com", "privateKey": private_key(),
        "userHandle": "AQI", "signCount": 5,
    })
}
