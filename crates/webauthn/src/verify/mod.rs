//! The relying party's part: every step of registration (WebAuthn §7.1) and of authentication (§7.2), each
//! with its outcome and the values it looked at.
//!
//! A failed step does not end the list: what can still be judged is judged, what depends on it is skipped
//! with the reason. Judged here: ES256 and EdDSA, attestation `none` and `packed` without certificates.

mod assertion;
mod attestation;
mod auth_data;
mod client_data;
mod policy;
mod registration;
mod signature;
mod steps;
mod verdict;

#[cfg(test)]
mod tests;

pub use assertion::assertion;
pub use policy::{AttestationPolicy, CounterPolicy, Policy};
pub use registration::registration;
pub use verdict::{
    Attestation, AttestationType, CredentialRecord, Flags, Outcome, SignedData, Step, Verdict,
};
