//! U2F raw messages, which CTAP calls CTAP1 (FIDO U2F raw message formats 1.2; CTAP 2.3 §10).

use crate::apdu::{self, Encoding, StatusWord};

/// What a key answers to the version message, and to SELECT where it speaks U2F.
pub const VERSION: &str = "U2F_V2";

/// The longest key handle that a response can carry, in bytes.
pub const MAX_KEY_HANDLE: usize = 255;

/// Register and authenticate are whole only in this class.
const CLASS: u8 = 0x00;

mod ins {
    pub(super) const REGISTER: u8 = 0x01;
    pub(super) const AUTHENTICATE: u8 = 0x02;
    pub(super) const VERSION: u8 = 0x03;
}

/// A request message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// U2F_REGISTER (§4.1).
    Register {
        /// SHA-256 of the client data.
        challenge: [u8; 32],
        /// SHA-256 of the application identity; by CTAP2 that is the RP ID.
        application: [u8; 32],
    },
    /// U2F_AUTHENTICATE (§5.1).
    Authenticate {
        /// What is wanted.
        control: Control,
        /// SHA-256 of the client data.
        challenge: [u8; 32],
        /// SHA-256 of the application identity.
        application: [u8; 32],
        /// As the registration gave it.
        key_handle: Vec<u8>,
    },
    /// U2F_VERSION (§6.1).
    Version,
}

/// The control byte of U2F_AUTHENTICATE (§5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Control {
    /// Only say whether the key handle is this key's.
    CheckOnly = 0x07,
    /// Sign after a touch.
    EnforceUserPresenceAndSign = 0x03,
    /// Sign without one.
    DontEnforceUserPresenceAndSign = 0x08,
}

impl Request {
    /// Reads a request message.
    ///
    /// # Errors
    /// `CLA_NOT_SUPPORTED`, `INS_NOT_SUPPORTED`, `WRONG_LENGTH` for data of another length than the message has,
    /// `INCORRECT_PARAMETERS` for a control byte that is not known.
    pub fn decode(command: &apdu::Command) -> Result<Self, StatusWord> {
        if command.cla != CLASS {
            return Err(StatusWord::CLA_NOT_SUPPORTED);
        }
        match command.ins {
            ins::REGISTER => register(&command.data),
            ins::AUTHENTICATE => authenticate(command.p1, &command.data),
            ins::VERSION if command.data.is_empty() => Ok(Self::Version),
            ins::VERSION => Err(StatusWord::WRONG_LENGTH),
            _ => Err(StatusWord::INS_NOT_SUPPORTED),
        }
    }

    /// The command APDU, extended as CTAPHID_MSG wants it (§3.1.2).
    pub fn encode(&self) -> Vec<u8> {
        let (ins, p1, data) = match self {
            Self::Register { challenge, application } => {
                (ins::REGISTER, 0, [&challenge[..], application].concat())
            }
            Self::Authenticate { control, challenge, application, key_handle } => {
                let length = u8::try_from(key_handle.len()).unwrap_or(u8::MAX);
                let data = [&challenge[..], application, &[length], key_handle].concat();
                (ins::AUTHENTICATE, *control as u8, data)
            }
            Self::Version => (ins::VERSION, 0, Vec::new()),
        };
        let (encoding, ne) = (Encoding::Extended, Some(apdu::EXTENDED_RESPONSE));
        apdu::Command { cla: CLASS, ins, p1, p2: 0, data, encoding, ne }.encode()
    }
}

impl Control {
    fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0x07 => Self::CheckOnly,
            0x03 => Self::EnforceUserPresenceAndSign,
            0x08 => Self::DontEnforceUserPresenceAndSign,
            _ => return None,
        })
    }
}

fn register(data: &[u8]) -> Result<Request, StatusWord> {
    let (challenge, application) = data.split_first_chunk().ok_or(StatusWord::WRONG_LENGTH)?;
    let application = application.try_into().map_err(|_| StatusWord::WRONG_LENGTH)?;
    Ok(Request::Register { challenge: *challenge, application })
}

fn authenticate(control: u8, data: &[u8]) -> Result<Request, StatusWord> {
    let (challenge, rest) = data.split_first_chunk().ok_or(StatusWord::WRONG_LENGTH)?;
    let (application, rest) = rest.split_first_chunk().ok_or(StatusWord::WRONG_LENGTH)?;
    let (length, key_handle) = rest.split_first().ok_or(StatusWord::WRONG_LENGTH)?;
    if usize::from(*length) != key_handle.len() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    Ok(Request::Authenticate {
        control: Control::from_byte(control).ok_or(StatusWord::INCORRECT_PARAMETERS)?,
        challenge: *challenge,
        application: *application,
        key_handle: key_handle.to_vec(),
    })
}

/// The data of a registration response (§4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The uncompressed point: 0x04, x, y.
    pub public_key: [u8; 65],
    /// At most [`MAX_KEY_HANDLE`] bytes.
    pub key_handle: Vec<u8>,
    /// X.509, DER.
    pub certificate: Vec<u8>,
    /// By the certificate's key, over [`Registration::signed`].
    pub signature: Vec<u8>,
}

impl Registration {
    /// What the certificate's key signs: 0x00, application, challenge, key handle, public key.
    pub fn signed(
        application: &[u8; 32],
        challenge: &[u8; 32],
        key_handle: &[u8],
        public_key: &[u8; 65],
    ) -> Vec<u8> {
        [&[0x00][..], application, challenge, key_handle, public_key].concat()
    }

    /// Reads the bytes; `None` where they are no registration response.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let ([0x05], rest) = bytes.split_first_chunk()? else { return None };
        let (public_key, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first()?;
        let (key_handle, rest) = rest.split_at_checked((*length).into())?;
        let (certificate, signature) = rest.split_at_checked(der_length(rest)?)?;
        Some(Self {
            public_key: *public_key,
            key_handle: key_handle.to_vec(),
            certificate: certificate.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// The bytes, the reserved byte 0x05 first.
    pub fn encode(&self) -> Vec<u8> {
        let length = u8::try_from(self.key_handle.len()).unwrap_or(u8::MAX);
        [&[0x05][..], &self.public_key, &[length], &self.key_handle, &self.certificate, &self.signature]
            .concat()
    }
}

/// The data of an authentication response (§5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// Whether a person touched the key.
    pub user_present: bool,
    /// Counts the key's signatures.
    pub counter: u32,
    /// By the key handle's key, over [`Authentication::signed`].
    pub signature: Vec<u8>,
}

impl Authentication {
    /// What is signed: application, user presence, counter, challenge.
    pub fn signed(application: &[u8; 32], user_present: bool, counter: u32, challenge: &[u8; 32]) -> Vec<u8> {
        [&application[..], &[u8::from(user_present)], &counter.to_be_bytes(), challenge].concat()
    }

    /// Reads the bytes; `None` where they are no authentication response.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (flags, rest) = bytes.split_first()?;
        let (counter, signature) = rest.split_first_chunk()?;
        Some(Self {
            user_present: flags & 0x01 != 0,
            counter: u32::from_be_bytes(*counter),
            signature: signature.to_vec(),
        })
    }

    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        [&[u8::from(self.user_present)][..], &self.counter.to_be_bytes(), &self.signature].concat()
    }
}

/// How long the DER sequence is that `bytes` begin with, its head included (X.690 §8.1.3).
fn der_length(bytes: &[u8]) -> Option<usize> {
    let (&[0x30, length], rest) = bytes.split_first_chunk()? else { return None };
    let long = usize::from(length & 0x7F);
    if length & 0x80 == 0 {
        return Some(2 + long);
    }
    let digits = rest.get(..long).filter(|digits| (1..=3).contains(&digits.len()))?;
    let content = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    Some(2 + long + content)
}

#[cfg(test)]
mod tests;
