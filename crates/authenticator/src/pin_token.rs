//! The pinUvAuthToken's state (§6.5.2.1, §6.5.3) and the key agreement keys of the two protocols (§6.5.4).

use std::time::Duration;

use ctap::{
    Status,
    pin_protocol::{self, KeyAgreement, Version},
};
use zeroize::Zeroizing;

use crate::platform::Rng;

/// The permission bits (§6.5.5.7).
pub mod permission {
    /// makeCredential
    pub const MAKE_CREDENTIAL: u8 = 0x01;
    /// getAssertion
    pub const GET_ASSERTION: u8 = 0x02;
    /// credentialManagement
    pub const CREDENTIAL_MANAGEMENT: u8 = 0x04;
    /// bioEnrollment
    pub const BIO_ENROLLMENT: u8 = 0x08;
    /// largeBlobs writes
    pub const LARGE_BLOB_WRITE: u8 = 0x10;
    /// authenticatorConfig
    pub const AUTHENTICATOR_CONFIGURATION: u8 = 0x20;
    /// credentialManagement, reading only, with a token that persists
    pub const PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY: u8 = 0x40;
}

/// The limits over USB (§6.5.2.1): a token that nobody used this long after it was given out stops working …
const INITIAL_USAGE_TIME_LIMIT: Duration = Duration::from_secs(30);
/// … the presence that came with it counts this long …
const USER_PRESENT_TIME_LIMIT: Duration = Duration::from_secs(30);
/// … and it never works longer than this.
const MAX_USAGE_TIME_PERIOD: Duration = Duration::from_secs(600);

/// A token in use. It exists from beginUsingPinUvAuthToken to stopUsingPinUvAuthToken.
pub(crate) struct PinUvAuthToken {
    version: Version,
    bytes: Zeroizing<[u8; 32]>,
    permissions: u8,
    rp_id: Option<String>,
    user_present: bool,
    user_verified: bool,
    began: Duration,
    used: bool,
}

impl PinUvAuthToken {
    /// beginUsingPinUvAuthToken(userIsPresent) with a fresh random token (§6.5.3).
    pub(crate) fn begin(
        version: Version,
        permissions: u8,
        rp_id: Option<String>,
        user_present: bool,
        now: Duration,
        rng: &dyn Rng,
    ) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill(&mut *bytes);
        Self {
            version,
            bytes,
            permissions,
            rp_id,
            user_present,
            user_verified: true,
            began: now,
            used: false,
        }
    }

    /// The token itself, to be encrypted for the platform.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// pinUvAuthTokenUsageTimerObserver (§6.5.3): whether the token still works at `now`.
    pub(crate) fn observe(&mut self, now: Duration) -> bool {
        let age = now.saturating_sub(self.began);
        if age > USER_PRESENT_TIME_LIMIT {
            self.user_present = false;
        }
        age <= MAX_USAGE_TIME_PERIOD && (self.used || age <= INITIAL_USAGE_TIME_LIMIT)
    }

    /// verify(pinUvAuthToken, message, pinUvAuthParam) and whether `permission` was given with it.
    pub(crate) fn verify(
        &mut self,
        version: Version,
        message: &[u8],
        param: &[u8],
        permission: u8,
    ) -> Result<(), Status> {
        if version != self.version || !pin_protocol::verify(version, &self.bytes, message, param) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.used = true;
        if self.permissions & permission == 0 { Err(Status::PIN_AUTH_INVALID) } else { Ok(()) }
    }

    /// Steps 11.1.3 to 11.1.7 of §6.1.2, and 6.1 of §6.2.2: the RP ID fits or is bound now, and the
    /// person was verified.
    pub(crate) fn authorize(&mut self, rp_id: &str) -> Result<(), Status> {
        let fits = self.rp_id.as_ref().is_none_or(|bound| bound == rp_id);
        if !fits || !self.user_verified {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.rp_id.get_or_insert_with(|| rp_id.to_owned());
        Ok(())
    }

    /// The permissions RP ID.
    pub(crate) fn rp_id(&self) -> Option<&str> {
        self.rp_id.as_deref()
    }

    /// getUserPresentFlagValue
    pub(crate) fn user_present(&self) -> bool {
        self.user_present
    }

    /// clearUserPresentFlag, clearUserVerifiedFlag and clearPinUvAuthTokenPermissionsExceptLbw: one token
    /// serves one ceremony.
    pub(crate) fn consume(&mut self) {
        self.user_present = false;
        self.user_verified = false;
        self.permissions &= permission::LARGE_BLOB_WRITE;
    }
}

/// `pinUvAuthProtocol` as a request carries it.
///
/// # Errors
/// `MISSING_PARAMETER` where absent, `INVALID_PARAMETER` where not supported.
pub(crate) fn protocol(number: Option<u64>) -> Result<Version, Status> {
    match number {
        Some(1) => Ok(Version::One),
        Some(2) => Ok(Version::Two),
        Some(_) => Err(Status::INVALID_PARAMETER),
        None => Err(Status::MISSING_PARAMETER),
    }
}

/// One key agreement key for each protocol; made at power-up, and again after a wrong PIN.
pub(crate) struct KeyAgreements {
    one: KeyAgreement,
    two: KeyAgreement,
}

impl KeyAgreements {
    /// `initialize` for both protocols.
    pub(crate) fn generate(rng: &dyn Rng) -> Self {
        Self { one: draw(rng), two: draw(rng) }
    }

    /// The key of one protocol.
    pub(crate) fn of(&self, version: Version) -> &KeyAgreement {
        match version {
            Version::One => &self.one,
            Version::Two => &self.two,
        }
    }

    /// `regenerate` for one protocol.
    pub(crate) fn regenerate(&mut self, version: Version, rng: &dyn Rng) {
        match version {
            Version::One => self.one = draw(rng),
            Version::Two => self.two = draw(rng),
        }
    }
}

fn draw(rng: &dyn Rng) -> KeyAgreement {
    let mut bytes = Zeroizing::new([0; 32]);
    loop {
        rng.fill(&mut *bytes);
        if let Some(key) = KeyAgreement::from_random(&bytes) {
            return key;
        }
    }
}
