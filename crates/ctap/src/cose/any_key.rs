use super::{ALG, E, KTY, N, PublicKey, RS256, RSA};
use crate::{
    Status,
    cbor::{self, Map, Member},
};
use ciborium::Value;

/// A public key that another party states: of a kind this project takes in, or as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyKey {
    /// A kind that is known.
    Known(PublicKey),
    /// Another kind, or a known one with something missing.
    Other {
        /// Label 3, where it can be read.
        algorithm: Option<i64>,
        /// The COSE_Key as canonical CBOR.
        bytes: Vec<u8>,
    },
}

impl AnyKey {
    /// Label 3, where it can be read.
    pub fn algorithm(&self) -> Option<i64> {
        match self {
            Self::Known(key) => Some(key.algorithm()),
            Self::Other { algorithm, .. } => *algorithm,
        }
    }

    /// The key, where it is of a kind that is known.
    pub fn known(&self) -> Option<&PublicKey> {
        match self {
            Self::Known(key) => Some(key),
            Self::Other { .. } => None,
        }
    }

    /// Canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Known(key) => key.encode(),
            Self::Other { bytes, .. } => bytes.clone(),
        }
    }

    /// Decodes one COSE_Key, as [`cbor::decode_lenient`] reads.
    ///
    /// # Errors
    /// `INVALID_CBOR`, or `CBOR_UNEXPECTED_TYPE` where it is no map.
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        Self::from_value(cbor::decode_lenient(bytes)?)
    }
}

impl From<PublicKey> for AnyKey {
    fn from(key: PublicKey) -> Self {
        Self::Known(key)
    }
}

impl Member for AnyKey {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value.clone())?;
        let known = PublicKey::from_value(value.clone()).ok().or_else(|| padded_rsa(value.clone()));
        Ok(known.map_or_else(
            || Self::Other { algorithm: map.told(ALG), bytes: cbor::encode(&value) },
            Self::Known,
        ))
    }

    fn into_value(self) -> Value {
        match self {
            Self::Known(key) => key.into_value(),
            // It was encoded from a value, so it decodes to one.
            Self::Other { bytes, .. } => cbor::decode_lenient(&bytes).unwrap_or(Value::Null),
        }
    }
}

/// An RSA key whose numbers begin with zeroes, as those of X.509 do (RFC 8230 §4 wants the shortest form).
fn padded_rsa(value: Value) -> Option<PublicKey> {
    let mut key = Map::from_value(value).ok()?;
    let shortest = |number: Vec<u8>| number.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
    let rebuilt = cbor::Entries::default()
        .with(KTY, key.told::<i64>(KTY).filter(|of_type| *of_type == RSA)?)
        .with(ALG, key.told::<i64>(ALG).filter(|algorithm| *algorithm == RS256)?)
        .with(N, shortest(key.told(N)?))
        .with(E, shortest(key.told(E)?));
    PublicKey::from_value(rebuilt.into_value()).ok()
}
