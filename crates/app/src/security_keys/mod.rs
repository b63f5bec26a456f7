//! Security keys of any maker: finding, naming and opening them. One file per use case.
//!
//! | Where | What |
//! |---|---|
//! | `finding` | the keys that are there, and ids that outlast a replug |
//! | `naming` | labels and colours, in `security-keys.json` of the data folder |
//! | `choosing` | which key a request means; the one that is touched where it names none of several |
//! | `opening` | a key that is open: [`OpenKey`] |
//! | `proof` | the PIN, and what a key says of a wrong one |
//! | `list` | the keys as a face shows them |
//! | `watching` | keys as they come and go |
//! | `info`, `info_table`, `info_words` | every member of getInfo, explained |
//! | `info_transport` | what a key says of its way over USB |
//! | `pin` | the PIN: its state, setting and changing it |
//! | `config` | settings, each told before and read back after |
//! | `reset` | four steps, armed to one key |
//! | `ceremony` | registering and signing in at a site that does not exist, the answers taken apart and verified |
//! | `credentials` | the passkeys on a key: listed, renamed, deleted |
//! | `fingerprints` | the fingers that a key knows: listed, enrolled, named, removed |
//! | `blobs` | what sites keep beside their passkeys: listed, read, written, removed |
//! | `read_only` | listing without the PIN, by a token that the vault keeps |

mod blobs;
mod ceremony;
mod choosing;
mod config;
mod credentials;
mod finding;
mod fingerprints;
mod info;
mod info_table;
mod info_transport;
mod info_words;
mod list;
mod naming;
mod opening;
mod pin;
mod proof;
mod read_only;
mod reset;
mod watching;

pub use blobs::{KeyBlob, KeyBlobs};
pub use ceremony::{
    AttestationKind, CeremonyWishes, KeyAssertion, KeyAttestation, KeyFlags, KeyRegistration, Salt,
    SignInWishes, TEST_SITE, VerifiedStep, from_base64url,
};
pub use config::{ChangeDone, ChangePreview, KeyChange};
pub use credentials::{KeyCredential, KeyCredentials, NewNames, Renamed};
pub use finding::FoundKey;
pub use fingerprints::{FingerprintSample, KeyFingerprint, KeyFingerprints};
pub use info::{InfoGroup, InfoRow, KeyInfo, Subject, Told};
pub use list::{KeyMedium, KeySummary};
pub use naming::{Colour, Mark};
pub use opening::OpenKey;
pub use pin::{PinRules, PinState, PinStatus};
pub use reset::{ResetDone, ResetPlan, ResetStep};
pub use watching::KeyEvent;

pub(crate) use choosing::most_telling;
pub(crate) use opening::open;

pub use ctap::hid::KeepaliveStatus;
pub use security_key::{Found, Progress};

use secrecy::SecretString;
use std::sync::Arc;

use crate::trace::TraceOptions;

/// Which security key is asked, and how.
#[derive(Clone)]
pub struct KeyRequest {
    /// Its id, its label, its device node, `tcp:ADDRESS` or `unix:PATH` of an emulated key, or a reader's name; whichever
    /// is there where `None`.
    pub key: Option<String>,
    /// Its PIN, where it wants one.
    pub pin: Option<SecretString>,
    /// Hears whether the key computes or waits for the person.
    pub progress: Progress,
    /// Where every packet is recorded, secrets left out unless they are asked for.
    pub trace: Option<TraceOptions>,
}

impl Default for KeyRequest {
    /// Any key, without a PIN, and nobody hears of its progress.
    fn default() -> Self {
        Self { key: None, pin: None, progress: Arc::new(|_| ()), trace: None }
    }
}
