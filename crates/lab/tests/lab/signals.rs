//! What the site says of its passkeys, when, and who hears it.

use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

use crate::{
    http::{JSON, Server},
    support::SoftwareKey,
};

/// A listener's notes, as JSON.
fn listen(server: &Server) -> Arc<Mutex<Vec<Value>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    server.running.as_ref().unwrap().lab().on_signal(Box::new(move |signal| {
        notes.lock().unwrap().push(serde_json::to_value(signal).unwrap());
        "Heard.".to_owned()
    }));
    heard
}

fn drain(heard: &Mutex<Vec<Value>>) -> Vec<Value> {
    std::mem::take(&mut *heard.lock().unwrap())
}

#[test]
fn each_thing_that_happens_to_an_account_is_said_once() {
    let server = Server::start();
    let heard = listen(&server);
    let mut browser = server.browser();
    let mut key = SoftwareKey::device_bound(1);
    let (_, done) = browser.register(&mut key, "ada");
    let (id, user) = (done["credential"]["id"].clone(), done["credential"]["userHandle"].clone());
    let accepted =
        |ids: &[&Value]| json!({ "rpId": "localhost", "userId": user, "allAcceptedCredentialIds": ids });
    let called =
        |name: &str| json!({ "rpId": "localhost", "userId": user, "name": name, "displayName": name });
    assert_eq!(drain(&heard), [accepted(&[&id]), called("ada")]);

    let finish = browser.begin_sign_in(&mut key);
    assert_eq!(browser.post("/api/authentication", &finish).0, 200);
    assert_eq!(drain(&heard), [accepted(&[&id]), called("ada")]);

    let new_name = json!({ "userName": "Ada L." }).to_string();
    assert_eq!(browser.send("PUT", "/api/account", &[JSON], &new_name).0, 204);
    assert_eq!(drain(&heard), [called("Ada L.")]);
    assert_eq!(browser.get("/api/session"), json!({ "userName": "Ada L." }));

    let path = format!("/api/credentials/{}", id.as_str().unwrap());
    assert_eq!(browser.send("DELETE", &path, &[], "").0, 204);
    assert_eq!(drain(&heard), [accepted(&[])]);

    let finish = browser.begin_sign_in(&mut key);
    assert_eq!(browser.post("/api/authentication", &finish).0, 422);
    assert_eq!(drain(&heard), [json!({ "rpId": "localhost", "credentialId": id })]);

    assert_eq!(browser.send("POST", &format!("{path}/put-back"), &[], "").0, 204);
    assert_eq!(drain(&heard), [accepted(&[&id])]);

    let told = browser.get("/api/signals");
    let methods: Vec<_> =
        told.as_array().unwrap().iter().map(|told| told["method"].as_str().unwrap()).collect();
    assert_eq!(
        methods[..4],
        [
            "signalAllAcceptedCredentials",
            "signalUnknownCredential",
            "signalAllAcceptedCredentials",
            "signalCurrentUserDetails"
        ]
    );
    assert_eq!((&told[0]["effect"], &told[0]["number"]), (&json!("Heard."), &json!(8)));
}

#[test]
fn a_refused_sign_in_of_a_known_passkey_says_nothing() {
    let server = Server::start();
    let mut browser = server.browser();
    let mut key = SoftwareKey::device_bound(1);
    browser.register(&mut key, "ada");
    let heard = listen(&server);
    key.sign_count = 0;
    let finish = browser.begin_sign_in(&mut key);
    assert_eq!(browser.post("/api/authentication", &finish).0, 422);
    assert_eq!(drain(&heard), Vec::<Value>::new());
}

#[test]
fn only_who_is_signed_in_renames_and_only_to_a_free_name() {
    let server = Server::start();
    let mut owner = server.browser();
    owner.register(&mut SoftwareKey::device_bound(1), "ada");
    let mut other = server.browser();
    other.register(&mut SoftwareKey::device_bound(2), "eve");
    let mut rename = |name: &str, signed_in: bool| {
        let mut stranger = server.browser();
        let browser = if signed_in { &mut other } else { &mut stranger };
        let (status, answer, _) =
            browser.send("PUT", "/api/account", &[JSON], &json!({ "userName": name }).to_string());
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(rename("zoe", false), (401, "not-signed-in".to_owned()));
    assert_eq!(rename("ada", true), (409, "name-taken".to_owned()));
    assert_eq!(rename(" ", true), (422, "name".to_owned()));
}
