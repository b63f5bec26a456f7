//! What holds now: what the profile says, as far as authenticatorConfig has not set it otherwise (§6.11).

use crate::{Profile, profile::Verification, state::PersistentState};

impl Profile {
    /// `alwaysUv`; `None` where the key does not know the option (§7.2).
    pub(crate) fn always_uv(&self, state: &PersistentState) -> Option<bool> {
        self.features.always_uv.map(|factory| state.always_uv.unwrap_or(factory))
    }

    /// `minPINLength`, in code points.
    pub(crate) fn min_pin_length(&self, state: &PersistentState) -> u8 {
        state.min_pin_length.unwrap_or_default().max(self.pin.min_length)
    }

    /// `pinComplexityPolicy`
    pub(crate) fn pin_complexity_policy(&self, state: &PersistentState) -> bool {
        self.pin.complexity || state.pin_complexity_policy
    }

    /// `ep`; `None` where the key is not capable of enterprise attestation (§7.1).
    pub(crate) fn enterprise_attestation(&self, state: &PersistentState) -> Option<bool> {
        let enterprise = self.attestation.enterprise.as_ref()?;
        Some(enterprise.enabled || state.enterprise_attestation)
    }

    /// `longTouchForReset`; `None` where the key does not know it.
    pub(crate) fn long_touch_for_reset(&self, state: &PersistentState) -> Option<bool> {
        self.reset.long_touch.map(|factory| factory || state.long_touch_for_reset)
    }

    /// PIN tries left: as many as the profile gives at most.
    pub(crate) fn pin_retries(&self, state: &PersistentState) -> u8 {
        state.pin_retries.min(self.pin.retries)
    }

    /// Whether there is a fingerprint sensor.
    pub(crate) fn has_sensor(&self) -> bool {
        self.verification == Verification::Fingerprint
    }

    /// Whether an extension is one of the key's.
    pub(crate) fn has_extension(&self, identifier: &str) -> bool {
        self.extensions.iter().any(|known| known == identifier)
    }
}
