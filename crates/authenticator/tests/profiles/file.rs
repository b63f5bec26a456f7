//! The file's form, and that docs/formats/profile.md tells all of it.

use authenticator::{
    Profile,
    profile::{Enterprise, Verification},
};

const DOCUMENT: &str = include_str!("../../../../docs/formats/profile.md");

// proves: profile-file
#[test]
fn what_is_written_reads_back() {
    for profile in Profile::shipped().cloned().chain([everything()]) {
        assert_eq!(Profile::from_toml(&profile.to_toml()), Ok(profile.clone()), "{}", profile.to_toml());
    }
}

#[test]
fn every_key_is_documented() {
    let mut table = String::new();
    for line in everything().to_toml().lines() {
        if let Some(name) = line.strip_prefix('[') {
            table = format!("{}.", name.trim_end_matches(']'));
        } else if let Some((key, _)) = line.split_once(" = ") {
            let row = format!("| `{table}{key}` |");
            assert!(DOCUMENT.contains(&row), "docs/formats/profile.md has no row {row}");
        }
    }
    assert!(DOCUMENT.contains("| `extends` |"));
    for profile in Profile::shipped() {
        assert!(DOCUMENT.contains(&format!("| `{}` |", profile.name)), "{}", profile.name);
    }
}

#[test]
fn the_document_s_example_is_a_profile() {
    let (_, example) = DOCUMENT.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let profile = Profile::from_toml(example).unwrap();
    assert!(!Profile::shipped().any(|of| of.aaguid == profile.aaguid), "an AAGUID of its own");
}

/// A profile that has every member that a file can state.
fn everything() -> Profile {
    let description = "A \"quoted\" \\ backslash, ключ.".to_owned();
    let mut profile = Profile { description, ..Profile::device_bound() };
    profile.verification = Verification::Fingerprint;
    profile.limits.fingerprints = 7;
    profile.attestation.enterprise =
        Some(Enterprise { rp_ids: vec!["example.com".to_owned()], enabled: true });
    profile
}
