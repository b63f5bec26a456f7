//! Files as other programs write them.

use ctap::cose;
use exchange::{Error, Format, Row};

use crate::support::{fixture, only, read};

/// How SHA-256 of `with` begins: the seeds of the fixtures are hashes of words.
const WITH: [u8; 4] = [0x06, 0x95, 0xB5, 0x63];

const FORMATS: &[(&str, Format)] = &[
    ("cxf.json", Format::Cxf),
    ("cxf-account.json", Format::Cxf),
    ("cxf-draft.json", Format::Cxf),
    ("cxf-hmac-secret.json", Format::Cxf),
    ("cxf-rows.json", Format::Cxf),
    ("es256.passkey", Format::KeePassXc),
    ("eddsa.passkey", Format::KeePassXc),
    ("rs256.passkey", Format::KeePassXc),
    ("bitwarden.json", Format::Bitwarden),
    ("bitwarden-encrypted.json", Format::Bitwarden),
    ("bitwarden-password.json", Format::Bitwarden),
    ("webdriver.json", Format::WebDriver),
    ("cdp.json", Format::Cdp),
    ("pykeepass.kdbx", Format::Kdbx),
    ("file-keepass.kdbx", Format::Kdbx),
];

#[test]
fn each_file_is_known_by_what_is_in_it() {
    for (name, format) in FORMATS {
        assert_eq!(Format::detect(&fixture(name)), Some(*format), "{name}");
    }
    for other in [&b""[..], b"{}", b"[]", b"[[[", b"name,url,username,password\n", b"\x89PNG", b"PK\x03\x04"]
    {
        assert_eq!(Format::detect(other), None);
    }
}

#[test]
fn a_whole_cxf_file_is_read_with_what_it_says_beside() {
    let document = read(Format::Cxf, &fixture("cxf.json"));
    assert_eq!(
        document.left_out,
        [
            "1 of the type \"basic-auth\"",
            "1 of the type \"totp\"",
            "1 collections, which hold items together",
        ]
    );
    let [complete, plain] = &document.rows[..] else { panic!("two rows") };
    assert_eq!(complete.place, "accounts[0].items[0].credentials[1]");
    assert_eq!(complete.notes, Vec::<String>::new());
    let complete = complete.passkey.as_ref().unwrap();
    assert_eq!((&*complete.rp_id, complete.algorithm), ("complete.example", cose::ES256));
    assert_eq!(complete.user_name.as_deref(), Some("ada@complete.example"));
    assert_eq!((complete.sign_count, complete.created_at), (Some(0), Some(1_700_000_000)));
    let seeds = complete.hmac_secret.as_ref().unwrap();
    assert_eq!(seeds.with_uv[..4], WITH);
    assert!(seeds.without_uv.is_some());
    assert_eq!(complete.cred_blob.as_deref(), Some(&b"a blob"[..]));
    assert_eq!(complete.large_blob.as_ref().unwrap().original_size, 43);
    assert!(complete.third_party_payment);
    assert_eq!(complete.notes.as_deref(), Some("the blue one"));
    assert_eq!(complete.tags, ["work", "blue"]);
    assert_eq!(complete.urls, ["https://complete.example/login"]);
    for member in [
        "cxf:item.subtitle",
        "cxf:item.extensions",
        "cxf:passkey.aNewMember",
        "cxf:fido2Extensions.aNewExtension",
    ] {
        assert!(complete.unknown.contains_key(member), "{member}");
    }
    let plain = plain.passkey.as_ref().unwrap();
    assert_eq!((plain.algorithm, plain.title.as_deref()), (cose::EDDSA, Some("Plain")));
}

#[test]
fn older_shapes_of_cxf_are_read() {
    let legacy = only(read(Format::Cxf, &fixture("cxf-hmac-secret.json")));
    let seeds = legacy.hmac_secret.unwrap();
    assert!(seeds.without_uv.is_none());
    assert_eq!(seeds.with_uv[..4], WITH);

    assert_eq!(only(read(Format::Cxf, &fixture("cxf-account.json"))).rp_id, "apple.example");

    let document = read(Format::Cxf, &fixture("cxf-draft.json"));
    assert_eq!(document.left_out, ["1 of the type \"BasicAuth\""]);
    let draft = only(document);
    assert_eq!((draft.credential_id.len(), draft.user_handle.len()), (32, 16));
    assert_eq!(draft.user_name.as_deref(), Some("ada@draft.example"));
    assert_eq!((draft.title, &draft.urls[..]), (None, &["https://draft.example/in".to_owned()][..]));
}

#[test]
fn each_odd_passkey_of_a_cxf_file_is_a_row_that_says_why() {
    let document = read(Format::Cxf, &fixture("cxf-rows.json"));
    let said: Vec<_> = document.rows.iter().map(reason).collect();
    assert_eq!(
        said,
        [
            "",
            "",
            "",
            "Its credentialId is missing.",
            "Its private key is no PKCS#8 package, or of an algorithm that is not known here.",
            "Its userHandle is missing.",
            "Its rpId is no text.",
            "Its private key is no PKCS#8 package, or of an algorithm that is not known here.",
            "Its key is missing.",
        ]
    );
    assert_eq!(
        document.left_out,
        ["accounts[0].items[0].credentials[8] has no type.", "accounts[0].items[1] is no item."]
    );
}

#[test]
fn a_file_of_keepassxc_is_read_for_each_algorithm() {
    for (name, algorithm) in [("es256", cose::ES256), ("eddsa", cose::EDDSA), ("rs256", cose::RS256)] {
        let passkey = only(read(Format::KeePassXc, &fixture(&format!("{name}.passkey"))));
        assert_eq!((passkey.algorithm, &*passkey.rp_id), (algorithm, &*format!("{name}.example")));
        assert_eq!(passkey.user_name.as_deref(), Some("ada"));
        assert_eq!(passkey.backup_eligible, None, "the format does not say");
    }
}

#[test]
fn an_export_of_bitwarden_is_read_with_both_kinds_of_ids() {
    let document = read(Format::Bitwarden, &fixture("bitwarden.json"));
    assert_eq!(document.left_out, ["1 logins without passkeys", "1 notes without passkeys"]);
    let said: Vec<_> = document.rows.iter().map(reason).collect();
    assert_eq!(said, ["", "", "", "Its credentialId is neither a GUID nor `b64.` with base64url."]);
    let passkeys: Vec<_> = document.rows.iter().filter_map(|row| row.passkey.as_ref().ok()).collect();
    assert_eq!(passkeys[0].credential_id.len(), 16);
    assert_eq!(passkeys[1].credential_id.len(), 32);
    assert_eq!([0, 1, 2].map(|index| passkeys[index].sign_count), [Some(0), Some(7), Some(0)]);
    assert_eq!([0, 1, 2].map(|index| passkeys[index].discoverable), [Some(true), Some(true), Some(false)]);
    assert_eq!(passkeys[0].created_at, Some(1_717_769_556));
    assert_eq!(
        (passkeys[0].rp_name.as_deref(), passkeys[0].title.as_deref()),
        (Some("Bit Warden"), Some("by GUID"))
    );
}

#[test]
fn an_encrypted_export_of_bitwarden_is_explained() {
    for (name, word) in [("bitwarden-encrypted.json", "account"), ("bitwarden-password.json", "password")] {
        let error = exchange::read(Format::Bitwarden, &fixture(name), None).unwrap_err();
        assert!(matches!(error, Error::Encrypted(..)) && error.to_string().contains(word), "{error}");
        assert!(error.hint().contains("unencrypted"));
    }
}

#[test]
fn credentials_of_webdriver_and_chrome_are_read() {
    let document = read(Format::WebDriver, &fixture("webdriver.json"));
    let [found, server_side] = &document.rows[..] else { panic!("two rows") };
    let found = found.passkey.as_ref().unwrap();
    assert_eq!((found.sign_count, found.discoverable), (Some(0), Some(true)), "signCount is null");
    assert_eq!((found.backup_eligible, found.backup_state), (Some(true), Some(false)));
    let server_side = server_side.passkey.as_ref().unwrap();
    assert_eq!((server_side.discoverable, server_side.user_handle.len()), (Some(false), 0));
    assert_eq!(server_side.large_blob.as_ref().unwrap().original_size, 43);

    let chrome = only(read(Format::Cdp, &fixture("cdp.json")));
    assert_eq!((chrome.sign_count, &chrome.credential_id), (Some(3), &found.credential_id));
    assert!(chrome.unknown.contains_key("webdriver:cmtgKeys"));
}

fn reason(row: &Row) -> &str {
    row.passkey.as_ref().err().map_or("", String::as_str)
}
