//! The lab over TCP, with a client that shares no code with the server.

use crate::support::SoftwareKey;
use lab::{Database, Error, Running, ServerConfig, serve};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub(crate) struct Server {
    runtime: Runtime,
    pub(crate) running: Option<Running>,
    url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(serve(ServerConfig { port: 0, database: Database::Memory })).unwrap();
        let url = running.url().to_owned();
        Self { runtime, running: Some(running), url }
    }

    fn port(&self) -> u16 {
        self.url.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { url: &self.url, cookie: None }
    }
}

/// A client that keeps one cookie.
pub(crate) struct Browser<'a> {
    url: &'a str,
    cookie: Option<String>,
}

impl Browser<'_> {
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, Value, ureq::http::HeaderMap) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(body.to_owned()).unwrap()).unwrap();
        if let Some(set) = response.headers().get("set-cookie") {
            self.cookie = Some(set.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        let text = response.body_mut().read_to_string().unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (response.status().as_u16(), body, response.headers().clone())
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        let (status, answer, _) = self.send("POST", path, &[JSON], &body.to_string());
        (status, answer)
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        self.send("GET", path, &[], "").1
    }

    pub(crate) fn register(&mut self, key: &mut SoftwareKey, name: &str) -> (u16, Value) {
        let (status, begun) = self.post("/api/registration/options", &json!({ "userName": name }));
        assert_eq!(status, 200, "{begun}");
        let options = serde_json::from_value(begun["options"].clone()).unwrap();
        let credential = key.create(&options, self.url);
        self.post("/api/registration", &json!({ "ceremony": begun["ceremony"], "credential": credential }))
    }

    /// Begins to sign in, and the body that finishes it.
    pub(crate) fn begin_sign_in(&mut self, key: &mut SoftwareKey) -> Value {
        let (status, begun) = self.post("/api/authentication/options", &json!({}));
        assert_eq!(status, 200, "{begun}");
        let options = serde_json::from_value(begun["options"].clone()).unwrap();
        json!({ "ceremony": begun["ceremony"], "credential": key.get(&options, self.url) })
    }
}

pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn a_browser_registers_signs_out_and_signs_in() {
    let server = Server::start();
    let mut browser = server.browser();
    let mut key = SoftwareKey::device_bound(1);
    let (status, done) = browser.register(&mut key, "ada");
    assert_eq!((status, &done["userName"]), (200, &json!("ada")), "{done}");
    assert_eq!(browser.get("/api/session"), json!({ "userName": "ada" }));
    let (status, ..) = browser.send("DELETE", "/api/session", &[], "");
    assert_eq!(status, 204);
    assert_eq!(browser.get("/api/session"), json!({ "userName": null }));

    let finish = browser.begin_sign_in(&mut key);
    let (status, done) = browser.post("/api/authentication", &finish);
    assert_eq!((status, &done["userName"]), (200, &json!("ada")), "{done}");
    assert_eq!(done["verdict"]["verified"], true);

    let seen = browser.get("/api/credentials");
    assert_eq!(seen[0]["kind"], "device-bound");
    assert_eq!(
        seen[0]["flags"],
        json!({ "up": true, "uv": true, "be": false, "bs": false, "at": false, "ed": false })
    );
    assert_eq!(seen[0]["aaguid"], "01010101-0101-0101-0101-010101010101");
    assert_eq!((&seen[0]["algorithm"], &seen[0]["transports"]), (&json!(-7), &json!(["usb"])));
    assert_eq!(
        (&seen[0]["history"][0]["signCount"], &seen[0]["history"][1]["signCount"]),
        (&json!(1), &json!(2))
    );

    let id = seen[0]["id"].as_str().unwrap();
    assert_eq!(browser.send("DELETE", &format!("/api/credentials/{id}"), &[], "").0, 204);
    assert_eq!(browser.get("/api/credentials"), json!([]));
    let (status, gone, _) = browser.send("DELETE", &format!("/api/credentials/{id}"), &[], "");
    assert_eq!((status, &gone["code"]), (404, &json!("unknown-credential")));
}

#[test]
fn the_cookie_is_closed_to_scripts_and_changes_with_every_sign_in() {
    let server = Server::start();
    let mut browser = server.browser();
    let (_, _, headers) = browser.send("GET", "/api/session", &[], "");
    let set = headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with(&format!("latchkey_lab_{}=", server.port())), "{set}");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");

    let anonymous = browser.cookie.clone();
    let mut key = SoftwareKey::device_bound(1);
    browser.register(&mut key, "ada");
    let registered = browser.cookie.clone();
    assert_ne!(registered, anonymous);
    let mut fixated = Browser { url: &server.url, cookie: anonymous };
    assert_eq!(
        fixated.get("/api/session"),
        json!({ "userName": null }),
        "the token from before is worth nothing"
    );
}

#[test]
fn a_ceremony_finishes_only_in_the_browser_that_began_it() {
    let server = Server::start();
    let mut key = SoftwareKey::device_bound(1);
    let mut browser = server.browser();
    browser.register(&mut key, "ada");
    let finish = browser.begin_sign_in(&mut key);
    let (status, answer) = server.browser().post("/api/authentication", &finish);
    assert_eq!((status, &answer["code"]), (410, &json!("not-open")));
    assert_eq!(browser.post("/api/authentication", &finish).0, 200);
    assert_eq!(browser.post("/api/authentication", &finish).0, 410, "and once");
}

#[test]
fn a_refusal_says_which_check_failed() {
    let server = Server::start();
    let mut browser = server.browser();
    let mut key = SoftwareKey::device_bound(1);
    browser.register(&mut key, "ada");
    key.sign_count = 0;
    let finish = browser.begin_sign_in(&mut key);
    let (status, answer) = browser.post("/api/authentication", &finish);
    assert_eq!((status, &answer["code"]), (422, &json!("not-verified")));
    assert!(answer["message"].as_str().unwrap().contains("cloned"), "{answer}");
    assert_eq!(answer["verdict"]["verified"], false);
}

#[test]
fn other_hosts_and_other_sites_are_turned_away() {
    let server = Server::start();
    let own = server.url.clone();
    for host in ["evil.example", "127.0.0.1", "localhost", "localhost:1"] {
        let (status, answer, _) = server.browser().send("GET", "/", &[("Host", host)], "");
        assert_eq!((status, &answer["code"]), (421, &json!("host")), "{host}");
    }
    for (header, value) in
        [("Origin", "http://localhost:1"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]
    {
        let (status, answer, _) =
            server.browser().send("POST", "/api/authentication/options", &[JSON, (header, value)], "{}");
        assert_eq!((status, &answer["code"]), (403, &json!("origin")), "{header}: {value}");
    }
    let same = [JSON, ("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(server.browser().send("POST", "/api/authentication/options", &same, "{}").0, 200);
}

#[test]
fn what_is_no_json_or_not_the_right_json_is_said() {
    let server = Server::start();
    let mut browser = server.browser();
    let path = "/api/registration";
    let large = format!("\"{}\"", "x".repeat(70_000));
    for (headers, body, status, code) in [
        ([JSON].as_slice(), "{\"ceremony\":", 400, "json"),
        (&[JSON], "[]", 422, "shape"),
        (&[JSON], "{\"ceremony\":\"x\",\"credential\":{}}", 422, "shape"),
        (&[("Content-Type", "text/plain")], "{}", 415, "content-type"),
        (&[JSON], &large, 413, "body"),
    ] {
        let (answered, answer, _) = browser.send("POST", path, headers, body);
        assert_eq!((answered, &answer["code"]), (status, &json!(code)), "{answer}");
        assert!(answer["message"].is_string() && answer["hint"].is_string());
    }
    let (status, answer) = browser.post("/api/registration/options", &json!({ "userName": " " }));
    assert_eq!((status, &answer["code"]), (422, &json!("name")));
    assert_eq!(browser.send("GET", "/nothing", &[], "").1["code"], "no-such-page");
}

#[test]
fn the_page_is_whole_and_runs_nothing_from_elsewhere() {
    let server = Server::start();
    let mut browser = server.browser();
    let (_, page, headers) = browser.send("GET", "/", &[], "");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let page = page.as_str().unwrap();
    for id in
        ["name", "register", "sign-in", "sign-out", "cancel", "status", "credentials", "steps", "signals"]
    {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    for (part, kind) in [
        ("/lab.css", "text/css; charset=utf-8"),
        ("/lab.js", "text/javascript; charset=utf-8"),
        ("/view.js", "text/javascript; charset=utf-8"),
        ("/signs.svg", "image/svg+xml"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let (status, text, headers) = browser.send("GET", part, &[], "");
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, kind));
        let text = text.as_str().unwrap().replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("https://"), "{part} names another site");
    }
}

#[test]
fn a_port_in_use_is_named_with_the_option_that_changes_it() {
    let server = Server::start();
    let port = server.port();
    let second = server.runtime.block_on(serve(ServerConfig { port, database: Database::Memory }));
    let Err(error @ Error::PortInUse { .. }) = second else { panic!("two servers on one port") };
    assert!(error.to_string().contains(&port.to_string()));
    assert!(error.hint().unwrap().contains("--port"));
}

#[test]
fn a_stopped_lab_frees_its_port() {
    let mut server = Server::start();
    let port = server.port();
    server.browser().get("/api/session");
    server.runtime.block_on(server.running.take().unwrap().stop());
    let again = server.runtime.block_on(serve(ServerConfig { port, database: Database::Memory })).unwrap();
    assert_eq!(again.url(), server.url);
}
