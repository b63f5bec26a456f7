//! The first byte of a CTAP message, and what stands behind it (CTAP 2.3 §8.1).

use crate::{
    Status, authenticator_config, bio_enrollment, client_pin, credential_management, get_assertion, get_info,
    large_blobs, make_credential,
};

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
    /// authenticatorBioEnrollment
    BioEnrollment = 0x09,
    /// authenticatorCredentialManagement
    CredentialManagement = 0x0A,
    /// authenticatorSelection
    Selection = 0x0B,
    /// authenticatorLargeBlobs
    LargeBlobs = 0x0C,
    /// authenticatorConfig
    AuthenticatorConfig = 0x0D,
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
    /// 0x09, or its preview 0x40
    BioEnrollment(bio_enrollment::Request),
    /// 0x0A, or its preview 0x41
    CredentialManagement(credential_management::Request),
    /// 0x0B
    Selection,
    /// 0x0C
    LargeBlobs(large_blobs::Request),
    /// 0x0D
    AuthenticatorConfig(authenticator_config::Request),
}

/// A decoded response, for a status of success.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// To 0x01
    MakeCredential(make_credential::Response),
    /// To 0x02 and 0x08
    GetAssertion(get_assertion::Response),
    /// To 0x04
    GetInfo(get_info::Response),
    /// To 0x06
    ClientPin(client_pin::Response),
    /// To 0x09
    BioEnrollment(bio_enrollment::Response),
    /// To 0x0A
    CredentialManagement(credential_management::Response),
    /// To 0x0C
    LargeBlobs(large_blobs::Response),
    /// To 0x07, 0x0B and 0x0D: no members
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
            Self::BioEnrollment(_) => Command::BioEnrollment,
            Self::CredentialManagement(_) => Command::CredentialManagement,
            Self::Selection => Command::Selection,
            Self::LargeBlobs(_) => Command::LargeBlobs,
            Self::AuthenticatorConfig(_) => Command::AuthenticatorConfig,
        }
    }

    /// Decodes a message: command byte, then canonical CBOR.
    ///
    /// # Errors
    /// The exact status a key answers: `INVALID_LENGTH` for no bytes and for bytes after a command that has no
    /// members, `INVALID_COMMAND`, `INVALID_CBOR`, `CBOR_UNEXPECTED_TYPE`, `MISSING_PARAMETER`,
    /// `INVALID_PARAMETER` and the like.
    pub fn decode(message: &[u8]) -> Result<Self, Status> {
        let (&byte, parameters) = message.split_first().ok_or(Status::INVALID_LENGTH)?;
        match Command::from_byte(byte).ok_or(Status::INVALID_COMMAND)? {
            Command::MakeCredential => make_credential::Request::decode(parameters).map(Self::MakeCredential),
            Command::GetAssertion => get_assertion::Request::decode(parameters).map(Self::GetAssertion),
            Command::GetInfo => without_members(parameters, Self::GetInfo),
            Command::ClientPin => client_pin::Request::decode(parameters).map(Self::ClientPin),
            Command::Reset => without_members(parameters, Self::Reset),
            Command::GetNextAssertion => without_members(parameters, Self::GetNextAssertion),
            Command::BioEnrollment => bio_enrollment::Request::decode(parameters).map(Self::BioEnrollment),
            Command::CredentialManagement => {
                credential_management::Request::decode(parameters).map(Self::CredentialManagement)
            }
            Command::Selection => without_members(parameters, Self::Selection),
            Command::LargeBlobs => large_blobs::Request::decode(parameters).map(Self::LargeBlobs),
            Command::AuthenticatorConfig => {
                authenticator_config::Request::decode(parameters).map(Self::AuthenticatorConfig)
            }
        }
    }

    /// The message: command byte, then canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let parameters = match self {
            Self::MakeCredential(request) => request.encode(),
            Self::GetAssertion(request) => request.encode(),
            Self::ClientPin(request) => request.encode(),
            Self::BioEnrollment(request) => request.encode(),
            Self::CredentialManagement(request) => request.encode(),
            Self::LargeBlobs(request) => request.encode(),
            Self::AuthenticatorConfig(request) => request.encode(),
            Self::GetInfo | Self::Reset | Self::GetNextAssertion | Self::Selection => Vec::new(),
        };
        prefixed(self.command() as u8, parameters)
    }
}

impl Response {
    /// The message: status byte, then canonical CBOR where there are members.
    pub fn encode(result: &Result<Self, Status>) -> Vec<u8> {
        let response = match result {
            Ok(response) => response,
            Err(status) => return vec![status.0],
        };
        let members = match response {
            Self::MakeCredential(response) => response.encode(),
            Self::GetAssertion(response) => response.encode(),
            Self::GetInfo(response) => response.encode(),
            Self::ClientPin(response) => response.encode(),
            Self::BioEnrollment(response) => response.encode(),
            Self::CredentialManagement(response) => response.encode(),
            Self::LargeBlobs(response) => response.encode(),
            Self::Empty => Vec::new(),
        };
        prefixed(Status::SUCCESS.0, members)
    }

    /// Decodes a key's answer to `command`, leniently: any well-formed CBOR ([`decode_lenient`](crate::cbor::decode_lenient)), and what is
    /// optional and cannot be read is as if it were not there.
    ///
    /// # Errors
    /// The key's own status where it is not success, `INVALID_LENGTH` for no bytes, `INVALID_CBOR`,
    /// `CBOR_UNEXPECTED_TYPE` and `MISSING_PARAMETER`, for what cannot be done without.
    pub fn decode(command: Command, message: &[u8]) -> Result<Self, Status> {
        let (&status, members) = message.split_first().ok_or(Status::INVALID_LENGTH)?;
        if Status(status) != Status::SUCCESS {
            return Err(Status(status));
        }
        match command {
            Command::MakeCredential => make_credential::Response::decode(members).map(Self::MakeCredential),
            Command::GetAssertion | Command::GetNextAssertion => {
                get_assertion::Response::decode(members).map(Self::GetAssertion)
            }
            Command::GetInfo => get_info::Response::decode(members).map(Self::GetInfo),
            Command::ClientPin => client_pin::Response::decode(members).map(Self::ClientPin),
            Command::BioEnrollment => bio_enrollment::Response::decode(members).map(Self::BioEnrollment),
            Command::CredentialManagement => {
                credential_management::Response::decode(members).map(Self::CredentialManagement)
            }
            Command::LargeBlobs => large_blobs::Response::decode(members).map(Self::LargeBlobs),
            // Nothing is to be read, so nothing that stands there can be wrong.
            Command::Reset | Command::Selection | Command::AuthenticatorConfig => Ok(Self::Empty),
        }
    }
}

impl Command {
    /// Its name, without the `authenticator` that all of them begin with.
    pub fn name(self) -> &'static str {
        match self {
            Self::MakeCredential => "makeCredential",
            Self::GetAssertion => "getAssertion",
            Self::GetInfo => "getInfo",
            Self::ClientPin => "clientPIN",
            Self::Reset => "reset",
            Self::GetNextAssertion => "getNextAssertion",
            Self::BioEnrollment => "bioEnrollment",
            Self::CredentialManagement => "credentialManagement",
            Self::Selection => "selection",
            Self::LargeBlobs => "largeBlobs",
            Self::AuthenticatorConfig => "authenticatorConfig",
        }
    }

    /// The command of a byte, where it is one that this project speaks.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0x01 => Self::MakeCredential,
            0x02 => Self::GetAssertion,
            0x04 => Self::GetInfo,
            0x06 => Self::ClientPin,
            0x07 => Self::Reset,
            0x08 => Self::GetNextAssertion,
            0x09 | BIO_ENROLLMENT_PREVIEW => Self::BioEnrollment,
            0x0A | CREDENTIAL_MANAGEMENT_PREVIEW => Self::CredentialManagement,
            0x0B => Self::Selection,
            0x0C => Self::LargeBlobs,
            0x0D => Self::AuthenticatorConfig,
            _ => return None,
        })
    }
}

/// The number that CTAP 2.1 drafts gave to bio enrollment, for keys that state `FIDO_2_1_PRE`.
pub const BIO_ENROLLMENT_PREVIEW: u8 = 0x40;
/// The number that they gave to credential management.
pub const CREDENTIAL_MANAGEMENT_PREVIEW: u8 = 0x41;

/// "Invalid message or item length" is what `INVALID_LENGTH` stands for (§8.2).
fn without_members<T>(parameters: &[u8], message: T) -> Result<T, Status> {
    if parameters.is_empty() { Ok(message) } else { Err(Status::INVALID_LENGTH) }
}

fn prefixed(first: u8, rest: Vec<u8>) -> Vec<u8> {
    [vec![first], rest].concat()
}
