//! One blob: DEFLATE, then AES-256-GCM under the largeBlobKey of a credential (CTAP 2.3 §6.10.3).

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, Buffer},
};
use ctap::{extension::LargeBlob, large_blob_array::SealedBlob};
use miniz_oxide::{
    deflate::compress_to_vec,
    inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit},
};
use zeroize::Zeroizing;

use super::Opened;

/// The largest blob that is unpacked, in bytes. A few kilobytes of DEFLATE may stand for megabytes.
const LARGEST: usize = 1024 * 1024;
/// zlib's default.
const LEVEL: u8 = 6;

/// AEAD(key, nonce, DEFLATE(plain), "blob" || len(plain)); `None` for what is larger than any blob.
pub(super) fn seal(key: &[u8; 32], nonce: [u8; 12], plain: &[u8]) -> Option<SealedBlob> {
    if plain.len() > LARGEST {
        return None;
    }
    let orig_size = plain.len() as u64;
    let mut ciphertext = compress_to_vec(plain, LEVEL);
    Aes256Gcm::new(key.into())
        .encrypt_in_place((&nonce).into(), &SealedBlob::associated_data(orig_size), &mut ciphertext)
        .ok()?;
    Some(SealedBlob { ciphertext, nonce, orig_size })
}

/// What [`seal`] made, or another program by the same formula.
pub(super) fn open(key: &[u8; 32], blob: &SealedBlob) -> Opened {
    let mut compressed = Zeroizing::new(blob.ciphertext.clone());
    let buffer: &mut dyn Buffer = &mut *compressed;
    let data = SealedBlob::associated_data(blob.orig_size);
    if Aes256Gcm::new(key.into()).decrypt_in_place((&blob.nonce).into(), &data, buffer).is_err() {
        return Opened::None;
    }
    inflate(&compressed, blob.orig_size).map_or(Opened::Damaged, Opened::Blob)
}

/// A blob as the `largeBlob` extension carries it (§12.4): compressed, not sealed. `None` for what no platform would
/// have written.
pub fn inflated(blob: &LargeBlob) -> Option<Vec<u8>> {
    inflate(&blob.compressed, blob.original_size)
}

/// Raw DEFLATE, or, as libfido2 wrote it until 2021, inside zlib's frame; of the size that is stated.
fn inflate(compressed: &[u8], size: u64) -> Option<Vec<u8>> {
    let size = usize::try_from(size).ok().filter(|size| *size <= LARGEST)?;
    let raw = decompress_to_vec_with_limit(compressed, size).ok().filter(|plain| plain.len() == size);
    raw.or_else(|| {
        decompress_to_vec_zlib_with_limit(compressed, size).ok().filter(|plain| plain.len() == size)
    })
}

#[cfg(test)]
mod tests {
    use ctap::large_blob_array::{Entry, LargeBlobArray};

    use super::*;

    /// The blob [`PLAIN`] under the key 32 × 0x11, as raw DEFLATE and in zlib's frame: made by zlib and OpenSSL.
    const RAW: &str = "81a30158245ca34f07ede556132e7390100173b89ddb50c8e271c8bd1d4cca3e8743baca4babd2e116024c222222\
        22222222222222222203182b0060581c7af6fde2532c0a77707966b4";
    const ZLIB: &str = "81a301582a6f6b4c1d8881b2752c731570068aa0004edb09216f81ffff5dea12718f0b3c8bf2ba5562e72c808371\
        92024c22222222222222222222222203182b418f23de28a2d2cd2c9d219ac56818b1";
    const PLAIN: &[u8] = b"a certificate, a certificate, a certificate";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
    }

    fn only(serialized: &str) -> SealedBlob {
        match LargeBlobArray::decode(&bytes(serialized)).unwrap().entries.remove(0) {
            Entry::Blob(blob) => blob,
            Entry::Other(_) => panic!("no blob"),
        }
    }

    #[test]
    fn what_other_programs_sealed_opens_raw_and_in_zlib_s_frame() {
        for serialized in [RAW, ZLIB] {
            let blob = only(serialized);
            assert_eq!(open(&[0x11; 32], &blob), Opened::Blob(PLAIN.to_vec()));
            assert_eq!(open(&[0x12; 32], &blob), Opened::None);
            let restated = SealedBlob { orig_size: blob.orig_size + 1, ..blob };
            assert_eq!(open(&[0x11; 32], &restated), Opened::None, "the size is authenticated");
        }
    }

    #[test]
    fn a_blob_of_any_size_comes_back_and_nothing_larger_is_unpacked() {
        for plain in [&b""[..], PLAIN, &vec![0; LARGEST]] {
            let sealed = seal(&[1; 32], [2; 12], plain).unwrap();
            assert_eq!(open(&[1; 32], &sealed), Opened::Blob(plain.to_vec()));
        }
        assert_eq!(seal(&[1; 32], [2; 12], &vec![0; LARGEST + 1]), None);
        let bomb = LargeBlob { compressed: compress_to_vec(&vec![0; LARGEST + 1], 1), original_size: 7 };
        assert_eq!(inflated(&bomb), None);
        assert_eq!(inflated(&LargeBlob { original_size: LARGEST as u64 + 1, ..bomb }), None);
    }

    #[test]
    fn the_right_key_over_what_is_not_compressed_is_damage() {
        let mut ciphertext = b"no DEFLATE".to_vec();
        let data = SealedBlob::associated_data(10);
        Aes256Gcm::new((&[1; 32]).into())
            .encrypt_in_place((&[2; 12]).into(), &data, &mut ciphertext)
            .unwrap();
        let blob = SealedBlob { ciphertext, nonce: [2; 12], orig_size: 10 };
        assert_eq!(open(&[1; 32], &blob), Opened::Damaged);
    }
}
