//! authenticatorClientPIN, 0x06 (CTAP 2.3 §6.5): the PIN, and tokens that stand for the person's proof.

use ctap::{Command, Status, client_pin, client_pin::sub_command as sub, get_info, pin_protocol::Version};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::{Error, Session, Transport, agreement::Agreement};

/// A pinUvAuthToken: stands for the person's proof until the key lets it expire. Wiped when dropped.
pub struct Token {
    version: Version,
    bytes: Zeroizing<[u8; 32]>,
}

/// What a token is good for (§6.5.5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(pub u8);

impl Permissions {
    /// `mc`: makeCredential.
    pub const MAKE_CREDENTIAL: Self = Self(0x01);
    /// `ga`: getAssertion.
    pub const GET_ASSERTION: Self = Self(0x02);
}

/// How a key finds out whether the person is its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// By its own means: a sensor, a question.
    BuiltIn,
    /// By a PIN that this program asks for.
    Pin,
    /// It cannot, as it is set up now.
    None,
}

/// How many code units of UTF-8 a PIN is padded to (§6.5.5.5).
const PADDED_PIN: usize = 64;

impl Verification {
    /// What the key states: its own means before a PIN.
    pub fn of(info: &get_info::Response) -> Self {
        if states(info, "uv") {
            Self::BuiltIn
        } else if states(info, "clientPin") {
            Self::Pin
        } else {
            Self::None
        }
    }
}

impl Token {
    /// `authenticate(pinUvAuthToken, message)`: the pinUvAuthParam of a request.
    pub fn prove(&self, message: &[u8]) -> Vec<u8> {
        ctap::pin_protocol::authenticate(self.version, &self.bytes, message)
    }

    /// The number that goes beside the proof.
    pub fn protocol(&self) -> u64 {
        self.version as u64
    }
}

impl<T: Transport> Session<T> {
    /// How often the PIN may still be wrong.
    ///
    /// # Errors
    /// `PIN_NOT_SET` as [`Error::Status`], and as [`Session::send`].
    pub async fn pin_retries(&mut self) -> Result<u64, Error> {
        let request =
            client_pin::Request { sub_command: sub::GET_PIN_RETRIES, ..client_pin::Request::default() };
        let retries = self.client_pin(request).await?.pin_retries;
        retries.ok_or(Error::Answer(Command::ClientPin, Status::MISSING_PARAMETER))
    }

    /// Sets the first PIN.
    ///
    /// # Errors
    /// `PIN_POLICY_VIOLATION` as [`Error::Status`] for one that the key does not take, and as [`Session::agree`].
    pub async fn set_pin(&mut self, info: &get_info::Response, pin: &str) -> Result<(), Error> {
        let agreement = self.agree(info).await?;
        let mut padded = Zeroizing::new([0; PADDED_PIN]);
        let pin = normalized(pin);
        let too_long = Error::Status(Status::PIN_POLICY_VIOLATION);
        padded.get_mut(..pin.len()).ok_or(too_long)?.copy_from_slice(pin.as_bytes());
        let new_pin_enc = agreement.encrypt(&*padded)?;
        let request = client_pin::Request {
            pin_uv_auth_protocol: Some(agreement.version() as u64),
            sub_command: sub::SET_PIN,
            key_agreement: Some(agreement.public_key.clone()),
            pin_uv_auth_param: Some(agreement.secret.authenticate(&new_pin_enc)),
            new_pin_enc: Some(new_pin_enc),
            ..client_pin::Request::default()
        };
        self.client_pin(request).await.map(drop)
    }

    /// A token by PIN, for one site. A key without permissions (CTAP 2.0) gives one that is good for everything.
    ///
    /// # Errors
    /// `PIN_INVALID` and the like as [`Error::Status`]; as [`Session::agree`].
    pub async fn token_by_pin(
        &mut self,
        info: &get_info::Response,
        pin: &str,
        permissions: Permissions,
        rp_id: &str,
    ) -> Result<Token, Error> {
        let agreement = self.agree(info).await?;
        let mut digest: [u8; 32] = Sha256::digest(normalized(pin).as_bytes()).into();
        let left = digest.first_chunk::<16>().map(|left| agreement.encrypt(left));
        digest.zeroize();
        let mut request = client_pin::Request {
            pin_uv_auth_protocol: Some(agreement.version() as u64),
            sub_command: sub::GET_PIN_TOKEN,
            key_agreement: Some(agreement.public_key.clone()),
            pin_hash_enc: left.transpose()?,
            ..client_pin::Request::default()
        };
        if states(info, "pinUvAuthToken") {
            request.sub_command = sub::GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS;
            request.permissions = Some(permissions.0.into());
            request.rp_id = Some(rp_id.to_owned());
        }
        let token = self.client_pin(request).await?.pin_uv_auth_token;
        token_of(&agreement, token)
    }
}

fn token_of(agreement: &Agreement, encrypted: Option<Vec<u8>>) -> Result<Token, Error> {
    let wrong = |status| Error::Answer(Command::ClientPin, status);
    let encrypted = encrypted.ok_or(wrong(Status::MISSING_PARAMETER))?;
    let plain = agreement.secret.decrypt(&encrypted).map_err(wrong)?;
    let mut bytes = Zeroizing::new([0; 32]);
    // Protocol one allows 16 bytes; HMAC takes a shorter key as one that ends in zeroes (RFC 2104 §2).
    if !matches!(plain.len(), 16 | 32) {
        return Err(wrong(Status::INVALID_LENGTH));
    }
    bytes.iter_mut().zip(plain.iter()).for_each(|(byte, from)| *byte = *from);
    Ok(Token { version: agreement.version(), bytes })
}

pub(crate) fn states(info: &get_info::Response, option: &str) -> bool {
    info.options.iter().any(|(id, set)| id == option && *set)
}

/// One PIN typed on two keyboards is one PIN (§6.5.1: Normalization Form C).
fn normalized(pin: &str) -> Zeroizing<String> {
    Zeroizing::new(pin.nfc().collect())
}
