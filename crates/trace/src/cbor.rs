//! Where the parts of a CBOR item stand, without building it: what is masked has to be found by its place.

use std::ops::Range;

/// Deeper than any message nests.
const DEPTH: usize = 16;

/// What a member of a map is looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Number(u64),
    Text(&'a str),
}

/// The major type, the argument, and where the content begins.
fn head(bytes: &[u8], at: usize) -> Option<(u8, u64, usize)> {
    let initial = *bytes.get(at)?;
    let width = match initial & 0x1F {
        small @ 0..=23 => return Some((initial >> 5, small.into(), at + 1)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let argument = bytes.get(at + 1..at + 1 + width)?;
    let argument = argument.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    Some((initial >> 5, argument, at + 1 + width))
}

/// Where the item at `at` ends.
pub(crate) fn end(bytes: &[u8], at: usize) -> Option<usize> {
    end_within(bytes, at, DEPTH)
}

fn end_within(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
    let (major, argument, content) = head(bytes, at)?;
    let items = match major {
        2 | 3 => {
            let end = content.checked_add(usize::try_from(argument).ok()?)?;
            return (end <= bytes.len()).then_some(end);
        }
        4 => argument,
        5 => argument.checked_mul(2)?,
        6 => 1,
        _ => return Some(content),
    };
    let depth = depth.checked_sub(1)?;
    (0..items).try_fold(content, |at, _| end_within(bytes, at, depth))
}

/// Where the value at `path` begins, down from the map at `at`.
pub(crate) fn find(bytes: &[u8], mut at: usize, path: &[Key<'_>]) -> Option<usize> {
    for key in path {
        at = member(bytes, at, *key)?;
    }
    Some(at)
}

fn member(bytes: &[u8], at: usize, wanted: Key<'_>) -> Option<usize> {
    let (5, members, mut at) = head(bytes, at)? else { return None };
    for _ in 0..members {
        let value = end(bytes, at)?;
        if key(bytes, at) == Some(wanted) {
            return Some(value);
        }
        at = end(bytes, value)?;
    }
    None
}

fn key(bytes: &[u8], at: usize) -> Option<Key<'_>> {
    match head(bytes, at)? {
        (0, number, _) => Some(Key::Number(number)),
        (3, _, _) => std::str::from_utf8(bytes.get(content(bytes, at)?)?).ok().map(Key::Text),
        _ => None,
    }
}

/// The bytes of a string, without its head.
pub(crate) fn content(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    match head(bytes, at)? {
        (2 | 3, _, content) => Some(content..end(bytes, at)?),
        _ => None,
    }
}

/// The bytes of every byte string in the item at `at`, keys of maps excepted.
pub(crate) fn contents(bytes: &[u8], at: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    collect(bytes, at, DEPTH, &mut found);
    found
}

fn collect(bytes: &[u8], at: usize, depth: usize, found: &mut Vec<Range<usize>>) -> Option<()> {
    let (major, items, mut next) = head(bytes, at)?;
    let depth = depth.checked_sub(1)?;
    match major {
        2 => found.push(content(bytes, at)?),
        4 => {
            for _ in 0..items {
                collect(bytes, next, depth, found)?;
                next = end(bytes, next)?;
            }
        }
        5 => {
            for _ in 0..items {
                next = end(bytes, next)?;
                collect(bytes, next, depth, found)?;
                next = end(bytes, next)?;
            }
        }
        _ => {}
    }
    Some(())
}
