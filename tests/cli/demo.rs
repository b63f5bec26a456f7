//! `latchkey demo`: both kinds of passkeys at work, and nothing left behind.

use serde_json::Value;
use std::process::Stdio;

use crate::program::{Home, errors};

#[test]
fn two_passkeys_are_made_and_used_twice_and_the_site_sees_what_it_should() {
    let home = Home::new();
    let report = home.json(&["demo"]);
    let ceremonies = report["ceremonies"].as_array().unwrap();
    assert_eq!(ceremonies.len(), 6);
    assert!(
        ceremonies.iter().all(|seen| seen["verified"] == true && seen["up"] == true && seen["uv"] == true)
    );
    let of = |kind: &str, member: &str| -> Vec<Value> {
        ceremonies.iter().filter(|seen| seen["kind"] == kind).map(|seen| seen[member].clone()).collect()
    };
    assert_eq!(of("device-bound", "be"), [false, false, false]);
    assert_eq!(of("synced", "be"), [true, true, true]);
    assert_eq!(of("synced", "bs"), [false, false, true], "after the copy was confirmed");
    assert_eq!(of("synced", "signCount"), [0, 0, 0]);
    let counts: Vec<_> =
        of("device-bound", "signCount").iter().map(|count| count.as_u64().unwrap()).collect();
    assert!(counts.is_sorted_by(|before, after| before < after), "{counts:?}");

    let signed_in = |story: &str, kind: &str| -> Vec<bool> {
        let outcomes = report[story].as_array().unwrap().iter();
        outcomes
            .filter(|outcome| outcome["kind"] == kind)
            .map(|outcome| outcome["signedIn"] == true)
            .collect()
    };
    assert_eq!(signed_in("lostDevice", "device-bound"), [false], "lost with the device");
    assert_eq!(signed_in("lostDevice", "synced"), [true], "the copy signs in");
    assert!(signed_in("clonedKey", "device-bound").contains(&false), "the counter gives the clone away");
    assert!(!home.path("data").exists(), "nothing is left behind");
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_without_a_word() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = home.command(&["demo"]).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert!(ended.status.success());
    assert_eq!(errors(&ended), "");
}
