use crate::{Status, cbor::Member};
use ciborium::Value;

/// The `credProtect` levels (§12.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum CredProtect {
    /// 0x01
    #[default]
    UserVerificationOptional = 1,
    /// 0x02: found without verification only by its id.
    UserVerificationOptionalWithCredentialIdList = 2,
    /// 0x03
    UserVerificationRequired = 3,
}

impl CredProtect {
    /// The level of a number, where it is one of the three.
    pub fn from_level(level: u64) -> Option<Self> {
        Some(match level {
            1 => Self::UserVerificationOptional,
            2 => Self::UserVerificationOptionalWithCredentialIdList,
            3 => Self::UserVerificationRequired,
            _ => return None,
        })
    }
}

impl From<CredProtect> for u64 {
    fn from(level: CredProtect) -> Self {
        level as Self
    }
}

impl Member for CredProtect {
    fn from_value(value: Value) -> Result<Self, Status> {
        Self::from_level(u64::from_value(value)?).ok_or(Status::INVALID_PARAMETER)
    }

    fn into_value(self) -> Value {
        u64::from(self).into_value()
    }
}
