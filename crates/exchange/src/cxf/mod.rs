//! The FIDO Alliance's Credential Exchange Format 1.0 with its errata of 2026-03-09: a Header of Accounts, their
//! Items, and in those the credentials. Only the passkeys are taken, with the notes beside them.
//!
//! Read by hand from the tree, because one odd member must cost one row and no more: docs/decisions/0009.

mod extensions;
mod read;
mod write;

pub(crate) use read::{is_cxf, read};
pub(crate) use write::{refusal, write};

/// Names of members in [`Unknown`](crate::Unknown).
const ITEM: &str = "cxf:item.";
const PASSKEY: &str = "cxf:passkey.";
const SCOPE: &str = "cxf:scope.";
const EXTENSIONS: &str = "cxf:fido2Extensions.";

/// The one algorithm of hmac credentials.
const HMAC_SHA_256: &str = "hmac-sha256";

pub(crate) const LOSES: &[&str] = &[
    "Passkeys that count their signatures stay out: the format forbids them.",
    "It has no place for BE and BS, the authenticator's model, the site's name and the time of last use.",
];
