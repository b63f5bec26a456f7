//! `key`: security keys, which are this program's own here, in another process.

use serde_json::{Value, json};

use super::emulated::{Emulated, failure};
use crate::program::Home;

#[test]
fn every_shipped_profile_is_listed_and_its_label_stays() {
    let home = Home::new();
    for profile in ["device-bound", "yubikey-5.7-like", "u2f-only", "ctap20-only", "fingerprint-key", "tiny"]
    {
        let key = Emulated::start(profile);
        let listed = key.json(&home, &["list"]);
        let listed = &listed.as_array().unwrap()[0];
        assert_eq!((&listed["transport"], &listed["path"]), (&json!("socket"), &json!(key.address)));
        assert!(listed.get("error").is_none(), "{profile}: {listed}");
        let versions: Vec<_> =
            listed["versions"].as_array().unwrap().iter().map(|version| version.as_str().unwrap()).collect();
        assert_eq!(versions.iter().any(|version| version.starts_with("FIDO_2")), profile != "u2f-only");
        assert_eq!(listed["aaguid"].is_string(), profile != "u2f-only", "{listed}");
        assert_eq!(listed["id"].as_str().unwrap().len(), 8);

        let label = format!("My {profile}");
        key.json(&home, &["label", &label, "--colour", "purple"]);
        let again = key.json(&home, &["list"]);
        assert_eq!((&again[0]["name"], &again[0]["colour"]), (&json!(label), &json!("purple")));
        assert_eq!(again[0]["id"], listed["id"]);
    }
}

#[test]
fn a_key_shows_itself_and_says_when_it_is_touched() {
    let home = Home::new();
    let key = Emulated::start("device-bound");
    let winked = key.json(&home, &["wink"]);
    assert_eq!(key.event("wink")["key"], "device-bound");
    assert_eq!(key.json(&home, &["select"]), winked, "both name the key by its id");
    assert_eq!(key.event("request")["command"], "getInfo");
}

#[test]
fn a_label_is_the_person_s_and_names_one_key() {
    let home = Home::new();
    let [blue, green] = ["device-bound", "synced"].map(Emulated::start);
    blue.json(&home, &["label", "Safe"]);
    let (code, error) = failure(&green.run(&home, &["label", "SAFE", "--json"]));
    assert_eq!((code, &error["message"]), (2, &json!("Another key is called SAFE already.")));
    let coloured = blue.json(&home, &["label", "--colour", "green"]);
    assert_eq!(
        (&coloured["label"], &coloured["colour"]),
        (&json!("Safe"), &json!("green")),
        "its name stays"
    );
    let bare = blue.json(&home, &["label", "--remove"]);
    assert_eq!((&bare["label"], &bare["colour"]), (&Value::Null, &Value::Null));
    green.json(&home, &["label", "SAFE"]);
}

#[test]
fn a_key_that_is_not_there_is_told_by_its_exit_code() {
    let home = Home::new();
    let at = |key: &str| failure(&home.command(&["key", "wink", "--key", key, "--json"]).output().unwrap());
    let (code, error) = at("of Zoe");
    assert_eq!((code, &error["code"]), (3, &json!("not-found")));
    assert_eq!(error["message"], "No key called of Zoe is plugged in.");
    let (code, error) = at("tcp:127.0.0.1:9");
    assert_eq!((code, &error["code"]), (6, &json!("device-gone")), "{error}");
    let listed = home.json(&["key", "list", "--key", "tcp:127.0.0.1:9"]);
    assert_eq!(listed[0]["error"]["code"], "device-gone", "a list tells why it could not ask: {listed}");
}

#[test]
fn info_tells_every_member_to_scripts_and_explains_it_to_people() {
    let home = Home::new();
    let key = Emulated::start("yubikey-5.7-like");
    let told = key.json(&home, &["info"]);
    assert_eq!(told["options"]["rk"], true);
    assert!(told["versions"].as_array().unwrap().contains(&json!("FIDO_2_1")), "{told}");
    assert_eq!(told["aaguid"].as_str().unwrap().len(), 36);
    let page = key.run(&home, &["info"]);
    let page = String::from_utf8(page.stdout).unwrap();
    for subject in
        ["Identity", "Interfaces", "Protocol", "Verification", "Storage", "Management", "Policy", "Limits"]
    {
        assert!(page.lines().any(|line| line == subject), "{subject} in {page}");
    }
    assert!(page.contains("(options.clientPin)") && page.contains("not set yet"), "{page}");

    let old = Emulated::start("u2f-only");
    assert_eq!(old.json(&home, &["info"]), json!({ "versions": ["U2F_V2"] }));
    let page = String::from_utf8(old.run(&home, &["info"]).stdout).unwrap();
    assert!(page.contains("It stores none"), "{page}");
}
