//! Which bytes of a message are not for the file (docs/decisions/0003-secrets-in-traces.md).
//!
//! PINs, tokens, salts and outputs travel encrypted, under a key that a seed gives away; large-blob keys and
//! credential blobs travel as they are.

use std::ops::Range;

use crate::{
    Direction,
    cbor::{
        self,
        Key::{self, Number, Text},
    },
};

/// Where secrets stand in messages of a command: request paths, response paths, and extension outputs in the
/// authenticator data of the response.
struct Places {
    request: &'static [&'static [Key<'static>]],
    response: &'static [&'static [Key<'static>]],
    outputs: &'static [&'static str],
}

const MAKE_CREDENTIAL: Places = Places {
    request: &[&[Number(6), Text("credBlob")], &[Number(6), Text("hmac-secret-mc"), Number(2)]],
    response: &[&[Number(5)]],
    outputs: &["hmac-secret-mc"],
};
const GET_ASSERTION: Places = Places {
    request: &[&[Number(4), Text("hmac-secret"), Number(2)], &[Number(4), Text("largeBlob")]],
    response: &[&[Number(7)], &[Number(8), Text("largeBlob")]],
    outputs: &["hmac-secret", "credBlob"],
};
const CLIENT_PIN: Places =
    Places { request: &[&[Number(5)], &[Number(6)]], response: &[&[Number(2)]], outputs: &[] };
const CREDENTIAL_MANAGEMENT: Places = Places { request: &[], response: &[&[Number(0x0B)]], outputs: &[] };
const LARGE_BLOBS: Places = Places { request: &[&[Number(2)]], response: &[&[Number(1)]], outputs: &[] };

/// `authData` in the responses of both ceremonies.
const AUTH_DATA: &[Key<'static>] = &[Number(2)];

/// The secret bytes of a CTAP message. `command` is the request's first byte, for a response too.
pub fn ranges(command: u8, direction: Direction, message: &[u8]) -> Vec<Range<usize>> {
    let Some(places) = places(command) else { return Vec::new() };
    if message.len() < 2 {
        return Vec::new();
    }
    // What cannot be read may hold a secret anywhere.
    if cbor::end(message, 1) != Some(message.len()) {
        return std::iter::once(1..message.len()).collect();
    }
    let paths = match direction {
        Direction::ToKey => places.request,
        Direction::FromKey => places.response,
    };
    let found = |path: &&[Key<'_>]| cbor::find(message, 1, path).map(|at| cbor::contents(message, at));
    let mut ranges: Vec<_> = paths.iter().filter_map(found).flatten().collect();
    if direction == Direction::FromKey {
        ranges.extend(outputs(message, places.outputs));
    }
    ranges
}

fn places(command: u8) -> Option<&'static Places> {
    Some(match command {
        0x01 => &MAKE_CREDENTIAL,
        0x02 | 0x08 => &GET_ASSERTION,
        0x06 => &CLIENT_PIN,
        0x0A | 0x41 => &CREDENTIAL_MANAGEMENT,
        0x0C => &LARGE_BLOBS,
        _ => return None,
    })
}

/// Extension outputs stand at the end of the authenticator data (WebAuthn §6.1).
fn outputs(message: &[u8], names: &[&str]) -> Vec<Range<usize>> {
    let extensions = || {
        let data = cbor::content(message, cbor::find(message, 1, AUTH_DATA)?)?;
        extensions(message, &data)
    };
    let Some(at) = extensions() else { return Vec::new() };
    let found = |name: &&str| cbor::content(message, cbor::find(message, at, &[Text(name)])?);
    names.iter().filter_map(found).collect()
}

/// Where the extension map of the authenticator data `data` begins.
fn extensions(message: &[u8], data: &Range<usize>) -> Option<usize> {
    const FLAGS: usize = 32;
    const ATTESTED: usize = 37;
    const CREDENTIAL_ID: usize = ATTESTED + 16;
    let flags = *message.get(data.start + FLAGS)?;
    let mut at = data.start + ATTESTED;
    if flags & ctap::auth_data::Flags::AT != 0 {
        let length = message.get(data.start + CREDENTIAL_ID..data.start + CREDENTIAL_ID + 2)?;
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        at = cbor::end(message, data.start + CREDENTIAL_ID + 2 + length)?;
    }
    (flags & ctap::auth_data::Flags::ED != 0 && at < data.end).then_some(at)
}
