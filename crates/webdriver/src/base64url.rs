//! Base64url as §11 speaks it: written without padding, read with or without, because clients send both.

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, general_purpose::NO_PAD},
};

const EITHER: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent));

pub(crate) fn encode(bytes: &[u8]) -> String {
    EITHER.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    EITHER.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_read_and_never_written() {
        assert_eq!(encode(&[0xFB, 0xFF]), "-_8");
        assert_eq!(decode("-_8"), Some(vec![0xFB, 0xFF]));
        assert_eq!(decode("-_8="), Some(vec![0xFB, 0xFF]));
        assert_eq!(decode("+/8="), None, "the other alphabet");
    }
}
