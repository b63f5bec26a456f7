//! The dependency arrows of ARCHITECTURE.md: `ctap ← authenticator ← {vault, virtual-key}`,
//! `{ctap, smart-card} ← security-key`, `ctap ← webauthn ← lab`, `ctap ← trace`, `ctap ← metadata`,
//! `{ctap, authenticator, virtual-key} ← webdriver`,
//! `ctap ← exchange ← vault`, `app → all`, the two faces → `app` only.

use std::{collections::BTreeMap, process::Command};

/// What each crate may depend on, of ours, to run or to build. Tests may reach further.
const ALLOWED: &[(&str, &[&str])] = &[
    ("ctap", &[]),
    ("authenticator", &["ctap"]),
    ("exchange", &["ctap"]),
    ("vault", &["ctap", "authenticator", "exchange"]),
    ("virtual-key", &["ctap", "authenticator"]),
    ("smart-card", &[]),
    ("security-key", &["ctap", "smart-card"]),
    ("webauthn", &["ctap"]),
    ("lab", &["webauthn"]),
    ("trace", &["ctap"]),
    ("metadata", &["ctap"]),
    ("webdriver", &["ctap", "authenticator", "virtual-key"]),
    (
        "app",
        &[
            "ctap",
            "authenticator",
            "exchange",
            "vault",
            "virtual-key",
            "smart-card",
            "security-key",
            "webauthn",
            "lab",
            "trace",
            "webdriver",
            "metadata",
        ],
    ),
    ("latchkey", &["app"]),
    ("latchkey-window", &["app"]),
    ("xtask", &[]),
    // A tool for developers that nothing depends on.
    ("benches", &["ctap", "authenticator", "exchange", "vault", "virtual-key"]),
];

/// System cryptography, and the verifier that ours is not to be built on.
const UNWANTED: &[&str] = &["openssl", "openssl-sys", "native-tls", "webauthn-rs", "webauthn-rs-core"];

#[test]
fn no_crate_knows_one_that_it_must_not() {
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let members = members();
    let mut wrong = Vec::new();
    for (member, dependencies) in &members {
        let Some(targets) = allowed.get(member.as_str()) else {
            wrong.push(format!(
                "{member} has no place in the house: give it one in tests/arrows.rs and ARCHITECTURE.md"
            ));
            continue;
        };
        for dependency in dependencies {
            if members.contains_key(dependency) && !targets.contains(&dependency.as_str()) {
                wrong.push(format!(
                    "{member} → {dependency} goes against the arrows: {member} may know {targets:?} only"
                ));
            }
        }
    }
    let gone = ALLOWED.iter().filter(|(name, _)| !members.contains_key(*name));
    wrong.extend(gone.map(|(name, _)| format!("{name} is no member of the workspace any more")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unwanted_crates_are_not_in_the_lock_file() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
    let names: Vec<_> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(names.len() > 100, "the lock file was read");
    for unwanted in UNWANTED {
        assert!(
            !names.contains(&format!("\"{unwanted}\"").as_str()),
            "{unwanted} came in: see `cargo tree -i {unwanted}`"
        );
    }
}

/// The workspace's members with what each needs to run or to build.
fn members() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let member = |package: &serde_json::Value| {
        let needed = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev");
        let names = needed.map(|dependency| text(&dependency["name"])).collect();
        (text(&package["name"]), names)
    };
    metadata["packages"].as_array().unwrap().iter().map(member).collect()
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_owned()
}
