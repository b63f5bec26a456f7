//! From a lab that serves, over a key on the vault, to the vault: what the site says of its passkeys is done there.

use app::{
    App,
    keys::{Approval, Faults, KeyConfig, KeyLink, KeyStore},
    passkeys::{Passkey, Standing},
};
use security_key::{Hid, Session};
use serde_json::{Value, json};
use webauthn::client::{Authentication, Capabilities, Registration};

const ABLE: Capabilities = Capabilities { discoverable: true, user_verification: true };

/// A browser with one key plugged in and one site open.
struct Browser {
    site: String,
    cookie: Option<String>,
    key: Session<Hid>,
}

impl Browser {
    async fn register(&mut self, name: &str) -> Value {
        let begun = self.call("POST", "/api/registration/options", &json!({ "userName": name }));
        let options = serde_json::from_value(begun["options"].clone()).unwrap();
        let ceremony = Registration::begin(&options, &self.site, ABLE).unwrap();
        let made = self.key.make_credential(ceremony.request.clone()).await.unwrap();
        let credential = ceremony.finish(made, &["usb".to_owned()]).unwrap();
        let finish = json!({ "ceremony": begun["ceremony"], "credential": credential });
        self.call("POST", "/api/registration", &finish)["credential"].clone()
    }

    /// Signs in by this credential, whether the site knows it or not.
    async fn sign_in(&mut self, id: &str) -> Value {
        let begun = self.call("POST", "/api/authentication/options", &json!({}));
        let mut options = begun["options"].clone();
        options["allowCredentials"] = json!([{ "type": "public-key", "id": id }]);
        let options = serde_json::from_value(options).unwrap();
        let ceremony = Authentication::begin(&options, &self.site, ABLE).unwrap();
        let signed = self.key.get_assertion(ceremony.request.clone()).await.unwrap();
        let finish = json!({ "ceremony": begun["ceremony"], "credential": ceremony.finish(signed) });
        self.call("POST", "/api/authentication", &finish)
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.site))
            .header("Content-Type", "application/json");
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let mut response = agent.run(request.body(body.to_string()).unwrap()).unwrap();
        if let Some(set) = response.headers().get("set-cookie") {
            self.cookie = Some(set.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap_or_default()
    }

    /// What the site said last, and what came of it.
    fn last_signal(&mut self) -> (String, String) {
        let told = self.call("GET", "/api/signals", &Value::Null);
        let text = |member: &str| told[0][member].as_str().unwrap_or_default().to_owned();
        (text("method"), text("effect"))
    }
}

fn only(app: &App) -> Passkey {
    let mut passkeys = app.passkeys().unwrap();
    assert_eq!(passkeys.len(), 1);
    passkeys.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_lab_says_is_done_in_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::new(folder.path().to_owned());
    app.init_vault(&"correct horse battery".into()).unwrap();
    let config = KeyConfig {
        profile: app::profiles::load("device-bound").unwrap(),
        links: vec![KeyLink::Tcp(([127, 0, 0, 1], 0).into())],
        store: KeyStore::Vault,
        approval: Approval::Always,
        trace: None,
        faults: Faults::default(),
    };
    let key = app.start_key(&config, None).unwrap();
    let site = app.start_lab(0).await.unwrap().url.unwrap();
    let key = Session::new(Hid::open(&key.addresses()[0]).await.unwrap());
    let mut browser = Browser { site, cookie: None, key };

    let credential = browser.register("ada").await;
    let id = credential["id"].as_str().unwrap().to_owned();
    assert_eq!(only(&app).standing, Standing::Offered);

    browser.call("PUT", "/api/account", &json!({ "userName": "ada.l", "displayName": "Ada L." }));
    assert_eq!(only(&app).user_name.as_deref(), Some("ada.l"));
    assert_eq!(only(&app).user_display_name.as_deref(), Some("Ada L."));
    assert_eq!(browser.last_signal().1, "In the vault: 1 passkey renamed.");

    browser.call("DELETE", &format!("/api/credentials/{id}"), &Value::Null);
    assert_eq!(only(&app).standing, Standing::Hidden);
    browser.call("POST", &format!("/api/credentials/{id}/put-back"), &Value::Null);
    assert_eq!(only(&app).standing, Standing::Offered);

    // The site forgets it while nobody hears, and says so when it is tried.
    browser.call("DELETE", &format!("/api/credentials/{id}"), &Value::Null);
    app.hide_passkey(&id, false).unwrap();
    let refused = browser.sign_in(&id).await;
    assert_eq!(refused["code"], "not-verified", "{refused}");
    let (method, effect) = browser.last_signal();
    assert_eq!(
        (method.as_str(), effect.as_str()),
        ("signalUnknownCredential", "In the vault: 1 passkey hidden.")
    );
    assert_eq!(only(&app).standing, Standing::Hidden);

    let said: Vec<_> =
        app.history(&id).unwrap().into_iter().map(|event| (event.what, event.by_name)).collect();
    assert_eq!(said[0], ("hidden".to_owned(), Some("localhost".to_owned())));

    app.lock_vault().unwrap();
    browser.call("POST", &format!("/api/credentials/{id}/put-back"), &Value::Null);
    assert!(browser.last_signal().1.starts_with("Not done: "), "{:?}", browser.last_signal());
}
