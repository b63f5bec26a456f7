//! The two requests that most tests send, as ordinary as they can be, and open to be changed.

use ciborium::Value;

use super::cbor::{bytes, encode, map, text};

pub(crate) const RP_ID: &str = "latchkey.example";
pub(crate) const ES256: i64 = -7;
pub(crate) const EDDSA: i64 = -8;
pub(crate) const REGISTRATION_HASH: [u8; 32] = [0x11; 32];
pub(crate) const SIGN_IN_HASH: [u8; 32] = [0x22; 32];

/// A command byte and the members of its map by their numbers.
#[derive(Clone)]
pub(crate) struct Request {
    command: u8,
    members: Vec<(i64, Value)>,
}

impl Request {
    /// authenticatorMakeCredential (CTAP 2.3 §6.1): a discoverable credential for `account`, made
    /// by a verified person, as a key that can verify wants it (step 7).
    pub(crate) fn register(account: &str) -> Self {
        let user =
            map([("id", bytes(account.as_bytes())), ("name", text(account)), ("displayName", text("Ada"))]);
        let rp = map([("id", text(RP_ID)), ("name", text("Latchkey"))]);
        Self { command: 0x01, members: vec![(1, bytes(&REGISTRATION_HASH)), (2, rp), (3, user)] }
            .with(4, algorithms(&[ES256]))
            .with(7, map([("rk", Value::Bool(true)), ("uv", Value::Bool(true))]))
    }

    /// authenticatorGetAssertion (CTAP 2.3 §6.2) with whatever credential the key finds.
    pub(crate) fn sign_in() -> Self {
        Self { command: 0x02, members: vec![(1, text(RP_ID)), (2, bytes(&SIGN_IN_HASH))] }
    }

    /// authenticatorGetAssertion with this credential.
    pub(crate) fn sign_in_with(id: &[u8]) -> Self {
        Self::sign_in().with(3, Value::Array(vec![descriptor(id)]))
    }

    /// With this member, in the place of another of its number, else in its order.
    pub(crate) fn with(mut self, number: i64, value: Value) -> Self {
        self = self.without(number);
        self.members.push((number, value));
        self.members.sort_by_key(|(number, _)| *number);
        self
    }

    pub(crate) fn without(mut self, number: i64) -> Self {
        self.members.retain(|(other, _)| *other != number);
        self
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        [&[self.command], encode(&map(self.members.clone())).as_slice()].concat()
    }
}

/// PublicKeyCredentialDescriptor.
pub(crate) fn descriptor(id: &[u8]) -> Value {
    map([("id", bytes(id)), ("type", text("public-key"))])
}

/// pubKeyCredParams.
pub(crate) fn algorithms(algorithms: &[i64]) -> Value {
    let parameter = |algorithm: &i64| map([("alg", Value::from(*algorithm)), ("type", text("public-key"))]);
    Value::Array(algorithms.iter().map(parameter).collect())
}
