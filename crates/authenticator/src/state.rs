//! What survives a power cycle, and what does not.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    credential_management::Enumeration,
    get_next_assertion::Remembered,
    pin_token::{KeyAgreements, PinUvAuthToken},
    platform::Rng,
};

/// `maxPinRetries` (§6.5.2.2).
pub(crate) const MAX_PIN_RETRIES: u8 = 8;
/// `maxUvRetries` (§6.5.2.2).
pub(crate) const MAX_UV_RETRIES: u8 = 5;

/// What survives a power cycle. Serialized by the store, sealed like the credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentState {
    /// LEFT(SHA-256(PIN), 16) and the PIN's length in code points; `None` where no PIN is set.
    pub pin: Option<StoredPin>,
    /// PIN tries left; 8 when fresh.
    pub pin_retries: u8,
    /// Built-in verification tries left; 5 when fresh.
    pub uv_retries: u8,
}

/// The PIN as stored; wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
pub struct StoredPin {
    /// LEFT(SHA-256(PIN), 16).
    pub hash: [u8; 16],
    /// In code points.
    pub length: u8,
}

impl Default for PersistentState {
    fn default() -> Self {
        Self { pin: None, pin_retries: MAX_PIN_RETRIES, uv_retries: MAX_UV_RETRIES }
    }
}

/// What a power cycle forgets.
pub(crate) struct RuntimeState {
    /// The clock's uptime when the power came; opens the reset window (§6.6).
    pub(crate) powered_at: Duration,
    /// The key agreement keys of both PIN/UV auth protocols.
    pub(crate) key_agreements: KeyAgreements,
    /// The one token that is in use (§6.5.2.1); making one invalidates those of every protocol.
    pub(crate) token: Option<PinUvAuthToken>,
    /// Wrong PINs in a row since power came; three block until the next power cycle (§6.5.5.6).
    pub(crate) pin_mismatches: u8,
    /// What getNextAssertion goes on from.
    pub(crate) assertions: Option<Remembered>,
    /// What the next-subcommands of credentialManagement go on from.
    pub(crate) enumeration: Option<Enumeration>,
}

impl RuntimeState {
    /// As after power-up at `powered_at`.
    pub(crate) fn fresh(powered_at: Duration, rng: &dyn Rng) -> Self {
        Self {
            powered_at,
            key_agreements: KeyAgreements::generate(rng),
            token: None,
            pin_mismatches: 0,
            assertions: None,
            enumeration: None,
        }
    }
}
