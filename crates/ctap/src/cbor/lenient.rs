//! The lenient reader: any well-formed item (RFC 8949 §5.3.1). As in the strict one, recursion is bounded, and memory
//! by the bytes that are really there.

use super::cursor::{Cursor, inner};
use super::writer::{FALSE, MajorType, encode};
use crate::Status;
use ciborium::{Value, value::Integer};
use std::collections::BTreeSet;

/// Ends what has no stated length.
const BREAK: u8 = 0xFF;
/// The additional information of what has no stated length.
const INDEFINITE: u8 = 31;
/// Simple values below this have no second byte (RFC 8949 §3.3).
const LEAST_SECOND_BYTE: u8 = 32;

/// The item that `bytes` begin with, and its length.
pub(super) fn read(bytes: &[u8], depth: usize) -> Result<(Value, usize), Status> {
    let mut reader = Reader { cursor: Cursor::new(bytes) };
    let value = reader.item(depth)?;
    Ok((value, reader.cursor.position()))
}

struct Reader<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Result<Value, Status> {
        let initial = self.cursor.byte()?;
        let information = initial & 0x1F;
        match initial >> 5 {
            MajorType::UNSIGNED => Ok(Value::Integer(self.argument(information)?.into())),
            MajorType::NEGATIVE => {
                let value = -1 - i128::from(self.argument(information)?);
                Integer::try_from(value).map(Value::Integer).map_err(|_| Status::INVALID_CBOR)
            }
            MajorType::BYTES => self.string(MajorType::BYTES, information).map(Value::Bytes),
            MajorType::TEXT => {
                let bytes = self.string(MajorType::TEXT, information)?;
                Ok(Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
            }
            MajorType::ARRAY => self.array(information, inner(depth)?),
            MajorType::MAP => self.map(information, inner(depth)?),
            // What a tag says of its content changes nothing that is read here.
            MajorType::TAG => {
                self.argument(information)?;
                self.item(inner(depth)?)
            }
            _ => self.simple(information),
        }
    }

    fn array(&mut self, information: u8, depth: usize) -> Result<Value, Status> {
        let mut left = self.count(information)?;
        let mut items = Vec::new();
        while self.more(&mut left) {
            items.push(self.item(depth)?);
        }
        Ok(Value::Array(items))
    }

    /// Of a key that stands there twice, the first one counts.
    fn map(&mut self, information: u8, depth: usize) -> Result<Value, Status> {
        let mut left = self.count(information)?;
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        while self.more(&mut left) {
            let entry = (self.item(depth)?, self.item(depth)?);
            if keys.insert(encode(&entry.0)) {
                entries.push(entry);
            }
        }
        Ok(Value::Map(entries))
    }

    /// A value that nobody assigned, and `undefined`, are read as null.
    fn simple(&mut self, information: u8) -> Result<Value, Status> {
        const FALSE_INFORMATION: u8 = FALSE & 0x1F;
        const TRUE_INFORMATION: u8 = FALSE_INFORMATION + 1;
        Ok(match information {
            FALSE_INFORMATION => Value::Bool(false),
            TRUE_INFORMATION => Value::Bool(true),
            0..=23 => Value::Null,
            24 if self.cursor.byte()? >= LEAST_SECOND_BYTE => Value::Null,
            25 => Value::Float(half(u16::from_be_bytes(self.cursor.chunk()?))),
            26 => Value::Float(f32::from_be_bytes(self.cursor.chunk()?).into()),
            27 => Value::Float(f64::from_be_bytes(self.cursor.chunk()?)),
            _ => return Err(Status::INVALID_CBOR),
        })
    }

    /// The bytes of a string, or of the pieces that it comes in.
    fn string(&mut self, major: u8, information: u8) -> Result<Vec<u8>, Status> {
        if information != INDEFINITE {
            return Ok(self.piece(information)?.to_vec());
        }
        let mut bytes = Vec::new();
        loop {
            match self.cursor.byte()? {
                BREAK => return Ok(bytes),
                initial if initial >> 5 == major => bytes.extend(self.piece(initial & 0x1F)?),
                _ => return Err(Status::INVALID_CBOR),
            }
        }
    }

    fn piece(&mut self, information: u8) -> Result<&'a [u8], Status> {
        let length = self.argument(information)?;
        self.cursor.take(usize::try_from(length).map_err(|_| Status::INVALID_CBOR)?)
    }

    /// How many items are stated; `None` where a break ends them.
    fn count(&mut self, information: u8) -> Result<Option<u64>, Status> {
        if information == INDEFINITE { Ok(None) } else { self.argument(information).map(Some) }
    }

    fn more(&mut self, left: &mut Option<u64>) -> bool {
        match left {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => !self.cursor.passes(BREAK),
        }
    }

    /// The argument of an initial byte, in whatever width.
    fn argument(&mut self, information: u8) -> Result<u64, Status> {
        let width = match information {
            0..=23 => return Ok(information.into()),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return Err(Status::INVALID_CBOR),
        };
        Ok(self.cursor.take(width)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x03FF);
    let magnitude = match bits >> 10 & 0x1F {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (fraction + 1024.0) * 2_f64.powi(i32::from(exponent) - 25),
    };
    if bits >> 15 == 0 { magnitude } else { -magnitude }
}
