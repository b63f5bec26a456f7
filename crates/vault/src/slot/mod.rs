//! Slots: the ways to the vault key.
//!
//! Each kind of slot says how a person's secret becomes the key-encryption key; `row` is what all of them have in
//! common, as stored.

mod passphrase;
mod recovery;
mod row;
mod security_key;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use self::{
    passphrase::PASSPHRASE_MINIMUM,
    recovery::RecoveryKey,
    security_key::{HmacOutput, SecurityKeySlot},
};
pub(crate) use self::{
    passphrase::{Argon2id, normalised, require_length},
    recovery::Recovery,
    row::{NewSlot, Opened, SlotRow},
};
use crate::{error::Error, seal::Id};

/// A kind of slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A passphrase, stretched by Argon2id.
    Passphrase,
    /// The operating system's keyring.
    Keyring,
    /// A security key, by its hmac-secret extension.
    SecurityKey,
    /// A key on paper.
    Recovery,
}

impl Slot {
    /// The number in the file.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Passphrase => 1,
            Self::Keyring => 2,
            Self::SecurityKey => 3,
            Self::Recovery => 4,
        }
    }

    /// `None` for a kind of slot that a later version made: it stays and is not used.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::Passphrase, Self::Keyring, Self::SecurityKey, Self::Recovery]
            .into_iter()
            .find(|slot| slot.number() == number)
    }

    /// As a person calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Passphrase => "Passphrase",
            Self::Keyring => "Keyring",
            Self::SecurityKey => "Security key",
            Self::Recovery => "Recovery key",
        }
    }
}

/// Names a slot of one vault; in text 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub(crate) Id);

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for SlotId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut id = Id::default();
        hex::decode_to_slice(text, &mut id).map_err(|_| Error::NoSuchSlot)?;
        Ok(Self(id))
    }
}

/// A slot as its owner sees it, also while the vault is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotInfo {
    /// Names it.
    pub id: SlotId,
    /// How it opens the vault.
    pub kind: Slot,
    /// Its owner's name for it.
    pub label: String,
    /// Seconds since 1970; unknown of slots that formats 1 and 2 made.
    pub created_at: Option<u64>,
    /// Made by an earlier format and not opened since: a new vault key cannot reach it.
    pub outdated: bool,
    /// What a security key is asked for.
    pub security_key: Option<SecurityKeySlot>,
    /// The age recipient of a recovery key, `age1…`: what is encrypted to it, the recovery key opens.
    pub recipient: Option<String>,
}

/// What every slot's parameters may hold beside those of its kind.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dated {
    /// Seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<u64>,
}

impl Dated {
    pub(crate) fn parameters(&self) -> Result<Vec<u8>, Error> {
        encode(self)
    }
}

/// The parameters of a slot: a CBOR map.
fn encode(parameters: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    ciborium::into_writer(parameters, &mut bytes).map_err(|error| Error::Damaged(error.to_string()))?;
    Ok(bytes)
}

/// The inverse of [`encode`].
fn decode<T: DeserializeOwned>(parameters: &[u8]) -> Result<T, Error> {
    ciborium::from_reader(parameters).map_err(|error| Error::Damaged(error.to_string()))
}
