//! The commands of WebAuthn §11.3 to §11.10, and the error of each step.

use authenticator::{platform::Rng, testing::SeededRng};
use serde_json::{Value, json};

use crate::{Endpoint, credential, private_key};

const INVALID: (u16, &str) = (400, "invalid argument");

// proves: webdriver
#[test]
fn an_authenticator_is_as_it_was_asked_for_or_refused() {
    let endpoint = Endpoint::start();
    let session = endpoint.session();
    let path = format!("{session}/webauthn/authenticator");
    for options in [
        json!({ "protocol": "ctap1/u2f", "transport": "usb" }),
        json!({ "protocol": "ctap2", "transport": "internal", "uvm": [[1, 2, 3]] }),
        json!({ "protocol": "ctap2_3", "transport": "smart-card", "hasResidentKey": true,
            "extensions": ["largeBlob", "prf"] }),
    ] {
        endpoint.value("POST", &path, &options);
    }
    for options in [
        json!([]),
        json!({}),
        json!({ "protocol": "ctap2" }),
        json!({ "protocol": "ctap3", "transport": "usb" }),
        json!({ "protocol": "ctap2", "transport": "pigeon" }),
        json!({ "protocol": "ctap2", "transport": "usb", "hasResidentKey": "true" }),
        json!({ "protocol": "ctap2", "transport": "usb", "hasResidentKey": null }),
        json!({ "protocol": "ctap2", "transport": "usb", "extensions": "prf" }),
        json!({ "protocol": "ctap2", "transport": "usb", "uvm": [[1, 2]] }),
        json!({ "protocol": "ctap2", "transport": "usb", "uvm": [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]] }),
        json!({ "protocol": "ctap2", "transport": "usb", "defaultBackupState": true }),
        json!({ "protocol": "ctap1/u2f", "transport": "usb", "hasResidentKey": true }),
        json!({ "protocol": "ctap2_1", "transport": "usb", "extensions": ["largeBlob"] }),
        json!({ "protocol": "ctap2_1", "transport": "usb", "extensions": ["largeBlobKey"] }),
        json!({ "protocol": "ctap2_1", "transport": "usb", "hasResidentKey": true,
            "extensions": ["largeBlob", "largeBlobKey"] }),
        json!({ "protocol": "ctap2", "transport": "usb", "unheardOf": true }),
    ] {
        endpoint.fails("POST", &path, &options, INVALID);
    }
    let options = json!({ "protocol": "ctap2", "transport": "usb", "extensions": ["uvm"] });
    endpoint.fails("POST", &path, &options, (500, "unsupported operation"));
    endpoint.fails("POST", "/session/none/webauthn/authenticator", &options, (404, "invalid session id"));
}

// proves: webdriver
#[test]
fn a_credential_comes_back_as_it_was_added() {
    let endpoint = Endpoint::start();
    let authenticator = endpoint.authenticator(
        &endpoint.session(),
        &json!({ "hasResidentKey": true, "defaultBackupEligibility": true, "defaultBackupState": true }),
    );
    let (add, all) = (format!("{authenticator}/credential"), format!("{authenticator}/credentials"));
    let mut full = credential("AAEC");
    full["backupEligibility"] = json!(false);
    full["backupState"] = json!(false);
    full["userName"] = json!("ada");
    full["userDisplayName"] = json!("Ada Lovelace");
    assert_eq!(endpoint.value("POST", &add, &full), Value::Null);
    let plain = json!({
        "credentialId": "AAEDBA==", "isResidentCredential": false, "rpId": "localhost", "privateKey": private_key(),
        "signCount": null,
    });
    endpoint.value("POST", &add, &plain);

    let listed = endpoint.value("GET", &all, &Value::Null);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let (one, two) = (&listed[0], &listed[1]);
    for (name, value) in full.as_object().unwrap().iter().filter(|(name, _)| *name != "privateKey") {
        assert_eq!(&one[name], value, "{name}");
    }
    assert_eq!((&two["credentialId"], &two["signCount"]), (&json!("AAEDBA"), &json!(0)));
    assert_eq!(
        (&two["backupEligibility"], &two["backupState"]),
        (&json!(true), &json!(true)),
        "the defaults"
    );
    assert!(two.get("userHandle").is_none() && two.get("largeBlob").is_none());

    // What was exported can be imported, and is the same key.
    endpoint.value("DELETE", &all, &Value::Null);
    assert_eq!(endpoint.value("GET", &all, &Value::Null), json!([]));
    endpoint.value("POST", &add, one);
    assert_eq!(&endpoint.value("GET", &all, &Value::Null)[0], one);
    // The same id again replaces it.
    endpoint.value("POST", &add, &credential("AAEC"));
    let replaced = endpoint.value("GET", &all, &Value::Null);
    assert_eq!((replaced.as_array().unwrap().len(), &replaced[0]["userName"]), (1, &json!("")));
}

#[test]
fn a_credential_that_is_none_is_refused() {
    let endpoint = Endpoint::start();
    let session = endpoint.session();
    let authenticator = endpoint.authenticator(&session, &json!({ "hasResidentKey": true }));
    let add = format!("{authenticator}/credential");
    for (name, wrong) in [
        ("credentialId", json!("no base64url!")),
        ("credentialId", json!("")),
        ("credentialId", Value::Null),
        ("isResidentCredential", Value::Null),
        ("rpId", json!("https://example.com")),
        ("rpId", json!("127.0.0.1")),
        ("privateKey", json!("AAAA")),
        ("privateKey", json!("+/==")),
        ("userHandle", Value::Null),
        ("userHandle", json!("??")),
        ("signCount", json!(-1)),
        ("signCount", json!(4_294_967_296_u64)),
        ("backupState", json!(true)),
    ] {
        let mut parameters = credential("AAEC");
        parameters[name] = wrong;
        endpoint.fails("POST", &add, &parameters, INVALID);
    }
    endpoint.fails("POST", &add, &json!("text"), INVALID);
    endpoint.fails("POST", &format!("{authenticator}0/credential"), &credential("AAEC"), INVALID);
    let plain = endpoint.authenticator(&session, &json!({}));
    endpoint.fails("POST", &format!("{plain}/credential"), &credential("AAEC"), INVALID);
}

// proves: webdriver
#[test]
fn a_large_blob_travels_with_its_credential() {
    let endpoint = Endpoint::start();
    let session = endpoint.session();
    let with = |extensions: Value| {
        endpoint.authenticator(&session, &json!({ "hasResidentKey": true, "extensions": extensions }))
    };
    let add = |to: &str, blob: &str| {
        let mut parameters = credential("AAEC");
        parameters["largeBlob"] = json!(blob);
        (format!("{to}/credential"), parameters)
    };
    let stored = |of: &str| endpoint.value("GET", &format!("{of}/credentials"), &Value::Null)[0].clone();

    let blobs = with(json!(["largeBlob"]));
    // 30,000 bytes that compress well: more than the key has room for as they are.
    for (sent, shown) in
        [("", ""), ("AAECAw==", "AAECAw"), (&*"QUJD".repeat(10_000), &*"QUJD".repeat(10_000))]
    {
        let (path, parameters) = add(&blobs, sent);
        endpoint.value("POST", &path, &parameters);
        assert_eq!(stored(&blobs)["largeBlob"], shown);
    }
    // What was exported is imported elsewhere, blob and all.
    let exported = stored(&blobs);
    let other = with(json!(["largeBlob"]));
    endpoint.value("POST", &format!("{other}/credential"), &exported);
    assert_eq!(stored(&other), exported);
    // Without a blob it has none, also where it replaces one with.
    endpoint.value("POST", &format!("{blobs}/credential"), &credential("AAEC"));
    assert!(stored(&blobs).get("largeBlob").is_none());

    // 7,500 bytes that compress to no less than 5,000.
    let rng = SeededRng::new(7);
    let mut noise = [0; 5000];
    rng.fill(&mut noise);
    let dense = hex::encode(noise) + "AA";
    let (path, parameters) = add(&blobs, &dense);
    endpoint.fails("POST", &path, &parameters, INVALID);
    let plain = with(json!([]));
    for of in [&blobs, &plain] {
        let (path, parameters) = add(of, "no base64url!");
        endpoint.fails("POST", &path, &parameters, INVALID);
    }
    // A key without the extension takes the credential and not the blob (§11.5).
    let (path, parameters) = add(&plain, "AAEC");
    endpoint.value("POST", &path, &parameters);
    assert!(stored(&plain).get("largeBlob").is_none());
    // One with an array has it elsewhere.
    let (path, parameters) = add(&with(json!(["largeBlobKey"])), "AAEC");
    endpoint.fails("POST", &path, &parameters, (500, "unsupported operation"));
}

// proves: override-per-credential
#[test]
fn flags_and_counter_of_a_stored_credential_can_be_set() {
    let endpoint = Endpoint::start();
    let authenticator = endpoint.authenticator(&endpoint.session(), &json!({ "hasResidentKey": true }));
    endpoint.value("POST", &format!("{authenticator}/credential"), &credential("AAEC"));
    let props = format!("{authenticator}/credentials/AAEC/props");
    let shown = || {
        let listed = endpoint.value("GET", &format!("{authenticator}/credentials"), &Value::Null);
        let of = &listed[0];
        (of["backupEligibility"].clone(), of["backupState"].clone(), of["signCount"].clone())
    };
    assert_eq!(shown(), (json!(false), json!(false), json!(5)));
    endpoint.fails("POST", &props, &json!({ "backupState": true }), INVALID);
    assert_eq!(shown(), (json!(false), json!(false), json!(5)), "nothing of a refused change stays");
    endpoint.value("POST", &props, &json!({ "backupEligibility": true, "backupState": true }));
    endpoint.value("POST", &props, &json!({ "signCount": 4_000_000_000_u32 }));
    assert_eq!(shown(), (json!(true), json!(true), json!(4_000_000_000_u32)));
    endpoint.value("POST", &props, &json!({ "backupState": false }));
    assert_eq!(shown(), (json!(true), json!(false), json!(4_000_000_000_u32)));

    for wrong in [json!([]), json!({ "backupState": "yes" }), json!({ "rpId": "example.org" })] {
        endpoint.fails("POST", &props, &wrong, INVALID);
    }
    endpoint.fails("POST", &props.replace("AAEC", "AAED"), &json!({}), INVALID);
}

// proves: webdriver
#[test]
fn credentials_are_removed_one_by_one() {
    let endpoint = Endpoint::start();
    let authenticator = endpoint.authenticator(&endpoint.session(), &json!({ "hasResidentKey": true }));
    for id in ["AAECAw", "AAED"] {
        endpoint.value("POST", &format!("{authenticator}/credential"), &credential(id));
    }
    // Selenium writes padding, here as elsewhere.
    endpoint.value("DELETE", &format!("{authenticator}/credentials/AAECAw=="), &Value::Null);
    let left = endpoint.value("GET", &format!("{authenticator}/credentials"), &Value::Null);
    assert_eq!((left.as_array().unwrap().len(), &left[0]["credentialId"]), (1, &json!("AAED")));
    for id in ["AAECAw", "!"] {
        endpoint.fails("DELETE", &format!("{authenticator}/credentials/{id}"), &Value::Null, INVALID);
    }
}

// proves: webdriver
#[test]
fn verification_is_switched_while_the_key_runs() {
    let endpoint = Endpoint::start();
    let authenticator = endpoint.authenticator(&endpoint.session(), &json!({ "hasUserVerification": true }));
    let verified = || {
        let shown = endpoint.value("GET", &authenticator.replace("/webauthn/", "/latchkey/"), &Value::Null);
        shown["configuration"]["isUserVerified"].clone()
    };
    assert_eq!(verified(), false);
    let uv = format!("{authenticator}/uv");
    assert_eq!(endpoint.value("POST", &uv, &json!({ "isUserVerified": true })), Value::Null);
    assert_eq!(verified(), true);
    for wrong in [json!({}), json!({ "isUserVerified": 1 }), json!(true)] {
        endpoint.fails("POST", &uv, &wrong, INVALID);
    }
    endpoint.fails("POST", &format!("{authenticator}0/uv"), &json!({ "isUserVerified": true }), INVALID);
}
