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

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::{
        header::Header,
        slot::{NewSlot, Slot, SlotRow},
        vault::{Keyring, Vault},
    };

    /// As a program of another time made it.
    fn cheap(passphrase: &SecretString) -> NewSlot {
        let argon2id = Argon2id { salt: [3; 16], time: 1, memory: 1024, lanes: 1, created_at: Some(7) };
        NewSlot {
            id: [9; 16],
            kind: Slot::Passphrase,
            label: "old".to_owned(),
            parameters: argon2id.parameters().unwrap(),
            key_encryption_key: argon2id.stretch(&normalised(passphrase)).unwrap(),
        }
    }

    fn parameters(vault: &Vault) -> Argon2id {
        let row = SlotRow::find(&vault.connection(), &[9; 16]).unwrap().unwrap();
        Argon2id::load(&row.parameters).unwrap()
    }

    #[test]
    fn a_cheap_slot_costs_what_slots_of_today_cost_once_it_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let passphrase: SecretString = "another passphrase".into();
        let (vault, _) = Vault::create(folder.path(), &"the first passphrase".into(), Keyring::Skip).unwrap();
        vault
            .write(|session| {
                let key = &session.open.vault_key;
                let mut header = Header::load(session.transaction, session.vault, key)?;
                let (row, _) = cheap(&passphrase).make(session.vault, header.slot_seed()?, key)?;
                row.store(session.transaction)?;
                header.list(session.vault, &row);
                header.store(session.transaction, session.vault, key)
            })
            .unwrap();
        assert!(parameters(&vault).is_cheap());
        let vault = Vault::open(folder.path()).unwrap();
        vault.unlock_with_passphrase(&passphrase).unwrap();
        let today = parameters(&vault);
        assert_eq!((today.time, today.memory, today.lanes, today.created_at), (3, 65536, 4, Some(7)));
        assert_ne!(today.salt, [3; 16]);
        vault.rotate(&mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        vault.unlock_with_passphrase(&passphrase).unwrap();
        assert_eq!(vault.opened_by().unwrap().label, "old");
    }
}
