//! Every fault at its line and column, with what to do.

use authenticator::{Profile, profile::Fault};

/// A file of five lines to which `line` is the sixth.
fn with(line: &str) -> String {
    format!(
        "# A key for a test.\nextends = \"device-bound\"\nname = \"test\"\ndescription = \"Of a test.\"\n\n{line}\n"
    )
}

fn faults(text: &str) -> Vec<Fault> {
    Profile::from_toml(text).unwrap_err()
}

/// The one fault of a file whose sixth line is `line`: its column, and that it says these words.
#[track_caller]
fn refused(line: &str, column: usize, words: &[&str]) {
    let faults = faults(&with(line));
    let [fault] = &faults[..] else { panic!("{line}: {faults:#?}") };
    assert_eq!((fault.line, fault.column), (6, column), "{line}: {fault}");
    assert!(fault.hint.ends_with('.') && fault.message.ends_with('.'), "{fault}");
    for word in words {
        assert!(fault.to_string().contains(word), "{word} in {fault}");
    }
}

#[test]
fn five_lines_are_a_profile() {
    let profile = Profile::from_toml(&with("pin.retries = 3")).unwrap();
    assert_eq!(profile.pin.retries, 3);
    let (name, description) = ("test".to_owned(), "Of a test.".to_owned());
    let mut expected = Profile { name, description, ..Profile::device_bound() };
    expected.pin.retries = 3;
    assert_eq!(profile, expected);
}

// proves: profile-file
#[test]
fn what_is_not_toml_says_where() {
    for (line, column) in [("pin.retries", 12), ("kind = device", 8), ("time-limit = = 3", 14)] {
        let faults = faults(&with(line));
        assert_eq!((faults[0].line, faults[0].column), (6, column), "{faults:?}");
        assert!(faults[0].message.starts_with("This is not TOML: "), "{}", faults[0]);
    }
    refused("name = \"twice\"", 1, &["not TOML", "duplicate"]);
}

#[test]
fn an_unknown_key_is_told_with_the_near_one() {
    refused("verfication = \"none\"", 1, &["`verfication`", "Did you mean `verification`?"]);
    refused("pin.min-lenght = 4", 5, &["`min-lenght` in `[pin]`", "`min-length`"]);
    refused("  limits = { fingerprint = 2 }", 14, &["`fingerprint` in `[limits]`", "`fingerprints`"]);
    refused("[feature]", 2, &["no table `feature`", "`features`"]);
    refused(
        "attestation.enterprise = { rp-ids = [], enabled = true, enabeld = true }",
        57,
        &["`enabeld` in `[attestation.enterprise]`", "`enabled`"],
    );
}

#[test]
fn a_value_of_another_type_is_told_with_the_right_one() {
    refused("time-limit = \"60\"", 14, &["`time-limit`", "string", "from 1 to 600"]);
    refused("features.large-blobs = 1", 24, &["`features.large-blobs`", "integer", "`true` or `false`"]);
    refused("versions = \"FIDO_2_1\"", 12, &["`versions`", "list"]);
    refused("versions = [\"FIDO_2_1\", 21]", 25, &["an element of versions", "integer"]);
    refused("pin = 4", 7, &["`pin`", "table"]);
    refused("extensions = [[]]", 15, &["array"]);
}

#[test]
fn numbers_keep_their_ranges() {
    for (key, least, most) in [
        ("pin.min-length", 4, 63),
        ("pin.max-length", 4, 63),
        ("pin.retries", 1, 8),
        ("limits.message-size", 1024, 7609),
        ("limits.large-blob-array", 1024, 65_536),
        ("limits.cred-blob-length", 32, 1024),
        ("limits.discoverable-credentials", 1, 100_000),
        ("limits.credential-count-in-list", 1, 255),
        ("limits.credential-id-length", 64, 1023),
        ("limits.rp-ids-for-set-min-pin-length", 0, 64),
        ("time-limit", 1, 600),
    ] {
        let column = key.len() + 4;
        for outside in [least - 1, most + 1] {
            let range = format!("from {least} to {most}");
            refused(&format!("{key} = {outside}"), column, &[key, &format!("`{outside}`"), &range]);
        }
        for inside in [least, most] {
            // The shortest PIN must not be longer than the longest.
            let other = if key == "pin.max-length" { "pin.min-length = 4\n" } else { "" };
            let text = with(&format!("{key} = {inside}\n{other}"));
            Profile::from_toml(&text).unwrap_or_else(|faults| panic!("{key} = {inside}: {faults:?}"));
        }
    }
    refused("firmware-version = 0xFFFF_FFFF_FFFF_FFFF", 20, &["`firmware-version`"]);
    refused("time-limit = 99999999999999999999999999", 14, &["`time-limit`"]);
}

#[test]
fn names_and_words_are_known_ones() {
    refused("algorithms = [\"ES256\", \"ES265\"]", 24, &["`ES265`", "Did you mean `ES256`?", "ML-DSA-87"]);
    refused("extensions = [\"credprotect\"]", 15, &["`credprotect`", "`credProtect`"]);
    refused("versions = [\"FIDO_2_1\", \"FIDO_2_2\"]", 25, &["never defined", "§6.4", "FIDO_2_3"]);
    refused("transports = [\"usb\", \"usb\"]", 22, &["`usb`", "twice"]);
    refused("extensions = [\"hmac-secret\", \"credProtect\", \"hmac-secret\"]", 45, &["twice"]);
    refused("kind = \"sync\"", 8, &["`kind` cannot be `sync`", "device-bound, synced"]);
    refused("verification = \"fingerprints\"", 16, &["Did you mean `fingerprint`?"]);
    refused("aaguid = \"6fb18d4c09f24e57a3c651d07e94b218\"", 10, &["AAGUID", "uuidgen"]);
    refused("aaguid = \"+fb18d4c-09f2-4e57-a3c6-51d07e94b218\"", 10, &["AAGUID"]);
    refused("attestation.formats = [\"tpm\"]", 24, &["`tpm`", "packed, none, fido-u2f"]);
    let enterprise = "attestation.enterprise = { rp-ids = [\"https://example.com\"], enabled = true }";
    refused(enterprise, 38, &["`https://example.com`", "`example.com`"]);
}

#[test]
fn names_of_the_profile_itself_fit_a_serial_number() {
    let named = |name: &str| faults(&format!("extends = \"tiny\"\nname = \"{name}\"\n"));
    for name in ["", "Mine", "a key", "schlüssel", &"a".repeat(64)] {
        let faults = named(name);
        assert_eq!((faults[0].line, faults[0].column, faults.len()), (2, 8, 1), "{name}: {faults:?}");
    }
    let faults = faults("extends = \"tyni\"\nname = \"mine\"\n");
    assert_eq!((faults[0].line, faults[0].column, faults.len()), (1, 11, 1));
    assert!(faults[0].hint.contains("Did you mean `tiny`?"), "{}", faults[0]);
    refused("features.always-uv = \"none\"", 22, &["`features.always-uv`"]);
}

#[test]
fn members_must_go_together() {
    refused("backup-state = true", 16, &["BS without BE", "kind = \"synced\""]);
    refused("kind = \"synced\"", 8, &["`device-bound`", "AAGUID", "uuidgen"]);
    refused("versions = [\"FIDO_2_1\", \"FIDO_2_0\"]", 25, &["`FIDO_2_0` stands behind `FIDO_2_1`"]);
    refused("versions = []", 12, &["speaks no protocol"]);
    refused("algorithms = []", 14, &["without an algorithm"]);
    refused("transports = []", 14, &["without a transport"]);
    refused("reset.transports = [\"nfc\"]", 21, &["`nfc`", "§6.6"]);
    refused("pin = { min-length = 9, max-length = 8 }", 22, &["at least 9 and at most 8"]);
    refused("limits.fingerprints = 3", 23, &["no fingerprint sensor"]);
    refused("attestation.formats = []", 23, &["even `none`"]);
    refused("attestation.formats = [\"fido-u2f\"]", 24, &["certificate", "batch"]);
    refused(
        "attestation = { formats = [\"none\"], enterprise = { rp-ids = [], enabled = true } }",
        50,
        &["packed", "§7.1"],
    );
}

#[test]
fn u2f_needs_its_algorithm_and_knows_no_backup() {
    let text = with("versions = [\"U2F_V2\", \"FIDO_2_1\"]\nalgorithms = [\"EdDSA\"]");
    let faults = faults(&text);
    assert_eq!((faults.len(), faults[0].line, faults[0].column), (1, 7, 14), "{faults:?}");
    assert!(faults[0].message.contains("ES256 alone"), "{}", faults[0]);
    let text = "extends = \"synced\"\nname = \"test\"\nversions = [\"U2F_V2\", \"FIDO_2_1\"]\n";
    let faults = Profile::from_toml(text).unwrap_err();
    assert_eq!((faults.len(), faults[0].line, faults[0].column), (1, 3, 13), "{faults:?}");
    assert!(faults[0].message.contains("no backup flags"), "{}", faults[0]);
}

#[test]
fn a_sensor_says_how_much_it_holds_and_needs_a_pin() {
    let text = with("verification = \"fingerprint\"");
    assert_eq!(faults(&text)[0].message, "`limits.fingerprints` is missing.");
    let text = with("verification = \"fingerprint\"\nlimits.fingerprints = 2\nfeatures.client-pin = false");
    let enrolled = faults(&text).into_iter().find(|fault| fault.message.contains("enrolled")).unwrap();
    assert_eq!((enrolled.line, enrolled.column), (6, 16));
}

#[test]
fn features_and_extensions_need_each_other() {
    refused("features.authenticator-config = false", 33, &["`set-min-pin-length`", "§6.11"]);
    refused("features.large-blobs = false", 24, &["`largeBlobKey`", "§12.3"]);
    refused("extensions = [\"credProtect\", \"hmac-secret\"]", 14, &["`large-blobs`", "`largeBlobKey`"]);
    let both = "extensions = [\"credProtect\", \"hmac-secret\", \"largeBlobKey\", \"largeBlob\"]";
    refused(both, 61, &["exclude each other", "§12.4"]);
    refused("features.set-min-pin-length = false", 31, &["`minPinLength`", "§12.5"]);
    let without = "versions = [\"FIDO_2_0\"]\nfeatures.large-blobs = false";
    let text = with(&format!("extensions = [\"credProtect\", \"hmac-secret-mc\"]\n{without}"));
    let faults = faults(&text);
    assert_eq!((faults.len(), faults[0].line, faults[0].column), (1, 6, 30), "{faults:?}");
    assert!(faults[0].message.contains("§12.8"), "{}", faults[0]);
}

/// A key with neither PIN nor verification breaks every rule that counts on one.
#[test]
fn what_counts_on_a_pin_falls_with_it() {
    let text = with("verification = \"none\"\nfeatures.client-pin = false\npin.complexity = true");
    let said: Vec<_> = faults(&text).iter().map(ToString::to_string).collect();
    let said = said.join("\n");
    for word in [
        "`pin-uv-auth-token`",
        "`set-min-pin-length`",
        "`always-uv`",
        "`complexity`",
        "`pinComplexityPolicy`",
    ] {
        assert!(said.contains(&format!("{word} cannot be")), "{word} in {said}");
    }
    assert!(said.contains("A key of FIDO_2_1 has a way to verify the person"), "{said}");
}

#[test]
fn a_version_demands_its_mandatory_features() {
    for (version, column) in [("FIDO_2_1", 13), ("FIDO_2_3", 13)] {
        let line = format!(
            "versions = [\"{version}\"]\nextensions = [\"largeBlobKey\"]\nfeatures.pin-uv-auth-token = false\nfeatures.credential-management = false\nfeatures.persistent-read-only-token = false"
        );
        let faults = faults(&with(&line));
        let lacking: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column, &fault.message)).collect();
        assert_eq!(lacking.len(), 4, "{lacking:#?}");
        for ((line, at, message), part) in lacking.iter().zip([
            "tokens with permissions",
            "management of its",
            "`hmac-secret`",
            "`credProtect`",
        ]) {
            assert_eq!((*line, *at), (6, column));
            assert!(message.contains(part) && message.contains("§9"), "{message}");
        }
    }
}

#[test]
fn a_key_without_fido_has_nothing_of_it() {
    let faults = faults(&with("versions = [\"U2F_V2\"]\nextensions = [\"credProtect\"]"));
    assert!(faults.iter().all(|fault| fault.message.contains("is of CTAP2")), "{faults:#?}");
    assert!(faults.iter().any(|fault| (fault.line, fault.column) == (7, 14)), "where it stands: {faults:?}");
    assert!(
        faults.iter().any(|fault| (fault.line, fault.column) == (2, 11)),
        "where it comes from: {faults:?}"
    );
}

#[test]
fn several_faults_are_told_at_once_in_the_file_s_order() {
    let text = "nmae = \"mine\"\nextends = \"device-bound\"\ntime-limit = 0\nalgorithms = [\"ES257\", \"RS1\"]\n[pin]\nretries = 9\n";
    let places: Vec<_> = faults(text).iter().map(|fault| (fault.line, fault.column)).collect();
    assert_eq!(places, [(1, 1), (1, 1), (3, 14), (4, 15), (4, 24), (6, 11)]);
}

#[test]
fn a_file_that_extends_nothing_states_everything() {
    let faults = faults("name = \"mine\"\n[pin]\nretries = 3\n");
    assert!(faults.iter().all(|fault| fault.message.ends_with(" is missing.")), "{faults:?}");
    let at = |line| faults.iter().filter(|fault| fault.line == line).count();
    assert_eq!((faults.len(), at(2)), (39, 3), "{faults:#?}");
}

// proves: memory-bounded
#[test]
fn no_text_makes_it_panic_or_take_long() {
    let whole = Profile::device_bound().to_toml();
    for end in 0..whole.len() {
        let _ = Profile::from_toml(&whole[..end]);
    }
    for deep in ["[", "{a=", "a.", "[["] {
        let text = format!("pin = {}", deep.repeat(10_000));
        assert!(!faults(&text).is_empty());
    }
    let large = format!("name = \"{}\"", "a".repeat(64 * 1024));
    assert_eq!((faults(&large).len(), faults(&large)[0].line), (1, 1));
    assert!(faults(&large)[0].message.contains("65536"));
    assert!(!faults("\u{feff}ключ = 1\r\nname = \"🔑\"").is_empty());
}
