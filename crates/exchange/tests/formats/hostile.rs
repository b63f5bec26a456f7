//! Files that nobody should send.

use ctap::cose;
use exchange::{Error, Format, MAXIMUM, Passkey, read, write};
use proptest::prelude::*;
use zeroize::Zeroizing;

use crate::support::{HEADING, bare, fixture, key, password};

const TEXTS: [Format; 6] =
    [Format::Cxf, Format::KeePassXc, Format::Bitwarden, Format::WebDriver, Format::Cdp, Format::Proton];

fn error(format: Format, bytes: &[u8]) -> Error {
    let error = read(format, bytes, None).unwrap_err();
    assert!(error.hint().ends_with('.'), "{error}: what to do is a sentence");
    error
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    let bytes = vec![b' '; MAXIMUM + 1];
    for format in [Format::Kdbx].into_iter().chain(TEXTS) {
        assert!(matches!(error(format, &bytes), Error::TooLarge(_)));
    }
    assert_eq!(Format::detect(&bytes), None);
}

#[test]
fn what_is_no_text_or_no_json_is_told() {
    for format in TEXTS {
        assert!(matches!(error(format, b""), Error::Empty));
        assert!(matches!(error(format, b" \n"), Error::Empty));
        assert!(matches!(error(format, b"{\"a\": \"\xFF\"}"), Error::NotText(7)));
        assert!(matches!(error(format, b"{\"a\": }"), Error::Json { line: 1, .. }));
        assert!(matches!(error(format, "[".repeat(1_000_000).as_bytes()), Error::Json { .. }));
        assert!(matches!(error(format, br#"{"items": [], "items": [1]}"#), Error::Json { .. }));
        assert!(matches!(error(format, b"{}"), Error::Shape { .. }));
        assert!(matches!(error(format, b"7"), Error::Shape { .. }));
    }
    assert!(matches!(error(Format::Csv, b"site"), Error::CannotRead(_)));
    let proton = write(Format::Proton, &[bare(cose::ES256, 1)], &HEADING, None).unwrap_err();
    assert!(matches!(proton, Error::CannotWrite(_)));
}

/// Whatever stands in for a member, the passkey stays a row.
#[test]
fn a_member_of_the_wrong_type_costs_its_row_alone() {
    for (format, name) in [
        (Format::Cxf, "cxf.json"),
        (Format::KeePassXc, "es256.passkey"),
        (Format::Bitwarden, "bitwarden.json"),
        (Format::WebDriver, "webdriver.json"),
        (Format::Cdp, "cdp.json"),
    ] {
        let bytes = fixture(name);
        let whole: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let count = read(format, &bytes, None).unwrap().rows.len();
        let members = [
            "credentialId",
            "rpId",
            "userHandle",
            "key",
            "keyValue",
            "privateKey",
            "relyingParty",
            "signCount",
            "counter",
        ];
        for member in members {
            for wrong in ["7.5", "[]", "{}", "true", "\"\\u0000\"", "\"é\""] {
                let mut changed = whole.clone();
                let wrong: serde_json::Value = serde_json::from_str(wrong).unwrap();
                replace(&mut changed, member, &wrong);
                let document = read(format, changed.to_string().as_bytes(), None).unwrap();
                assert_eq!(document.rows.len(), count, "{name}: {member} {wrong}");
            }
        }
    }
}

fn replace(value: &mut serde_json::Value, member: &str, with: &serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                if name == member { *value = with.clone() } else { replace(value, member, with) }
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(|value| replace(value, member, with)),
        _ => {}
    }
}

/// Megabytes around thousands of passkeys would be gigabytes.
#[test]
fn what_stands_around_many_passkeys_is_not_repeated_without_end() {
    let mut document: serde_json::Value = serde_json::from_slice(&fixture("cxf-account.json")).unwrap();
    let item = &mut document["items"][0];
    item["tags"] = serde_json::json!(["a".repeat(1_000_000)]);
    let passkey = item["credentials"][0].clone();
    item["credentials"] = std::iter::repeat_n(passkey, 100).collect();
    let document = read(Format::Cxf, document.to_string().as_bytes(), None).unwrap();
    assert_eq!(document.rows.len(), 100);
    let last = &document.rows[99];
    assert!(last.passkey.as_ref().unwrap().tags.is_empty());
    assert!(last.notes.iter().any(|note| note.contains("too much")));
}

#[test]
fn ids_handles_and_sites_have_their_lengths() {
    let make = |id: usize, rp_id: &str, handle: usize| {
        Passkey::from_pkcs8(key(cose::ES256, 1), vec![1; id], rp_id, vec![1; handle])
    };
    assert!(make(1023, "example.com", 64).is_ok());
    for (id, rp_id, handle, word) in [
        (0, "example.com", 1, "credential id has 0"),
        (1024, "example.com", 1, "credential id has 1024"),
        (1, "", 1, "RP ID"),
        (1, "a\u{1b}[2J", 1, "RP ID"),
        (1, &"a".repeat(254), 1, "RP ID"),
        (1, "example.com", 65, "65 bytes"),
    ] {
        let said = make(id, rp_id, handle).unwrap_err();
        assert!(said.contains(word), "{said}");
    }
    let said = Passkey::from_pkcs8(Zeroizing::new(vec![0x30]), vec![1], "example.com", vec![1]).unwrap_err();
    assert!(said.contains("PKCS#8"), "{said}");
}

#[test]
fn nothing_secret_is_printed() {
    let passkey = bare(cose::ES256, 1);
    let written = write(Format::Cxf, std::slice::from_ref(&passkey), &HEADING, None).unwrap();
    let printed = format!("{passkey:?} {written:?}");
    assert!(!printed.contains("308") && !printed.contains("[48"), "{printed}");
    assert!(printed.contains("example.com"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Format::detect(&bytes);
        for format in Format::ALL {
            let _ = read(format, &bytes, Some(&password()));
        }
    }

    #[test]
    fn no_change_to_a_real_file_makes_it_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for name in ["cxf.json", "cxf-draft.json", "es256.passkey", "bitwarden.json", "webdriver.json", "cdp.json"] {
            let mut bytes = fixture(name);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Some(format) = Format::detect(&bytes) {
                let _ = read(format, &bytes, None);
            }
        }
    }
}
