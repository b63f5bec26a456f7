//! Passkeys of nobody.

use std::{fs, path::PathBuf};

use authenticator::{PrivateKey, testing::SeededRng};
use ctap::cose;
use exchange::{Document, Format, Heading, HmacSecret, LargeBlob, Passkey};
use miniz_oxide::deflate::compress_to_vec;
use secrecy::SecretString;
use zeroize::Zeroizing;

pub(crate) const HEADING: Heading<'_> =
    Heading { exporter_name: "Latchkey", exporter_rp_id: "latchkey.example", written_at: 1_773_014_400 };

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read(path).unwrap()
}

pub(crate) fn read(format: Format, bytes: &[u8]) -> Document {
    exchange::read(format, bytes, None).unwrap()
}

/// The one passkey of a document.
pub(crate) fn only(document: Document) -> Passkey {
    assert_eq!(document.rows.len(), 1);
    document.rows.into_iter().next().unwrap().passkey.unwrap()
}

pub(crate) fn password() -> SecretString {
    SecretString::from("correct horse battery staple")
}

pub(crate) fn key(algorithm: i64, seed: u64) -> Zeroizing<Vec<u8>> {
    PrivateKey::generate(algorithm, &SeededRng::new(seed)).unwrap().to_pkcs8().unwrap()
}

/// Says no more than it has to.
pub(crate) fn bare(algorithm: i64, seed: u64) -> Passkey {
    let id = format!("credential {seed}").into_bytes();
    Passkey::from_pkcs8(key(algorithm, seed), id, "example.com", b"handle".to_vec()).unwrap()
}

/// Says everything.
pub(crate) fn complete() -> Passkey {
    let plain = b"a certificate, a certificate, a certificate";
    Passkey {
        rp_name: Some("Example".into()),
        user_name: Some("ada".into()),
        user_display_name: Some("Ada".into()),
        sign_count: Some(0),
        discoverable: Some(true),
        backup_eligible: Some(true),
        backup_state: Some(false),
        aaguid: Some([7; 16]),
        created_at: Some(1_700_000_000),
        last_used_at: Some(1_710_000_000),
        hmac_secret: Some(HmacSecret {
            with_uv: Zeroizing::new([1; 32]),
            without_uv: Some(Zeroizing::new([2; 32])),
        }),
        cred_blob: Some(b"a blob".to_vec()),
        large_blob: Some(LargeBlob {
            compressed: compress_to_vec(plain, 6),
            original_size: plain.len() as u64,
        }),
        third_party_payment: true,
        title: Some("A title".into()),
        urls: vec!["https://example.com/in".into(), "https://other.example".into()],
        notes: Some("two\nlines".into()),
        tags: vec!["work".into(), "blue".into()],
        ..bare(cose::ES256, 7)
    }
}
