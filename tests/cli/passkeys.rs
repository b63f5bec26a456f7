//! What the command line does to passkeys, and what a key and its history show of it.

use serde_json::{Value, json};
use std::{fs, process::Output};

use crate::{
    program::{Emulator, Home},
    wire::{Client, Request},
};

/// A vault with one passkey of a key that goes on running, and its id.
fn with_passkey() -> (Home, Emulator, String) {
    let home = Home::with_vault();
    let key = Emulator::on_vault(&home, "device-bound");
    let (status, _) = Client::tcp(key.tcp()).cbor(&Request::register("ada").encode());
    assert_eq!(status, 0x00);
    let id = text(&home.json(&["passkey", "list"])[0]["id"]);
    (home, key, id)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn refused(output: &Output) -> (i32, String) {
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    (output.status.code().unwrap(), text(&error["error"]["code"]))
}

#[test]
fn a_deleted_passkey_waits_in_the_trash_comes_back_and_is_purged_only_when_asked() {
    let (home, _key, id) = with_passkey();
    let deleted = home.json(&["passkey", "delete", "--yes", &id]);
    assert_eq!(deleted["standing"], "deleted");
    assert!(text(&deleted["purgeAt"]) > text(&deleted["deletedAt"]));
    assert_eq!(home.json(&["passkey", "list"]), json!([]));
    assert_eq!(home.json(&["passkey", "list", "--trash"])[0]["id"], id);

    assert_eq!(home.json(&["passkey", "restore", &id])["standing"], "offered");
    assert_eq!(home.json(&["passkey", "list", "--trash"]), json!([]));
    let in_use = home.command(&["passkey", "purge", "--yes", "--json", &id]).output().unwrap();
    assert_eq!(refused(&in_use), (2, "usage".to_owned()));

    home.json(&["passkey", "delete", "--yes", &id]);
    assert_eq!(home.json(&["passkey", "purge", "--all", "--yes"]), json!({ "purged": 1 }));
    let gone = home.command(&["passkey", "show", "--json", &id]).output().unwrap();
    assert_eq!(refused(&gone), (3, "not-found".to_owned()));
    let history = home.json(&["passkey", "history", &id]);
    let what: Vec<_> = history.as_array().unwrap().iter().map(|event| text(&event["what"])).collect();
    assert_eq!(what, ["purged", "deleted", "restored", "deleted", "created"]);
}

#[test]
fn names_notes_and_tags_are_changed_found_and_kept() {
    let (home, _key, id) = with_passkey();
    home.json(&["passkey", "rename", "--account", "Ada the First", &id]);
    let noted =
        home.json(&["passkey", "note", "--text", "By the window.", "--tag", "home", "--tag", "old", &id]);
    assert_eq!((&noted["userName"], &noted["notes"]), (&json!("Ada the First"), &json!("By the window.")));
    assert_eq!(noted["tags"], json!(["home", "old"]));
    assert_eq!(home.json(&["passkey", "list", "WINDOW", "first"])[0]["id"], id);
    assert_eq!(home.json(&["passkey", "list", "window", "second"]), json!([]));
    let flags = home.json(&["passkey", "flags", &id]);
    assert_eq!((&flags["backupEligible"], &flags["backupState"]), (&json!(false), &json!(false)));
}

#[test]
fn what_a_site_says_hides_unhides_and_renames_and_destroys_nothing() {
    let (home, _key, id) = with_passkey();
    let passkey = home.json(&["passkey", "show", &id]);
    let (rp, user) = (&passkey["rpId"], &passkey["userHandle"]);
    let signal = |said: Value| {
        let file = home.path("signal.json");
        fs::write(&file, said.to_string()).unwrap();
        home.json(&["passkey", "signal", file.to_str().unwrap()])
    };
    let hidden = signal(json!({ "rpId": rp, "credentialId": id }));
    assert_eq!(
        (&hidden[0]["effect"], &hidden[0]["passkey"]["standing"]),
        (&json!("hidden"), &json!("hidden"))
    );
    let both = signal(json!([
        { "rpId": rp, "userId": user, "allAcceptedCredentialIds": [id] },
        { "rpId": rp, "userId": user, "name": "ada.l", "displayName": "Ada L." },
    ]));
    let effects: Vec<_> = both.as_array().unwrap().iter().map(|one| text(&one["effect"])).collect();
    assert_eq!(effects, ["shown", "renamed"]);
    assert_eq!(signal(json!({ "rpId": "other.example", "credentialId": id })), json!([]));
    assert_eq!(home.json(&["passkey", "show", &id])["userName"], "ada.l");

    fs::write(home.path("signal.json"), r#"{"rpId":"example.org"}"#).unwrap();
    let file = home.path("signal.json");
    let unread = home.command(&["passkey", "signal", "--json", file.to_str().unwrap()]).output().unwrap();
    assert_eq!(refused(&unread), (2, "usage".to_owned()));
}
