//! Base64 as metadata has it: standard in `x5c`, certificates and icons, for URLs in the parts of a JWT.

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const FOR_URLS: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, ANY_PADDING);
const LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, ANY_PADDING);

pub(crate) fn url(text: &str) -> Option<Vec<u8>> {
    FOR_URLS.decode(text).ok()
}

/// Lines are broken in some statements.
pub(crate) fn standard(text: &str) -> Option<Vec<u8>> {
    let broken = text.bytes().any(|byte| byte.is_ascii_whitespace());
    let text = if broken { text.split_ascii_whitespace().collect() } else { text.to_owned() };
    LENIENT.decode(text).ok()
}

/// With its padding, for `data:` URLs.
pub(crate) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
