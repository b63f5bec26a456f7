//! Large blobs: plain in §11.5, and in a key as the platform compressed them (WebAuthn §10.1.5, CTAP 2.3 §12.4).

use ctap::extension::LargeBlob;
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};

/// The largest blob that is read back, in bytes. A few kilobytes of DEFLATE may stand for megabytes.
const LARGEST: usize = 1024 * 1024;

/// zlib's default.
const LEVEL: u8 = 6;

pub(crate) fn deflate(plain: &[u8]) -> LargeBlob {
    LargeBlob { compressed: compress_to_vec(plain, LEVEL), original_size: plain.len() as u64 }
}

/// `None` for what no platform would have written: no DEFLATE, another size than stated, beyond [`LARGEST`]. The key
/// does not look inside.
pub(crate) fn inflate(blob: &LargeBlob) -> Option<Vec<u8>> {
    let plain = decompress_to_vec_with_limit(&blob.compressed, LARGEST).ok()?;
    (plain.len() as u64 == blob.original_size).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What zlib makes of [`PLAIN`], without a header.
    const ZLIB: &str = "4b54484e2d2ac94ccb4c4e2c49d55148c4c30500";
    const PLAIN: &[u8] = b"a certificate, a certificate, a certificate";

    #[test]
    fn a_blob_comes_back_and_so_does_one_of_zlib() {
        for plain in [&b""[..], PLAIN, &[0; 10_000]] {
            assert_eq!(inflate(&deflate(plain)).as_deref(), Some(plain));
        }
        let blob = LargeBlob { compressed: hex::decode(ZLIB).unwrap(), original_size: PLAIN.len() as u64 };
        assert_eq!(inflate(&blob).as_deref(), Some(PLAIN));
    }

    #[test]
    fn what_no_platform_wrote_is_no_blob() {
        let right = deflate(PLAIN);
        let cut = right.compressed[..right.compressed.len() - 1].to_vec();
        assert_eq!(inflate(&LargeBlob { compressed: cut, ..right.clone() }), None);
        assert_eq!(inflate(&LargeBlob { original_size: 7, ..right }), None, "not the size that was stated");
        assert_eq!(inflate(&LargeBlob { compressed: b"no DEFLATE".to_vec(), original_size: 10 }), None);
        assert!(inflate(&deflate(&vec![0; LARGEST])).is_some());
        assert_eq!(inflate(&deflate(&vec![0; LARGEST + 1])), None);
    }
}
