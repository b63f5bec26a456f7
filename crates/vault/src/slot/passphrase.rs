//! Passphrases: Argon2id.

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{decode, encode};
use crate::{error::Error, random::random, secret::Secret};

/// The fewest code points of a new passphrase, after normalisation to NFC.
pub const PASSPHRASE_MINIMUM: usize = 8;

/// What Argon2id is asked for. It stands in the slot, so that the cost can rise without a new format.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Argon2id {
    #[serde(with = "serde_bytes")]
    salt: [u8; 16],
    /// Passes over the memory.
    time: u32,
    /// KiB.
    memory: u32,
    lanes: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_at: Option<u64>,
}

impl Argon2id {
    /// RFC 9106 §4, the second recommended option.
    const TIME: u32 = 3;
    const MEMORY: u32 = 64 * 1024;
    const LANES: u32 = 4;

    /// A fresh salt at today's cost.
    pub(crate) fn today(created_at: Option<u64>) -> Result<Self, Error> {
        let (time, memory, lanes) = (Self::TIME, Self::MEMORY, Self::LANES);
        Ok(Self { salt: random()?, time, memory, lanes, created_at })
    }

    pub(crate) fn load(parameters: &[u8]) -> Result<Self, Error> {
        decode(parameters)
    }

    pub(crate) fn parameters(&self) -> Result<Vec<u8>, Error> {
        encode(self)
    }

    /// Whether it costs less than a slot of today.
    pub(crate) fn is_cheap(&self) -> bool {
        self.time < Self::TIME || self.memory < Self::MEMORY
    }

    /// The key-encryption key, `Argon2id v1.3(passphrase, salt, time, memory, lanes, 32 bytes)`.
    pub(crate) fn stretch(&self, passphrase: &str) -> Result<Secret, Error> {
        // An altered file must not make us take all memory: 1 GiB, far above what a person waits for.
        if self.memory > 1024 * 1024 || self.time > 64 {
            return Err(Error::Damaged("the passphrase slot asks for absurd costs".to_owned()));
        }
        let damaged = |error: argon2::Error| Error::Damaged(error.to_string());
        let params = Params::new(self.memory, self.time, self.lanes, Some(32)).map_err(damaged)?;
        let mut key = Secret::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, key.expose_mut())
            .map_err(damaged)?;
        Ok(key)
    }
}

/// A passphrase in NFC, so that a composed and a decomposed "é" are one.
pub(crate) fn normalised(passphrase: &SecretString) -> Zeroizing<String> {
    let raw = passphrase.expose_secret();
    // NFC grows a string at most threefold in UTF-8 (UAX #15): no reallocation leaves a copy behind.
    let mut normal = Zeroizing::new(String::with_capacity(raw.len() * 3));
    normal.extend(raw.nfc());
    normal
}

/// The rule for new passphrases.
pub(crate) fn require_length(normalised: &str) -> Result<(), Error> {
    let found = normalised.chars().count();
    if found < PASSPHRASE_MINIMUM {
        return Err(Error::PassphraseTooShort { minimum: PASSPHRASE_MINIMUM, found });
    }
    Ok(())
}
