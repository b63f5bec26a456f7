//! DEFLATE with a bound: kilobytes of it may stand for gigabytes.

use miniz_oxide::{
    deflate::compress_to_vec,
    inflate::{TINFLStatus, decompress_to_vec_with_limit},
};

use crate::{error::Error, passkey::LargeBlob};

/// The largest blob of a site that is unpacked, in bytes.
const BLOB: usize = 1024 * 1024;

/// zlib's default.
const LEVEL: u8 = 6;

/// The bytes of a raw DEFLATE stream, [`MAXIMUM`](crate::MAXIMUM) at most; `what` it is, for the error.
pub(crate) fn inflate(what: &'static str, deflated: &[u8]) -> Result<Vec<u8>, Error> {
    decompress_to_vec_with_limit(deflated, crate::MAXIMUM).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => Error::Bomb(what),
        _ => Error::damaged(format!("{what} is no DEFLATE stream")),
    })
}

/// What is behind the header of a gzip member (RFC 1952), without its checksum.
pub(crate) fn gunzip(what: &'static str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    gzip_body(bytes)
        .ok_or_else(|| Error::damaged(format!("{what} is no gzip")))
        .and_then(|body| inflate(what, body))
}

/// A site's blob as a platform compresses it (CTAP 2.3 §12.4).
pub(crate) fn deflate_blob(plain: &[u8]) -> LargeBlob {
    LargeBlob { compressed: compress_to_vec(plain, LEVEL), original_size: plain.len() as u64 }
}

/// A site's blob; `None` for what no platform would have written, or is larger than any site writes.
pub(crate) fn inflate_blob(blob: &LargeBlob) -> Option<Vec<u8>> {
    let plain = decompress_to_vec_with_limit(&blob.compressed, BLOB).ok()?;
    (plain.len() as u64 == blob.original_size).then_some(plain)
}

fn gzip_body(bytes: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = bytes.split_at_checked(10)?;
    let [0x1F, 0x8B, 8, flags, ..] = *header else { return None };
    if flags & 0x04 != 0 {
        let (length, after) = rest.split_first_chunk()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for name_or_comment in [0x08, 0x10] {
        if flags & name_or_comment != 0 {
            rest = rest.get(rest.iter().position(|byte| *byte == 0)? + 1..)?;
        }
    }
    if flags & 0x02 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf hello | gzip -9 -N`, with a name in its header, and without one.
    const NAMED: &[u8] =
        b"\x1f\x8b\x08\x08\0\0\0\0\x02\x03h\0\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";
    const PLAIN: &[u8] =
        b"\x1f\x8b\x08\x00\0\0\0\0\x02\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";

    #[test]
    fn gzip_is_read_with_a_name_and_without() {
        assert_eq!(gunzip("it", NAMED).unwrap(), b"hello");
        assert_eq!(gunzip("it", PLAIN).unwrap(), b"hello");
        for cut in 0..PLAIN.len() - 8 {
            assert!(gunzip("it", &PLAIN[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn what_grows_too_large_is_refused() {
        let bomb = compress_to_vec(&vec![0; crate::MAXIMUM + 1], 1);
        assert!(bomb.len() < crate::MAXIMUM / 100);
        assert!(matches!(inflate("it", &bomb), Err(Error::Bomb(_))));
    }

    #[test]
    fn a_blob_has_the_size_that_it_states() {
        let blob = deflate_blob(b"a certificate");
        assert_eq!(inflate_blob(&blob).as_deref(), Some(&b"a certificate"[..]));
        assert_eq!(inflate_blob(&LargeBlob { original_size: 7, ..blob }), None);
        assert_eq!(inflate_blob(&deflate_blob(&vec![0; BLOB + 1])), None);
    }
}
