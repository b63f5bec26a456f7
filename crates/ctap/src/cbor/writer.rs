//! The canonical writer.

use ciborium::{Value, value::Integer};
use std::cmp::Ordering;

pub(super) const FALSE: u8 = 0xF4;
pub(super) const TRUE: u8 = 0xF5;
pub(super) const NULL: u8 = 0xF6;
const FLOAT64: u8 = 0xFB;

/// The upper three bits of an initial byte (RFC 8949 §3.1).
pub(super) struct MajorType;

impl MajorType {
    pub(super) const UNSIGNED: u8 = 0;
    pub(super) const NEGATIVE: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const ARRAY: u8 = 4;
    pub(super) const MAP: u8 = 5;
    pub(super) const TAG: u8 = 6;
    pub(super) const SIMPLE: u8 = 7;
}

/// Canonical CBOR: shortest integers and lengths, map keys in CTAP2 order whatever the order in `value`.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, value);
    out
}

/// The order of encoded map keys: by major type, then length, then bytes (§8).
pub(super) fn compare_keys(left: &[u8], right: &[u8]) -> Ordering {
    let rank = |key: &[u8]| (key.first().map(|initial| initial >> 5), key.len());
    rank(left).cmp(&rank(right)).then_with(|| left.cmp(right))
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Integer(integer) => write_integer(out, *integer),
        Value::Bytes(bytes) => write_string(out, MajorType::BYTES, bytes),
        Value::Text(text) => write_string(out, MajorType::TEXT, text.as_bytes()),
        Value::Array(items) => {
            write_head(out, MajorType::ARRAY, items.len() as u64);
            for item in items {
                write(out, item);
            }
        }
        Value::Map(entries) => write_map(out, entries),
        Value::Tag(tag, inner) => {
            write_head(out, MajorType::TAG, *tag);
            write(out, inner);
        }
        Value::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Value::Float(float) => {
            out.push(FLOAT64);
            out.extend(float.to_be_bytes());
        }
        _ => out.push(NULL),
    }
}

fn write_integer(out: &mut Vec<u8>, integer: Integer) {
    let value = i128::from(integer);
    // An `Integer` lies between -2^64 and 2^64 - 1, so one of the two always fits.
    match u64::try_from(value) {
        Ok(unsigned) => write_head(out, MajorType::UNSIGNED, unsigned),
        Err(_) => write_head(out, MajorType::NEGATIVE, u64::try_from(-1 - value).unwrap_or(u64::MAX)),
    }
}

fn write_string(out: &mut Vec<u8>, major: u8, bytes: &[u8]) {
    write_head(out, major, bytes.len() as u64);
    out.extend(bytes);
}

fn write_map(out: &mut Vec<u8>, entries: &[(Value, Value)]) {
    let mut entries: Vec<_> = entries.iter().map(|(key, value)| (encode(key), value)).collect();
    entries.sort_by(|left, right| compare_keys(&left.0, &right.0));
    write_head(out, MajorType::MAP, entries.len() as u64);
    for (key, value) in entries {
        out.extend(key);
        write(out, value);
    }
}

fn write_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let [.., b3, b2, b1, b0] = argument.to_be_bytes();
    match argument {
        0..=0x17 => out.push(major | b0),
        0x18..=0xFF => out.extend([major | 0x18, b0]),
        0x100..=0xFFFF => out.extend([major | 0x19, b1, b0]),
        0x1_0000..=0xFFFF_FFFF => out.extend([major | 0x1A, b3, b2, b1, b0]),
        _ => {
            out.push(major | 0x1B);
            out.extend(argument.to_be_bytes());
        }
    }
}
