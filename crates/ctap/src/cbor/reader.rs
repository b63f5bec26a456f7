//! The strict reader: one pass, recursion bounded, memory bounded by the bytes that are really there.

use super::cursor::{Cursor, inner};
use super::writer::{FALSE, MajorType, NULL, TRUE, compare_keys};
use crate::Status;
use ciborium::{Value, value::Integer};
use std::cmp::Ordering;

/// The item that `bytes` begin with, and its length. Where it is a map, what stands under the key whose encoding is
/// `unordered` may have its own keys in any order.
pub(super) fn read(bytes: &[u8], depth: usize, unordered: Option<u8>) -> Result<(Value, usize), Status> {
    let mut reader = Reader { cursor: Cursor::new(bytes), unordered, ordered: true };
    let value = reader.item(depth)?;
    Ok((value, reader.cursor.position()))
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    /// The key of the outermost map below which order does not count.
    unordered: Option<u8>,
    ordered: bool,
}

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Result<Value, Status> {
        let initial = self.cursor.byte()?;
        let information = initial & 0x1F;
        match initial >> 5 {
            MajorType::UNSIGNED => Ok(Value::Integer(self.argument(information)?.into())),
            MajorType::NEGATIVE => self.negative(information),
            MajorType::BYTES => Ok(Value::Bytes(self.string(information)?.to_vec())),
            MajorType::TEXT => match std::str::from_utf8(self.string(information)?) {
                Ok(text) => Ok(Value::Text(text.to_owned())),
                Err(_) => Err(Status::INVALID_CBOR),
            },
            MajorType::ARRAY => self.array(information, inner(depth)?),
            MajorType::MAP => self.map(information, inner(depth)?),
            MajorType::SIMPLE => match initial {
                FALSE => Ok(Value::Bool(false)),
                TRUE => Ok(Value::Bool(true)),
                NULL => Ok(Value::Null),
                _ => Err(Status::INVALID_CBOR),
            },
            _ => Err(Status::INVALID_CBOR),
        }
    }

    fn negative(&mut self, information: u8) -> Result<Value, Status> {
        let value = -1 - i128::from(self.argument(information)?);
        Integer::try_from(value).map(Value::Integer).map_err(|_| Status::INVALID_CBOR)
    }

    fn array(&mut self, information: u8, depth: usize) -> Result<Value, Status> {
        let count = self.argument(information)?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(self.item(depth)?);
        }
        Ok(Value::Array(items))
    }

    fn map(&mut self, information: u8, depth: usize) -> Result<Value, Status> {
        let count = self.argument(information)?;
        let unordered = self.unordered.take();
        let mut entries: Vec<(Value, Value)> = Vec::new();
        let mut last: Option<&[u8]> = None;
        for _ in 0..count {
            let start = self.cursor.position();
            let key = self.item(depth)?;
            let raw = self.cursor.since(start);
            let repeated = if self.ordered {
                last.is_some_and(|last| compare_keys(last, raw) != Ordering::Less)
            } else {
                entries.iter().any(|(earlier, _)| *earlier == key)
            };
            if repeated {
                return Err(Status::INVALID_CBOR);
            }
            last = Some(raw);
            let ordered = self.ordered;
            self.ordered = ordered && unordered.is_none_or(|unordered| raw != [unordered]);
            entries.push((key, self.item(depth)?));
            self.ordered = ordered;
        }
        Ok(Value::Map(entries))
    }

    /// The argument of an initial byte, in its shortest form only.
    fn argument(&mut self, information: u8) -> Result<u64, Status> {
        let (width, least) = match information {
            0..=23 => return Ok(information.into()),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(Status::INVALID_CBOR),
        };
        let argument = self.cursor.take(width)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        if argument < least { Err(Status::INVALID_CBOR) } else { Ok(argument) }
    }

    fn string(&mut self, information: u8) -> Result<&'a [u8], Status> {
        let length = self.argument(information)?;
        self.cursor.take(usize::try_from(length).map_err(|_| Status::INVALID_CBOR)?)
    }
}
