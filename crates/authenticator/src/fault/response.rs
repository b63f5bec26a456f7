//! Faults in a response that is otherwise finished.

use ciborium::Value;
use ctap::{Response, Status, attestation::Statement, cbor};

use super::{Fault, data::other_id};
use crate::Authenticator;

/// The members that no specification names.
const EXTRA: [(i64, &str); 2] = [(0x70, "extra"), (0x71, "members")];
/// `epAtt` of makeCredential (§6.1.2).
const EP_ATT: i64 = 0x04;

impl Authenticator {
    /// What a fault makes of a response, before it is written.
    pub(crate) fn distort_response(&self, command: &str, response: &mut Response) {
        if !self.faults.is_armed() {
            return;
        }
        match response {
            Response::MakeCredential(response) => {
                if let Statement::Packed { signature, .. } = &mut response.attestation
                    && self.faults.strikes(command, &Fault::BadSignature)
                {
                    spoil(signature);
                }
            }
            Response::GetAssertion(response) => {
                if self.faults.strikes(command, &Fault::BadSignature) {
                    spoil(&mut response.signature);
                }
                if self.faults.strikes(command, &Fault::WrongCredentialId) {
                    response.credential.id = other_id(&response.credential.id);
                }
                if response.user.is_some() && self.faults.strikes(command, &Fault::OmitsUser) {
                    response.user = None;
                }
            }
            _ => {}
        }
    }

    /// What a fault makes of the bytes of a response.
    pub(crate) fn distort_bytes(&self, command: &str, response: Vec<u8>) -> Vec<u8> {
        if !self.faults.is_armed() || response.first() != Some(&Status::SUCCESS.0) || response.len() < 2 {
            return response;
        }
        let mut response = self.distort_members(command, response);
        if self.faults.strikes(command, &Fault::InvalidUtf8)
            && let Some(letter) = text_end(&response).and_then(|at| response.get_mut(at))
        {
            // The first byte of a character of two.
            *letter = 0xC3;
        }
        if self.faults.strikes(command, &Fault::NonCanonicalCbor) {
            response = longer(response);
        }
        if self.faults.strikes(command, &Fault::TrailingBytes) {
            response.extend([0x00, 0x00]);
        }
        response
    }

    fn distort_members(&self, command: &str, response: Vec<u8>) -> Vec<u8> {
        let decoded = response.get(1..).and_then(|members| cbor::decode(members).ok());
        let Some(Value::Map(mut members)) = decoded else { return response };
        let mut changed = false;
        let has =
            |members: &[(Value, Value)], key: i64| members.iter().any(|(of, _)| *of == Value::from(key));
        if self.faults.strikes(command, &Fault::ExtraMembers) {
            members.extend(EXTRA.map(|(key, value)| (Value::from(key), Value::from(value))));
            changed = true;
        }
        if command == "makeCredential" && self.faults.strikes(command, &Fault::AlwaysEnterpriseAttestation) {
            members.retain(|(key, _)| *key != Value::from(EP_ATT));
            members.push((Value::from(EP_ATT), Value::Bool(true)));
            changed = true;
        }
        let missing = self.faults.strike(command, |fault| match fault {
            Fault::MissingMember(key) if has(&members, *key) => Some(*key),
            _ => None,
        });
        if let Some(missing) = missing {
            members.retain(|(key, _)| *key != Value::from(missing));
            changed = true;
        }
        if !changed {
            return response;
        }
        [&[Status::SUCCESS.0], cbor::encode(&Value::Map(members)).as_slice()].concat()
    }
}

/// Changes the last bit: the form of the signature stays right.
fn spoil(signature: &mut [u8]) {
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
}

/// The last byte of the first text, in a response whose first byte is its status.
fn text_end(response: &[u8]) -> Option<usize> {
    const TEXT: u8 = 0x60;
    const LONG_TEXT: u8 = 0x78;
    let texts = texts(&cbor::decode(response.get(1..)?).ok()?);
    texts.iter().filter(|text| !text.is_empty()).find_map(|text| {
        let length = u8::try_from(text.len()).ok()?;
        let head = if length < 24 { vec![TEXT | length] } else { vec![LONG_TEXT, length] };
        let written = [head.as_slice(), text.as_bytes()].concat();
        let at = response.windows(written.len()).position(|window| window == written)?;
        Some(at + written.len() - 1)
    })
}

/// The texts of values, not of keys.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Map(members) => members.iter().flat_map(|(_, value)| texts(value)).collect(),
        _ => Vec::new(),
    }
}

/// The number of the outermost map's members, in a byte more than it needs.
fn longer(response: Vec<u8>) -> Vec<u8> {
    const MAP: u8 = 0xA0;
    const ONE_BYTE: u8 = 0xB8;
    match response.as_slice() {
        [status, head, rest @ ..] if (MAP..ONE_BYTE).contains(head) => {
            [&[*status, ONE_BYTE, head & 0x1F], rest].concat()
        }
        _ => response,
    }
}
