//! What survives a power cycle, and what does not.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

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
        Self { pin: None, pin_retries: 8, uv_retries: 5 }
    }
}
