//! Client data: what the browser states and the key signs a hash of (WebAuthn §5.8.1).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

use crate::Base64Url;

/// `type` of a registration.
pub const CREATE: &str = "webauthn.create";
/// `type` of an authentication.
pub const GET: &str = "webauthn.get";

/// `CollectedClientData`; members that are not known are ignored when read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectedClientData {
    /// [`CREATE`] or [`GET`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The challenge as base64url, without padding.
    pub challenge: String,
    /// The origin that asked.
    pub origin: String,
    /// Asked from inside a frame of another origin.
    #[serde(default)]
    pub cross_origin: Option<bool>,
    /// The page around that frame.
    #[serde(default)]
    pub top_origin: Option<String>,
}

impl CollectedClientData {
    /// What a browser states for a page that asks for itself.
    pub fn new(kind: &str, challenge: &Base64Url, origin: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            challenge: challenge.to_string(),
            origin: origin.to_owned(),
            cross_origin: Some(false),
            top_origin: None,
        }
    }

    /// The limited, byte-exact serialization (§5.8.1.1), so that a verifier without a JSON parser can compare it.
    pub fn serialize(&self) -> Vec<u8> {
        let mut result = String::from(r#"{"type":"#);
        ccd_to_string(&mut result, &self.kind);
        result.push_str(r#","challenge":"#);
        ccd_to_string(&mut result, &self.challenge);
        result.push_str(r#","origin":"#);
        ccd_to_string(&mut result, &self.origin);
        let cross_origin = self.cross_origin == Some(true);
        result.push_str(if cross_origin { r#","crossOrigin":true"# } else { r#","crossOrigin":false"# });
        if let Some(top_origin) = &self.top_origin {
            result.push_str(r#","topOrigin":"#);
            ccd_to_string(&mut result, top_origin);
        }
        result.push('}');
        result.into_bytes()
    }

    /// Reads what a browser stated; a leading byte order mark is dropped (UTF-8 decode).
    ///
    /// # Errors
    /// What serde says where it is no JSON object of this shape.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json))
    }
}

/// The hash of the serialized client data: SHA-256.
pub fn hash(client_data_json: &[u8]) -> [u8; 32] {
    Sha256::digest(client_data_json).into()
}

/// CCDToString (§5.8.1.2).
fn ccd_to_string(result: &mut String, text: &str) {
    result.push('"');
    for character in text.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\u{20}'.. => result.push(character),
            // Writing into a string does not fail.
            control => _ = write!(result, "\\u{:04x}", u32::from(control)),
        }
    }
    result.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // WebAuthn §16.1.1: the authentication of none.ES256, which carries no extra member.
    #[test]
    fn serializes_the_specification_s_example() {
        let challenge =
            hex::decode("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408").unwrap();
        let data = CollectedClientData::new(GET, &challenge.into(), "https://example.org");
        assert_eq!(
            String::from_utf8(data.serialize()).unwrap(),
            r#"{"type":"webauthn.get","challenge":"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag","origin":"https://example.org","crossOrigin":false}"#
        );
    }

    #[test]
    fn escapes_as_ccd_to_string_says() {
        let mut result = String::new();
        ccd_to_string(&mut result, "a\"b\\c\n\u{7f}é");
        assert_eq!(result, "\"a\\\"b\\\\c\\u000a\u{7f}é\"");
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_a_repeated_member_is_refused() {
        let marked = b"\xEF\xBB\xBF{\"type\":\"webauthn.get\",\"challenge\":\"\",\"origin\":\"o\"}";
        assert_eq!(CollectedClientData::parse(marked).unwrap().origin, "o");
        let twice = br#"{"type":"webauthn.get","challenge":"","origin":"o","origin":"p"}"#;
        assert!(CollectedClientData::parse(twice).is_err());
    }

    proptest! {
        #[test]
        fn what_is_serialized_parses_to_the_same(kind in ".*", challenge: Vec<u8>, origin in ".*", top in proptest::option::of(".*")) {
            let mut data = CollectedClientData::new(&kind, &challenge.into(), &origin);
            data.cross_origin = Some(top.is_some());
            data.top_origin = top;
            prop_assert_eq!(CollectedClientData::parse(&data.serialize()).unwrap(), data);
        }
    }
}
