//! Recovery keys: age identities on paper.

use age::x25519::Identity;
use bech32::{Bech32, primitives::decode::CheckedHrpstring};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{decode, encode};
use crate::{
    error::Error,
    seal::{Place, slot},
    secret::Secret,
};

/// What every recovery key begins with.
const PREFIX: &str = "AGE-SECRET-KEY-1";
/// 32 bytes and the checksum in Bech32.
const CHARACTERS: usize = 58;
/// The alphabet of Bech32 (BIP 173), as age writes it.
const ALPHABET: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// A key to be printed and kept away from the computer: an X25519 identity of age, so that `age -d -i` opens what was
/// encrypted to it. It opens its slot of the vault and every backup made while it had one.
#[derive(Clone)]
pub struct RecoveryKey(Identity);

impl RecoveryKey {
    /// A fresh one.
    pub fn generate() -> Self {
        Self(Identity::generate())
    }

    /// Reads what a person typed: spaces, line breaks and lower case do not matter.
    ///
    /// # Errors
    /// [`Error::RecoveryKeyText`] says what is wrong with it; it never repeats what was typed.
    pub fn parse(text: &SecretString) -> Result<Self, Error> {
        let raw = text.expose_secret();
        let mut tidy = Zeroizing::new(String::with_capacity(raw.len()));
        tidy.extend(raw.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()));
        explain(&tidy)?;
        tidy.parse().map(Self).map_err(|_| Error::RecoveryKeyText("it is no key of age".to_owned()))
    }

    /// As it is printed: `AGE-SECRET-KEY-1…`.
    pub fn text(&self) -> SecretString {
        SecretString::from(self.0.to_string().expose_secret())
    }

    /// What others encrypt to: `age1…`. No secret.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The age identity itself, for opening what was encrypted to it.
    pub fn identity(&self) -> &Identity {
        &self.0
    }

    pub(crate) fn key_encryption_key(&self, place: Place<'_>) -> Result<Secret, Error> {
        let text = self.0.to_string();
        let unreadable = || Error::RecoveryKeyText("it is no key of age".to_owned());
        let decoded = CheckedHrpstring::new::<Bech32>(text.expose_secret()).map_err(|_| unreadable())?;
        let mut bytes = Secret::new([0; 32]);
        for (to, from) in bytes.expose_mut().iter_mut().zip(decoded.byte_iter()) {
            *to = from;
        }
        Ok(slot::key_encryption_key(&bytes, place, "recovery key")?)
    }
}

/// What a recovery slot's parameters hold.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recovery {
    pub(crate) recipient: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<u64>,
}

impl Recovery {
    pub(super) fn load(parameters: &[u8]) -> Result<Self, Error> {
        decode(parameters)
    }

    pub(crate) fn parameters(&self) -> Result<Vec<u8>, Error> {
        encode(self)
    }
}

/// Says what is wrong with a text that is no recovery key, by place and kind, not by content.
fn explain(tidy: &str) -> Result<(), Error> {
    let wrong = |what: String| Err(Error::RecoveryKeyText(what));
    let Some(body) = tidy.strip_prefix(PREFIX) else {
        return wrong(format!("it does not begin with {PREFIX}"));
    };
    let stranger = body.chars().zip(1..).find(|(c, _)| !ALPHABET.contains(*c));
    if let Some((character, at)) = stranger {
        let kind = match character {
            '1' => "the digit one, which recovery keys do not use (is it an L?)",
            'B' => "a letter B, which recovery keys do not use (is it an 8?)",
            'I' => "a letter I, which recovery keys do not use (is it an L or a J?)",
            'O' => "a letter O, which recovery keys do not use (is it a zero?)",
            _ => "neither a digit nor an English letter",
        };
        return wrong(format!("character {at} after {PREFIX} is {kind}"));
    }
    if body.len() != CHARACTERS {
        return wrong(format!("it has {} characters after {PREFIX}, not {CHARACTERS}", body.len()));
    }
    if CheckedHrpstring::new::<Bech32>(tidy).is_err() {
        return wrong("its checksum does not fit: at least one character was mistyped".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

    fn says(text: &str) -> String {
        RecoveryKey::parse(&text.into()).err().unwrap().to_string()
    }

    #[test]
    fn spaces_lines_and_lower_case_do_not_matter() {
        let mut typed = KEY.to_lowercase();
        typed.insert_str(30, " \n ");
        let key = RecoveryKey::parse(&format!("  {typed}\n").into()).unwrap();
        assert_eq!(key.text().expose_secret(), KEY);
        assert_eq!(key.recipient(), RecoveryKey::parse(&KEY.into()).unwrap().recipient());
    }

    #[test]
    fn what_is_wrong_is_said_and_nothing_repeated() {
        assert!(says("correct horse").contains("does not begin with AGE-SECRET-KEY-1"));
        assert!(says(&KEY.replacen("PYYS", "PYY0", 1)).contains("checksum"));
        assert!(
            says(&KEY.replacen("GF", "GO", 1)).contains("character 2 after AGE-SECRET-KEY-1 is a letter O")
        );
        assert!(says(&KEY.replacen("GF", "1F", 1)).contains("the digit one"));
        assert!(says(&KEY.replacen("GF", "é%", 1)).contains("neither a digit nor"));
        assert!(says(&KEY[..KEY.len() - 3]).contains("it has 55 characters"));
    }
}
