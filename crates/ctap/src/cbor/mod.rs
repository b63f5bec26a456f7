//! CTAP2 canonical CBOR (CTAP 2.3 §8): strict in, canonical out; and a lenient way in for what other people's keys
//! answer.
//!
//! `ciborium::Value` is the tree; reading and writing are our own, because the status byte of a refusal and the
//! order of map keys are part of the wire, and because nothing may be allocated for a length that is only claimed.

mod cursor;
mod lenient;
mod map;
mod reader;
mod writer;

pub(crate) use map::entries;
pub use map::{Entries, Map, Member};
pub use writer::encode;

use crate::Status;
use ciborium::Value;

/// A map of messages nests at most four levels deep (§8).
const MESSAGE_DEPTH: usize = 4;
/// A compound attestation statement nests one deeper than a message (WebAuthn §8.9); with room for what may come.
pub(crate) const ATTESTATION_DEPTH: usize = 8;
/// What is read leniently may nest four times as deep as a message may.
const LENIENT_DEPTH: usize = 16;

/// Decodes exactly one item that fills `bytes`.
///
/// # Errors
/// `INVALID_CBOR` for bytes left over, integers or lengths that are not the shortest form, indefinite lengths,
/// unsorted or duplicate keys, bad UTF-8, more than four levels of nesting, tags, floats and simple values other
/// than false, true and null.
pub fn decode(bytes: &[u8]) -> Result<Value, Status> {
    decode_nested(bytes, MESSAGE_DEPTH)
}

/// Decodes the item that `bytes` begin with, and says how many bytes it took.
///
/// # Errors
/// As [`decode`], but for what follows the item.
pub fn decode_prefix(bytes: &[u8]) -> Result<(Value, usize), Status> {
    reader::read(bytes, MESSAGE_DEPTH, None)
}

/// Decodes exactly one well-formed item that fills `bytes`, canonical or not: integers and lengths in any form, keys in
/// any order, indefinite lengths. Of a key that stands there twice, the first one counts; tags are left out; text that is
/// not UTF-8 (CTAP 2.0 keys cut names at a byte) gets U+FFFD where it is not; floats are floats; simple values other than
/// false and true are null.
///
/// # Errors
/// `INVALID_CBOR` for what is not well-formed, bytes left over, and more than sixteen levels of nesting.
pub fn decode_lenient(bytes: &[u8]) -> Result<Value, Status> {
    whole(bytes, decode_lenient_prefix(bytes)?)
}

/// Decodes the item that `bytes` begin with as [`decode_lenient`] does, and says how many bytes it took.
///
/// # Errors
/// As [`decode_lenient`], but for what follows the item.
pub fn decode_lenient_prefix(bytes: &[u8]) -> Result<(Value, usize), Status> {
    lenient::read(bytes, LENIENT_DEPTH)
}

/// [`decode`] with another limit of nesting.
pub(crate) fn decode_nested(bytes: &[u8], depth: usize) -> Result<Value, Status> {
    whole(bytes, reader::read(bytes, depth, None)?)
}

/// [`decode`] of a map in which what stands under `key`, a small number, may have its own keys in any order.
pub(crate) fn decode_unordered_below(bytes: &[u8], key: u8) -> Result<Value, Status> {
    whole(bytes, reader::read(bytes, MESSAGE_DEPTH, Some(key))?)
}

fn whole(bytes: &[u8], (value, taken): (Value, usize)) -> Result<Value, Status> {
    if taken == bytes.len() { Ok(value) } else { Err(Status::INVALID_CBOR) }
}

#[cfg(test)]
mod tests;
