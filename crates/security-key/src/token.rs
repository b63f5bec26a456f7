//! pinUvAuthTokens (CTAP 2.3 §6.5.5.7): what stands for the person's proof until the key lets it expire.

use ctap::{
    Command, Status, client_pin, client_pin::sub_command as sub, get_info, pin_protocol,
    pin_protocol::Version,
};
use std::ops::BitOr;
use zeroize::Zeroizing;

use crate::{Error, Pin, Session, Transport, agreement::Agreement};

/// A pinUvAuthToken. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Token {
    version: Version,
    bytes: Zeroizing<[u8; 32]>,
}

/// What a token is good for (§6.5.5.7); several by `|`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(pub u8);

impl Permissions {
    /// `mc`: makeCredential.
    pub const MAKE_CREDENTIAL: Self = Self(0x01);
    /// `ga`: getAssertion.
    pub const GET_ASSERTION: Self = Self(0x02);
    /// `cm`: credentialManagement.
    pub const CREDENTIAL_MANAGEMENT: Self = Self(0x04);
    /// `be`: bioEnrollment.
    pub const BIO_ENROLLMENT: Self = Self(0x08);
    /// `lbw`: writing large blobs.
    pub const LARGE_BLOB_WRITE: Self = Self(0x10);
    /// `acfg`: authenticatorConfig.
    pub const AUTHENTICATOR_CONFIGURATION: Self = Self(0x20);
    /// `pcmr`: credentialManagement that only reads, by a token that persists. Goes with no other.
    pub const PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY: Self = Self(0x40);

    /// Whether all of `others` are among these.
    pub fn include(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Token {
    /// A token that was kept, used by this protocol.
    pub(crate) fn kept(version: Version, bytes: &[u8; 32]) -> Self {
        Self { version, bytes: Zeroizing::new(*bytes) }
    }

    /// The token itself: whoever has it acts for the person.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// `authenticate(pinUvAuthToken, message)`: the pinUvAuthParam of a request.
    pub fn prove(&self, message: &[u8]) -> Vec<u8> {
        pin_protocol::authenticate(self.version, &self.bytes, message)
    }

    /// The number that goes beside the proof.
    pub fn protocol(&self) -> u64 {
        self.version as u64
    }
}

impl<T: Transport> Session<T> {
    /// A token by PIN, for one site where `rp_id` says which. A wrong PIN costs a try, and is never tried again here.
    ///
    /// A key without permissions (CTAP 2.0, and the previews of 2.1) gives a token that is good for all it can do.
    ///
    /// # Errors
    /// `PIN_INVALID`, `PIN_AUTH_BLOCKED`, `PIN_BLOCKED` as [`Error::Status`]; [`Error::PinChangeForced`];
    /// as [`Session::agree`].
    pub async fn token_by_pin(
        &mut self,
        info: &get_info::Response,
        pin: &Pin,
        permissions: Permissions,
        rp_id: Option<&str>,
    ) -> Result<Token, Error> {
        // The key would answer that the PIN is wrong, and older ones count a try.
        if info.force_pin_change == Some(true) {
            return Err(Error::PinChangeForced);
        }
        let agreement = self.agree(info).await?;
        let pin_hash_enc = agreement.encrypt(&*pin.hash())?;
        let request = client_pin::Request { pin_hash_enc: Some(pin_hash_enc), ..asking(&agreement) };
        let request = if states(info, "pinUvAuthToken") {
            let sub_command = sub::GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS;
            permitted(request, sub_command, permissions, rp_id)
        } else {
            client_pin::Request { sub_command: sub::GET_PIN_TOKEN, ..request }
        };
        match self.client_pin(request).await {
            Ok(response) => token_of(&agreement, response.pin_uv_auth_token),
            Err(Error::Status(Status::PIN_POLICY_VIOLATION)) => Err(Error::PinChangeForced),
            Err(error) => Err(error),
        }
    }

    /// A token by the key's own verification; resolves when the person has answered.
    ///
    /// # Errors
    /// `UV_INVALID`, `UV_BLOCKED`, `OPERATION_DENIED` as [`Error::Status`]; as [`Session::agree`].
    pub async fn token_by_uv(
        &mut self,
        info: &get_info::Response,
        permissions: Permissions,
        rp_id: Option<&str>,
    ) -> Result<Token, Error> {
        let agreement = self.agree(info).await?;
        let sub_command = sub::GET_PIN_UV_AUTH_TOKEN_USING_UV_WITH_PERMISSIONS;
        let request = permitted(asking(&agreement), sub_command, permissions, rp_id);
        let response = self.client_pin(request).await?;
        token_of(&agreement, response.pin_uv_auth_token)
    }
}

fn asking(agreement: &Agreement) -> client_pin::Request {
    client_pin::Request {
        pin_uv_auth_protocol: Some(agreement.version() as u64),
        key_agreement: Some(agreement.public_key.clone()),
        ..client_pin::Request::default()
    }
}

fn permitted(
    request: client_pin::Request,
    sub_command: u64,
    permissions: Permissions,
    rp_id: Option<&str>,
) -> client_pin::Request {
    client_pin::Request {
        sub_command,
        permissions: Some(permissions.0.into()),
        rp_id: rp_id.map(str::to_owned),
        ..request
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
