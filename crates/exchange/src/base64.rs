//! Base64 as programs write it: read in either alphabet, padded or not, because exports mix them up.

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose as engines},
};

/// Programs that encode by hand leave bits behind.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const EITHER_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);
const EITHER_STANDARD: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);

/// Base64url without padding.
pub(crate) fn url(bytes: &[u8]) -> String {
    engines::URL_SAFE_NO_PAD.encode(bytes)
}

/// Standard base64 with padding.
pub(crate) fn standard(bytes: &[u8]) -> String {
    engines::STANDARD.encode(bytes)
}

/// Of either alphabet, but not of both at once.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let engine = if text.contains(['+', '/']) { EITHER_STANDARD } else { EITHER_URL };
    engine.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_alphabet_is_read_and_not_both_at_once() {
        for text in ["-_8", "-_8=", "+/8", "+/8="] {
            assert_eq!(decode(text), Some(vec![0xFB, 0xFF]), "{text}");
        }
        assert_eq!(decode("+_8"), None);
        assert_eq!(decode("a b"), None);
        assert_eq!((url(&[0xFB, 0xFF]), standard(&[0xFB, 0xFF])), ("-_8".into(), "+/8=".into()));
    }
}
