use authenticator::testing::now;

use super::*;
use crate::bench::{Bench, right, shipped};

const WITH_ARRAY: [&str; 5] = ["device-bound", "yubikey-5.7-like", "fingerprint-key", "tiny", "post-quantum"];
const ANN: [u8; 32] = [1; 32];
const BOB: [u8; 32] = [2; 32];

fn read(bench: &mut Bench) -> LargeBlobs {
    let info = bench.info();
    now(bench.session.large_blobs(&info)).unwrap()
}

fn set(bench: &mut Bench, key: &[u8; 32], plain: &[u8]) -> Result<(), Error> {
    let info = bench.info();
    now(bench.session.set_large_blob(&info, &right(), key, plain))
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let blocks = (0..length.div_ceil(32)).flat_map(|block| Sha256::digest(block.to_le_bytes()).to_vec());
    blocks.take(length).collect()
}

#[test]
fn in_every_profile_blobs_are_written_replaced_read_and_removed() {
    for profile in WITH_ARRAY {
        let mut bench = Bench::with_pin(profile);
        let empty = read(&mut bench);
        assert!(empty.is_empty() && !empty.is_corrupt());
        assert_eq!(empty.size(), 17);
        set(&mut bench, &ANN, b"a certificate").unwrap();
        set(&mut bench, &BOB, b"another").unwrap();
        set(&mut bench, &ANN, b"a newer certificate").unwrap();
        let blobs = read(&mut bench);
        assert_eq!(blobs.len(), 2, "{profile}");
        assert_eq!(blobs.open(&ANN), Opened::Blob(b"a newer certificate".to_vec()));
        assert_eq!(blobs.open(&BOB), Opened::Blob(b"another".to_vec()));
        assert_eq!(blobs.open(&[3; 32]), Opened::None);
        let info = bench.info();
        assert_eq!(now(bench.session.remove_large_blob(&info, &right(), &ANN)), Ok(true));
        assert_eq!(now(bench.session.remove_large_blob(&info, &right(), &ANN)), Ok(false));
        assert_eq!(read(&mut bench).len(), 1);
    }
}

#[test]
fn an_array_of_several_fragments_comes_back_whole() {
    for profile in WITH_ARRAY {
        let mut bench = Bench::with_pin(profile);
        let info = bench.info();
        let (most, room) = (max_fragment_length(&info), capacity(&info));
        assert_eq!(most as u64, info.max_msg_size.unwrap() - 64);
        // One that ends where a fragment does has an empty one behind it.
        for size in [most - 1, most, most + 1, 2 * most, room].into_iter().filter(|size| *size <= room) {
            // Head of the array and its entry, tag, nonce, size, hash, head of stored DEFLATE.
            let plain = (1..size).rev().map(noise).find(|plain| {
                let mut blobs = LargeBlobs::read(&[], room);
                blobs.set(&ANN, plain).unwrap();
                blobs.size() <= size
            });
            let plain = plain.unwrap();
            set(&mut bench, &ANN, &plain).unwrap();
            assert_eq!(read(&mut bench).open(&ANN), Opened::Blob(plain), "{profile} {size}");
        }
    }
}

#[test]
fn a_full_array_is_told_before_anything_is_sent_and_stays() {
    let mut bench = Bench::with_pin("tiny");
    set(&mut bench, &ANN, b"a certificate").unwrap();
    let before = read(&mut bench);
    bench.take_heard();
    let full = set(&mut bench, &BOB, &noise(1024));
    assert!(matches!(full, Err(Error::TooLong { needed, room: 1024, .. }) if needed > 1024), "{full:?}");
    // getInfo, then the two fragments that were read.
    assert!(bench.take_heard().iter().all(|message| message[0] != 0x06));
    assert_eq!(read(&mut bench), before);
}

#[test]
fn a_corrupt_array_is_told_and_the_next_write_starts_anew() {
    let mut bench = Bench::with_pin("device-bound");
    set(&mut bench, &ANN, b"a certificate").unwrap();
    bench.change_state(|state| {
        let array = state.large_blob_array.as_mut().unwrap();
        array[3] ^= 1;
    });
    let blobs = read(&mut bench);
    assert!(blobs.is_corrupt() && blobs.is_empty());
    assert_eq!(blobs.open(&ANN), Opened::None);
    set(&mut bench, &BOB, b"another").unwrap();
    let blobs = read(&mut bench);
    assert!(!blobs.is_corrupt());
    assert_eq!(blobs.open(&BOB), Opened::Blob(b"another".to_vec()));
}

#[test]
fn blobs_of_credentials_that_are_gone_are_found_and_removed() {
    let mut bench = Bench::with_pin("yubikey-5.7-like");
    let (ann, _bob) = (bench.register("a.example", "ann"), bench.register("b.example", "bob"));
    let info = bench.info();
    let both = Permissions::CREDENTIAL_MANAGEMENT | Permissions::LARGE_BLOB_WRITE;
    now(bench.session.authorize(&info, &right(), both)).unwrap();
    let proof = Proof::BuiltIn;
    let keys = |bench: &mut Bench| -> Vec<[u8; 32]> {
        let info = bench.info();
        let list = now(bench.session.credentials(&info, &proof, |_| {})).unwrap();
        let credentials = list.sites.into_iter().flat_map(|at| at.credentials);
        credentials.map(|credential| *credential.large_blob_key.unwrap()).collect()
    };
    for key in keys(&mut bench) {
        now(bench.session.set_large_blob(&info, &proof, &key, b"kept")).unwrap();
    }
    now(bench.session.delete_credential(&info, &proof, &ann)).unwrap();
    let left = keys(&mut bench);
    let left: Vec<_> = left.iter().collect();
    assert_eq!(read(&mut bench).orphans(&left), 1);
    let removed = now(bench.session.remove_orphaned_large_blobs(&info, &proof, &left));
    assert_eq!(removed, Ok(1));
    let blobs = read(&mut bench);
    assert_eq!((blobs.len(), blobs.orphans(&left)), (1, 0));
    assert_eq!(blobs.open(left[0]), Opened::Blob(b"kept".to_vec()));
}

#[test]
fn a_key_without_a_pin_takes_blobs_from_anybody() {
    let mut bench = Bench::of("yubikey-5.7-like");
    set(&mut bench, &ANN, b"a certificate").unwrap();
    assert_eq!(read(&mut bench).open(&ANN), Opened::Blob(b"a certificate".to_vec()));
}

#[test]
fn keys_without_the_array_say_so() {
    for profile in ["synced", "ctap20-only"] {
        let mut bench = Bench::with_pin(profile);
        let info = bench.info();
        assert_eq!(now(bench.session.large_blobs(&info)), Err(Error::Unsupported("large blobs")));
        assert!(matches!(set(&mut bench, &ANN, b""), Err(Error::Unsupported(_))));
    }
}

#[test]
fn a_token_that_expires_between_two_fragments_is_asked_for_again() {
    let mut profile = shipped("device-bound");
    profile.limits.message_size = 1024;
    let mut bench = Bench::new(profile);
    let info = bench.info();
    now(bench.session.set_pin(&info, &crate::bench::pin(crate::bench::PIN))).unwrap();
    set(&mut bench, &ANN, b"first").unwrap();
    bench.world().clock.advance(std::time::Duration::from_secs(601));
    set(&mut bench, &BOB, &noise(2000)).unwrap();
    let blobs = read(&mut bench);
    assert_eq!(blobs.len(), 2);
    assert_eq!(blobs.open(&BOB), Opened::Blob(noise(2000)));
}
