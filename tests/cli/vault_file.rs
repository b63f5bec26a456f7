//! A vault file that is not as it should be: said so, and not a byte of it changed.

use std::{fs, path::PathBuf};

use crate::program::{Home, errors};

#[test]
fn a_damaged_vault_is_named_so_and_left_alone() {
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2);
    let empty = |bytes: &mut Vec<u8>| bytes.clear();
    let other = |bytes: &mut Vec<u8>| bytes.splice(..16, *b"SQLite format 4\0").for_each(drop);
    let torn = |bytes: &mut Vec<u8>| bytes[4096..].iter_mut().for_each(|byte| *byte ^= 0xFF);
    for damage in [cut, empty, other, torn] as [fn(&mut Vec<u8>); 4] {
        refused(damage, "damaged");
    }
}

#[test]
fn a_vault_of_a_newer_latchkey_is_named_so_and_left_alone() {
    // `user_version` in SQLite's file header (sqlite.org/fileformat2.html §1.3).
    refused(|bytes| bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes()), "newer");
}

/// Alters the file of a fresh vault; every command refuses it by the `state` that status names.
fn refused(alter: fn(&mut Vec<u8>), state: &str) {
    let home = Home::with_vault();
    let file = vault_file(&home);
    let mut bytes = fs::read(&file).unwrap();
    alter(&mut bytes);
    fs::write(&file, &bytes).unwrap();

    for command in [&["passkey", "list"][..], &["vault", "unlock"], &["emulate", "--tcp", "127.0.0.1:0"]] {
        let output = home.command(command).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {}", errors(&output));
        assert!(errors(&output).contains("vault"), "{}", errors(&output));
    }
    assert_ne!(
        home.command(&["vault", "init"]).output().unwrap().status.code(),
        Some(0),
        "nothing is made over it"
    );
    let status = home.command(&["vault", "status", "--json"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&status.stdout).contains(&format!("\"state\":\"{state}\"")),
        "{}",
        errors(&status)
    );
    assert!(fs::read(&file).unwrap() == bytes, "the file was written to");
}

fn vault_file(home: &Home) -> PathBuf {
    home.path("data").join("vault.db")
}
