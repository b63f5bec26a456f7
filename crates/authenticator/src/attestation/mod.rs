//! What vouches for new credentials (WebAuthn §6.5, §8).
//!
//! The CA and the batch key of a model are derived from its AAGUID and a label that stands in this source: anybody can
//! make them, so they prove nothing, and every run of a profile has the same ones. Testers take
//! [`ca_certificate`] as the trust anchor.

mod certificate;
mod enterprise;
mod statement;

pub(crate) use certificate::Attester;
pub use certificate::{batch_certificate, ca_certificate};
pub(crate) use statement::Format;
