//! What survives a power cycle, and what does not.

use std::{sync::atomic::AtomicU64, time::Duration};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    bio_enrollment::Enrollment,
    credential_management::Enumeration,
    get_next_assertion::Remembered,
    large_blobs::Writing,
    pin_token::{KeyAgreements, PinUvAuthToken},
    platform::{Finger, Rng},
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
    /// `minPINLength` where setMinPINLength raised it, in code points (§6.11.4).
    pub min_pin_length: Option<u8>,
    /// The RP IDs that may read it by the `minPinLength` extension; `None` where none were set.
    pub min_pin_length_rp_ids: Option<Vec<String>>,
    /// `forcePINChange`
    pub force_pin_change: bool,
    /// `pinComplexityPolicy` where it was enabled (§6.11.4).
    pub pin_complexity_policy: bool,
    /// `alwaysUv` where it was toggled (§6.11.2).
    pub always_uv: Option<bool>,
    /// `ep` where it was enabled (§6.11.1).
    pub enterprise_attestation: bool,
    /// `longTouchForReset` where it was enabled (§6.11.5).
    pub long_touch_for_reset: bool,
    /// Enrolled fingerprints, oldest first (§6.7).
    pub fingerprints: Vec<Fingerprint>,
    /// The serialized large-blob array; `None` stands for the initial one (§6.10.2).
    #[serde(with = "serde_bytes")]
    pub large_blob_array: Option<Vec<u8>>,
    /// What stays the same until a reset and is never told: device identifier and U2F keys are derived from
    /// it. `None` until something needs it.
    pub root_secret: Option<RootSecret>,
    /// `persistentPinUvAuthToken`; `None` where nobody asked for it since the last reset or changePIN.
    pub persistent_token: Option<RootSecret>,
    /// The last signature counter of a key that counts for all credentials together, and of U2F keys.
    pub global_counter: u32,
}

/// An enrolled fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fingerprint {
    /// `templateId`
    #[serde(with = "serde_bytes")]
    pub template_id: Vec<u8>,
    /// `templateFriendlyName`
    pub name: Option<String>,
    /// Which finger it is of.
    pub finger: Finger,
}

/// Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct RootSecret(pub [u8; 32]);

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
        Self {
            pin: None,
            pin_retries: MAX_PIN_RETRIES,
            uv_retries: MAX_UV_RETRIES,
            min_pin_length: None,
            min_pin_length_rp_ids: None,
            force_pin_change: false,
            pin_complexity_policy: false,
            always_uv: None,
            enterprise_attestation: false,
            long_touch_for_reset: false,
            fingerprints: Vec::new(),
            large_blob_array: None,
            root_secret: None,
            persistent_token: None,
            global_counter: 0,
        }
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
    /// The finger that is being enrolled.
    pub(crate) enrollment: Option<Enrollment>,
    /// The large-blob array that is being written.
    pub(crate) writing: Option<Writing>,
    /// Built-in verifications since power came that were not by PIN (`uvCountSinceLastPinEntry`).
    pub(crate) uv_count: AtomicU64,
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
            enrollment: None,
            writing: None,
            uv_count: AtomicU64::new(0),
        }
    }
}
