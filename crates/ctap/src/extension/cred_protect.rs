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

impl Member for CredProtect {
    fn from_value(value: Value) -> Result<Self, Status> {
        match u64::from_value(value)? {
            1 => Ok(Self::UserVerificationOptional),
            2 => Ok(Self::UserVerificationOptionalWithCredentialIdList),
            3 => Ok(Self::UserVerificationRequired),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    fn into_value(self) -> Value {
        (self as u64).into_value()
    }
}
