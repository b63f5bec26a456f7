//! The first byte of a CTAP message, and what stands behind it (CTAP 2.3 §8.1).

use crate::{Status, client_pin, credential_management, get_assertion, get_info, make_credential};

/// A command that this project speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Command {
    /// authenticatorMakeCredential
    MakeCredential = 0x01,
    /// authenticatorGetAssertion
    GetAssertion = 0x02,
    /// authenticatorGetInfo
    GetInfo = 0x04,
    /// authenticatorClientPIN
    ClientPin = 0x06,
    /// authenticatorReset
    Reset = 0x07,
    /// authenticatorGetNextAssertion
    GetNextAssertion = 0x08,
    /// authenticatorCredentialManagement
    CredentialManagement = 0x0A,
    /// authenticatorSelection
    Selection = 0x0B,
}

/// A decoded request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// 0x01
    MakeCredential(make_credential::Request),
    /// 0x02
    GetAssertion(get_assertion::Request),
    /// 0x04
    GetInfo,
    /// 0x06
    ClientPin(client_pin::Request),
    /// 0x07
    Reset,
    /// 0x08
    GetNextAssertion,
    /// 0x0A, or its preview 0x41
    CredentialManagement(credential_management::Request),
    /// 0x0B
    Selection,
}

/// A decoded response, for a status of success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// To 0x01
    MakeCredential(make_credential::Response),
    /// To 0x02 and 0x08
    GetAssertion(get_assertion::Response),
    /// To 0x04
    GetInfo(get_info::Response),
    /// To 0x06
    ClientPin(client_pin::Response),
    /// To 0x0A
    CredentialManagement(credential_management::Response),
    /// To 0x07 and 0x0B: no members
    Empty,
}

impl Request {
    /// Which command this is.
    pub fn command(&self) -> Command {
        match self {
            Self::MakeCredential(_) => Command::MakeCredential,
            Self::GetAssertion(_) => Command::GetAssertion,
            Self::GetInfo => Command::GetInfo,
            Self::ClientPin(_) => Command::ClientPin,
            Self::Reset => Command::Reset,
            Self::GetNextAssertion => Command::GetNextAssertion,
            Self::CredentialManagement(_) => Command::CredentialManagement,
            Self::Selection => Command::Selection,
        }
    }

    /// Decodes a message: command byte, then canonical CBOR.
    ///
    /// # Errors
    /// The exact status a key answers: `INVALID_LENGTH` for no bytes, `INVALID_COMMAND`, `INVALID_CBOR`,
    /// `CBOR_UNEXPECTED_TYPE`, `MISSING_PARAMETER`, `INVALID_PARAMETER` and the like.
    pub fn decode(message: &[u8]) -> Result<Self, Status> {
        todo!("{message:?}")
    }

    /// The message: command byte, then canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        todo!()
    }
}

impl Response {
    /// The message: status byte, then canonical CBOR where there are members.
    pub fn encode(result: &Result<Self, Status>) -> Vec<u8> {
        todo!("{result:?}")
    }

    /// Decodes a key's answer to `command`.
    ///
    /// # Errors
    /// The key's own status where it is not success, `INVALID_LENGTH` for no bytes, and the decoder's otherwise.
    pub fn decode(command: Command, message: &[u8]) -> Result<Self, Status> {
        todo!("{command:?} {message:?}")
    }
}
