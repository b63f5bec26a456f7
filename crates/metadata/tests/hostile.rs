//! Bytes of anybody: read or refused, never a panic.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use metadata::{Blob, Error, File, Icon, Kind, List, MAXIMUM, Root, aaguid};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = File::read(&bytes, &Root::of_fido(), now());
        let _ = Root::from_file(&bytes);
        let _ = List::read(&bytes);
        let _ = Blob::verified_before(&bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(eyJ|data:image/png;base64,|\\{\"no\":1)?[-A-Za-z0-9+/=.{}\":, ]{0,300}") {
        let _ = File::read(text.as_bytes(), &Root::of_fido(), now());
        let _ = Icon::from_data_url(&text);
        let _ = aaguid::parse(&text);
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let blob = |payload: String| {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.AAAA", part(r#"{"alg":"RS256"}"#), part(&payload))
    };
    assert!(Blob::verified_before(blob("[".repeat(1 << 20)).as_bytes()).is_err());
    let entry = format!("{}{}", "[".repeat(1 << 20), "]".repeat(1 << 20));
    let deep = format!(r#"{{"no":1,"nextUpdate":"2026-01-01","entries":[{entry}]}}"#);
    // A deep entry is one that cannot be read.
    let read = Blob::verified_before(blob(deep).as_bytes());
    assert!(read.is_ok_and(|blob| blob.skipped.len() == 1 && blob.is_empty()));

    let long = format!("eyJ{}", "A".repeat(MAXIMUM));
    assert_eq!(Kind::of(long.as_bytes()), Err(Error::TooLarge));
    let header = format!("eyJ{}.e30.AAAA", "A".repeat(1 << 20));
    assert!(matches!(Blob::verified_before(header.as_bytes()), Err(Error::Jwt(_))));
}
