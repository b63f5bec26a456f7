//! Reads a trace back.

use std::io::BufRead;

use crate::{Entry, Header};

/// A trace, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The first line.
    pub header: Header,
    /// The lines behind it, in their order.
    pub entries: Vec<Entry>,
    /// The last line is half a line, as a crash leaves it, and was passed over.
    pub truncated: bool,
}

/// Why a trace cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file itself.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// Another kind of file.
    #[error("the file is no trace: its first line is not a trace's header")]
    NoTrace,
    /// A newer program wrote it.
    #[error("the trace is of version {0}, and this program reads version {version}", version = Header::VERSION)]
    Version(u32),
    /// A line in the middle.
    #[error("line {number} of the trace cannot be read: {reason}")]
    Line {
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The longest line that is read: a report is 64 bytes, an APDU at most 65544.
const MAX_LINE: usize = 1 << 18;

/// Reads a trace to its end. A last line without its line end is what a crash leaves: it is passed over.
///
/// # Errors
/// Where the file cannot be read, is no trace, is of another version, or has a damaged line.
pub fn read(mut from: impl BufRead) -> Result<Trace, Error> {
    let first = line(&mut from)?.ok_or(Error::NoTrace)?;
    let header: Header = serde_json::from_slice(&first.bytes).map_err(|_| Error::NoTrace)?;
    if header.format != Header::FORMAT {
        return Err(Error::NoTrace);
    }
    if header.version != Header::VERSION {
        return Err(Error::Version(header.version));
    }
    let mut trace = Trace { header, entries: Vec::new(), truncated: false };
    let mut number = 1;
    while let Some(next) = line(&mut from)? {
        number += 1;
        match serde_json::from_slice(&next.bytes) {
            Ok(entry) => trace.entries.push(entry),
            Err(_) if !next.whole => trace.truncated = true,
            Err(error) => return Err(Error::Line { number, reason: error.to_string() }),
        }
    }
    Ok(trace)
}

struct Line {
    bytes: Vec<u8>,
    /// Its line end is there.
    whole: bool,
}

fn line(from: &mut impl BufRead) -> Result<Option<Line>, Error> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let taken = std::io::Read::take(from, limit).read_until(b'\n', &mut bytes)?;
    if taken == 0 {
        return Ok(None);
    }
    let whole = bytes.pop_if(|last| *last == b'\n').is_some();
    Ok(Some(Line { bytes, whole: whole || taken == MAX_LINE }))
}
