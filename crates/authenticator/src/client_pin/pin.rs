//! Setting, changing and checking the PIN.

use ctap::{
    Status,
    client_pin::{Request, Response},
    pin_protocol::{SharedSecret, Version},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::required;
use crate::{
    Authenticator, Profile,
    state::{MAX_PIN_RETRIES, MAX_UV_RETRIES, PersistentState, StoredPin},
};

/// newPin is padded with zeroes to this length, so 63 bytes are the most (§6.5.5.5).
const PADDED_PIN_LENGTH: usize = 64;
/// This many wrong PINs in a row need a power cycle, so that a program cannot block the key by itself.
const MAX_MISMATCHES: u8 = 3;

impl Authenticator {
    /// setPIN (§6.5.5.5)
    pub(super) fn set_pin(&mut self, request: &Request) -> Result<Response, Status> {
        let version = self.protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let new_pin_enc = required(request.new_pin_enc.as_deref())?;
        let param = required(request.pin_uv_auth_param.as_deref())?;
        if self.pin_is_set()? {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let shared_secret = self.shared_secret(version, peer)?;
        if !shared_secret.verify(new_pin_enc, param) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let pin = self.open_new_pin(&shared_secret, new_pin_enc)?;
        self.store_pin(&pin, |_| {})
    }

    /// changePIN (§6.5.5.6)
    pub(super) fn change_pin(&mut self, request: &Request) -> Result<Response, Status> {
        let version = self.protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let new_pin_enc = required(request.new_pin_enc.as_deref())?;
        let pin_hash_enc = required(request.pin_hash_enc.as_deref())?;
        let param = required(request.pin_uv_auth_param.as_deref())?;
        self.ensure_pin_can_be_tried()?;
        let shared_secret = self.shared_secret(version, peer)?;
        if !shared_secret.verify(&[new_pin_enc, pin_hash_enc].concat(), param) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.check_pin(version, &shared_secret, pin_hash_enc)?;
        let pin = self.open_new_pin(&shared_secret, new_pin_enc)?;
        // A PIN that has to be changed is not changed by setting it again.
        let state = self.platform.store.state()?;
        let same = state.pin.as_ref().is_some_and(|stored| stored.hash.ct_eq(&hash(&pin)).into());
        if state.force_pin_change && same {
            return Err(Status::PIN_POLICY_VIOLATION);
        }
        self.store_pin(&pin, |state| state.persistent_token = None)
    }

    /// A PIN is set, tries are left, and power was cycled where that is due.
    pub(super) fn ensure_pin_can_be_tried(&self) -> Result<(), Status> {
        let state = self.platform.store.state()?;
        if state.pin.is_none() {
            return Err(Status::PIN_NOT_SET);
        }
        if self.profile.pin_retries(&state) == 0 {
            return Err(Status::PIN_BLOCKED);
        }
        if self.needs_power_cycle() { Err(Status::PIN_AUTH_BLOCKED) } else { Ok(()) }
    }

    /// Three wrong PINs in a row came since power did.
    pub(super) fn needs_power_cycle(&self) -> bool {
        self.state.pin_mismatches >= MAX_MISMATCHES
    }

    /// Compares pinHashEnc with the stored PIN (§6.5.5.6 steps 6 to 8). The try is counted, and committed,
    /// before anything is compared.
    pub(super) fn check_pin(
        &mut self,
        version: Version,
        shared_secret: &SharedSecret,
        pin_hash_enc: &[u8],
    ) -> Result<(), Status> {
        let mut had_tries = false;
        let profile = &self.profile;
        let state = self.platform.store.update_state(&mut |state| {
            let tries = profile.pin_retries(state);
            had_tries = tries > 0;
            state.pin_retries = tries.saturating_sub(1);
        })?;
        if !had_tries {
            return Err(Status::PIN_BLOCKED);
        }
        let hash = shared_secret.decrypt(pin_hash_enc).unwrap_or_default();
        let stored = state.pin.as_ref().ok_or(Status::PIN_NOT_SET)?;
        if !bool::from(hash.as_slice().ct_eq(&stored.hash)) {
            self.state.key_agreements.regenerate(version, &*self.platform.rng);
            self.state.pin_mismatches += 1;
            return Err(match state.pin_retries {
                0 => Status::PIN_BLOCKED,
                _ if self.needs_power_cycle() => Status::PIN_AUTH_BLOCKED,
                _ => Status::PIN_INVALID,
            });
        }
        self.state.pin_mismatches = 0;
        self.state.uv_count = 0.into();
        self.platform.store.update_state(&mut restore_retries)?;
        Ok(())
    }

    /// The new PIN takes effect; tokens of the old one do not outlive it.
    fn store_pin(&mut self, pin: &str, also: impl Fn(&mut PersistentState)) -> Result<Response, Status> {
        let length = u8::try_from(pin.chars().count()).unwrap_or(u8::MAX);
        let stored = StoredPin { hash: hash(pin), length };
        self.platform.store.update_state(&mut |state| {
            state.pin = Some(stored.clone());
            state.force_pin_change = false;
            restore_retries(state);
            also(state);
        })?;
        self.state.token = None;
        Ok(Response::default())
    }

    /// Decrypts, unpads and checks the new PIN (§6.5.5.5 steps 7 to 10).
    fn open_new_pin(
        &self,
        shared_secret: &SharedSecret,
        new_pin_enc: &[u8],
    ) -> Result<Zeroizing<String>, Status> {
        let padded = shared_secret.decrypt(new_pin_enc).map_err(|_| Status::PIN_AUTH_INVALID)?;
        if padded.len() != PADDED_PIN_LENGTH {
            return Err(Status::INVALID_PARAMETER);
        }
        let end = padded.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        let pin = padded.get(..end).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let pin = pin.ok_or(Status::PIN_POLICY_VIOLATION)?;
        let allowed = pin.len() < PADDED_PIN_LENGTH
            && follows_policy(pin, &self.profile, &*self.platform.store.state()?);
        if allowed { Ok(Zeroizing::new(pin.to_owned())) } else { Err(Status::PIN_POLICY_VIOLATION) }
    }
}

/// Length, and complexity where the key asks for it.
fn follows_policy(pin: &str, profile: &Profile, state: &PersistentState) -> bool {
    let lengths = usize::from(profile.min_pin_length(state))..=usize::from(profile.pin.max_length);
    lengths.contains(&pin.chars().count()) && (!profile.pin_complexity_policy(state) || is_complex(pin))
}

/// Not one character over and over, and not characters that count up or down.
fn is_complex(pin: &str) -> bool {
    let points: Vec<i64> = pin.chars().map(|point| i64::from(u32::from(point))).collect();
    let mut steps = points.windows(2).map(|pair| match pair {
        [one, other] => other - one,
        _ => 0,
    });
    let first = steps.next().unwrap_or_default();
    !(-1..=1).contains(&first) || steps.any(|step| step != first)
}

/// LEFT(SHA-256(PIN), 16)
fn hash(pin: &str) -> [u8; 16] {
    let digest = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(pin)));
    digest.first_chunk().copied().unwrap_or_default()
}

/// The right PIN restores its own tries, and those of built-in verification (§6.5.2.2).
fn restore_retries(state: &mut PersistentState) {
    state.pin_retries = MAX_PIN_RETRIES;
    state.uv_retries = MAX_UV_RETRIES;
}
