//! Credential ids as Bitwarden writes them: a GUID for sixteen bytes, `b64.` and base64url for others.

use crate::base64;

const BASE64: &str = "b64.";

/// The digits of a GUID's parts, in the order of RFC 9562.
const PARTS: [usize; 5] = [8, 4, 4, 4, 12];

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    match text.strip_prefix(BASE64) {
        Some(letters) => base64::decode(letters),
        None => of_guid(text),
    }
}

pub(super) fn encode(id: &[u8]) -> String {
    id.try_into().map_or_else(|_| format!("{BASE64}{}", base64::url(id)), guid)
}

pub(super) fn guid(bytes: &[u8; 16]) -> String {
    let digits = format!("{:032x}", u128::from_be_bytes(*bytes));
    let mut rest = digits.as_str();
    let mut parts = Vec::new();
    for length in PARTS {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts.join("-")
}

fn of_guid(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths_fit =
        parts.len() == PARTS.len() && parts.iter().zip(PARTS).all(|(part, length)| part.len() == length);
    let digits = parts.concat();
    if !lengths_fit || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(&digits, 16).ok().map(|number| number.to_be_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_others_are_read_and_written() {
        for (guid, base64) in [
            ("a2e10494-af23-400c-8146-23234e1830ed", "ouEElK8jQAyBRiMjThgw7Q"),
            ("e8d88789-e916-e196-3cbd-81dafae71bbc", "6NiHiekW4ZY8vYHa-ucbvA"),
        ] {
            let id = base64::decode(base64).unwrap();
            assert_eq!(decode(guid), Some(id.clone()));
            assert_eq!(decode(&guid.to_uppercase()), Some(id.clone()));
            assert_eq!(decode(&format!("b64.{base64}")), Some(id.clone()));
            assert_eq!(encode(&id), guid);
        }
        assert_eq!(encode(&[0xFB, 0xFF]), "b64.-_8");
        assert_eq!(decode("b64.-_8"), Some(vec![0xFB, 0xFF]));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "",
            "a2e10494af23400c814623234e1830ed",
            "+2e10494-af23-400c-8146-23234e1830e",
            "b64.*",
            "é-4-4-4-12",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
