//! Private keys as text (RFC 7468), read as leniently as programs write it: lines of any length, or a single one.

use zeroize::Zeroizing;

use crate::base64;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// RFC 7468 §2.
const LINE: usize = 64;

/// The PKCS#8 package of the text.
///
/// # Errors
/// Why there is none, in one plain sentence.
pub(crate) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
        return Err("Its private key is encrypted by a password of its own.".into());
    }
    let body = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(body, _)| body);
    let body = body.ok_or("Its private key is no PEM text: it begins with `-----BEGIN PRIVATE KEY-----`.")?;
    let letters = Zeroizing::new(body.split_ascii_whitespace().collect::<String>());
    let der = base64::decode(&letters).filter(|der| !der.is_empty());
    der.map(Zeroizing::new).ok_or_else(|| "Its private key is not base64 between its two lines.".into())
}

/// The text of a PKCS#8 package.
pub(crate) fn encode(der: &[u8]) -> Zeroizing<String> {
    let letters = Zeroizing::new(base64::standard(der));
    let mut text = Zeroizing::new(String::with_capacity(letters.len() * 2 + BEGIN.len() + END.len()));
    text.push_str(BEGIN);
    for (index, letter) in letters.chars().enumerate() {
        if index.is_multiple_of(LINE) {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push('\n');
    text.push_str(END);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_any_length_are_read() {
        let der = [0xFB; 100];
        let text = encode(&der);
        assert!(text.lines().all(|line| line.len() <= LINE));
        for text in [text.to_string(), text.replace('\n', "\r\n"), text.replace('\n', "")] {
            assert_eq!(decode(&text).unwrap().as_slice(), der, "{text}");
        }
    }

    #[test]
    fn what_is_no_key_says_why() {
        assert!(decode("").unwrap_err().contains("no PEM"));
        assert!(decode("-----BEGIN ENCRYPTED PRIVATE KEY-----").unwrap_err().contains("encrypted"));
        assert!(decode(&format!("{BEGIN}*{END}")).unwrap_err().contains("base64"));
        assert!(decode(&format!("{BEGIN}{END}")).is_err());
    }
}
