//! Operations beside what they cannot do without: the disk, the cipher, a look into memory.

use crate::filled::{Filled, credential};
use aes_gcm::{Aes256Gcm, KeyInit, aead::AeadInOut};
use authenticator::Credential;
use benches::pairs::Pairs;
use criterion::{BenchmarkGroup, measurement::WallTime};
use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    hint::black_box,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

/// Adding beside making one page durable on the same disk. `filled` lies there.
pub(crate) fn disk(pairs: &Pairs, filled: &mut Filled) {
    let mut file = page_file(&filled.folder().join("page"));
    pairs.in_turns(
        "add, on the disk",
        [25, 10],
        || filled.add(),
        "4 KiB, written and fsync",
        || {
            file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&[7; 4096])).expect("a disk");
            file.sync_data().expect("a disk");
        },
    );
}

/// Reading all passkeys beside opening as many bytes by the same cipher, twice: content key and content.
pub(crate) fn cipher(pairs: &Pairs, group: &mut BenchmarkGroup<'_, WallTime>, filled: &Filled) {
    let sealed = filled.sealed();
    let (cipher, nonce) = (Aes256Gcm::new(&[7; 32].into()), [0; 12]);
    let records: Vec<(Vec<u8>, Vec<u8>)> = sealed
        .iter()
        .map(|length| {
            let [mut wrapped, mut content] = [vec![1; 32], vec![2; length - 75 - 16]];
            for bytes in [&mut wrapped, &mut content] {
                cipher.encrypt_in_place(&nonce.into(), b"", bytes).expect("room");
            }
            (wrapped, content)
        })
        .collect();
    pairs.measure(
        group,
        "all passkeys read",
        || assert!(filled.vault.passkeys().expect("a vault").len() >= sealed.len()),
        "AES-256-GCM alone",
        || {
            for (wrapped, content) in &records {
                for sealed in [wrapped, content] {
                    let mut bytes = sealed.clone();
                    let cipher = Aes256Gcm::new(&[7; 32].into());
                    cipher.decrypt_in_place(&nonce.into(), b"", &mut bytes).expect("what was sealed");
                    black_box(bytes);
                }
            }
        },
    );
}

/// Finding a passkey by its id beside finding it in a map that has it unsealed.
pub(crate) fn memory(pairs: &Pairs, group: &mut BenchmarkGroup<'_, WallTime>, filled: &Filled, count: u32) {
    let map: HashMap<Vec<u8>, Credential> =
        (0..count).map(|number| credential(number, true)).map(|made| (made.id.clone(), made)).collect();
    let id = credential(count / 2, true).id;
    pairs.measure(
        group,
        "by credential id",
        || filled.get(),
        "a HashMap",
        || {
            black_box(map.get(&id).cloned().expect("it is there"));
        },
    );
}

fn page_file(path: &Path) -> File {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).expect("a file");
    file.write_all(&[0; 4096]).and_then(|()| file.sync_all()).expect("a disk");
    file
}
