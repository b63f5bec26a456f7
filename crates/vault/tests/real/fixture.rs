//! The vault that `tests/vault_reader` reads: a file of today's format that has to stay readable for ever.

use std::{fs, path::PathBuf};

use authenticator::{Credential, PrivateKey, Profile, platform::Store, testing::SeededRng};
use ctap::{cose, extension::LargeBlob};
use secrecy::ExposeSecret;
use vault::{HmacOutput, Keyring, SecurityKeySlot, Slot, Vault};

use crate::world::{credential, device_bound, passphrase};

/// Two that no site is offered.
const HIDDEN: u32 = 100;
const DELETED: u32 = 101;
const OUTPUT: [u8; 32] = *b"output1 of hmac-secret, 32 bytes";

#[test]
fn the_fixture_opens_by_each_of_its_slots() {
    let recovery = fs::read_to_string(folder().join("recovery-key")).unwrap();
    let openers: [&dyn Fn(&Vault); 3] = [
        &|vault| vault.unlock_with_passphrase(&passphrase()).unwrap(),
        &|vault| {
            let slots = vault.slots().unwrap();
            let slot = slots.iter().find(|slot| slot.kind == Slot::SecurityKey).unwrap();
            vault.unlock_with_security_key(&slot.id, &HmacOutput::new(&OUTPUT).unwrap()).unwrap();
        },
        &|vault| vault.unlock_with_recovery_key(&recovery.as_str().into()).unwrap(),
    ];
    for unlock in openers {
        let copy = tempfile::tempdir().unwrap();
        fs::copy(folder().join("vault.db"), copy.path().join("vault.db")).unwrap();
        let vault = Vault::open(copy.path()).unwrap();
        unlock(&vault);
        assert_eq!(vault.passkeys().unwrap().len(), made().len() + 1, "and the hidden one");
        assert_eq!(vault.put_aside().unwrap().len(), 1);
        let synced = vault.store(&Profile::synced()).all().unwrap();
        let all = [device_bound(&vault).all().unwrap(), synced].concat();
        for (number, made) in made().iter().enumerate() {
            let found = all.iter().find(|found| found.id == made.id).unwrap();
            assert!(found == made, "passkey {number}");
        }
    }
}

/// `cargo test --package vault --test real fixture -- --ignored`, when a format is new; then
/// `tests/vault_reader/check.py --write`.
#[test]
#[ignore = "writes the fixture"]
fn write() {
    let made_in = tempfile::tempdir().unwrap();
    let (vault, _) = Vault::create(made_in.path(), &passphrase(), Keyring::Skip).unwrap();
    let (bound, synced) = (device_bound(&vault), vault.store(&Profile::synced()));
    for made in made() {
        if made.backup_eligible { &synced } else { &bound }.add(&made, &[]).unwrap();
    }
    for number in [HIDDEN, DELETED] {
        bound.add(&credential(number), &[]).unwrap();
    }
    vault.set_hidden(&credential(HIDDEN).id, true).unwrap();
    vault.delete_passkey(&credential(DELETED).id).unwrap();
    bound.update_state(&mut |state| state.pin_retries = 5).unwrap();
    let key = SecurityKeySlot::new(b"credential of the slot".to_vec(), "latchkey.local").unwrap();
    let output = HmacOutput::new(&OUTPUT).unwrap();
    vault.add_security_key_slot("key on the desk", &key, &output).unwrap();
    let recovery = vault.add_recovery_slot("printed").unwrap();
    // The proof and the slots outlive a new vault key.
    vault.rotate(&mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    drop((bound, synced, vault));
    fs::create_dir_all(folder()).unwrap();
    fs::copy(made_in.path().join("vault.db"), folder().join("vault.db")).unwrap();
    fs::write(folder().join("recovery-key"), recovery.text().expose_secret()).unwrap();
}

/// Passkeys of several algorithms and kinds, with and without all that may lie beside them.
fn made() -> Vec<Credential> {
    let algorithms = [cose::ES256, cose::EDDSA, cose::RS256, cose::ML_DSA_44];
    let kinds = algorithms.iter().flat_map(|algorithm| [(*algorithm, false), (*algorithm, true)]);
    let made = kinds.zip(1..).map(|((algorithm, synced), number)| Credential {
        key: PrivateKey::generate(algorithm, &SeededRng::new(u64::from(number))).unwrap(),
        backup_eligible: synced,
        sign_count: if synced { 0 } else { number },
        discoverable: number % 3 != 0,
        cred_blob: (number % 2 == 0).then(|| vec![7; 32]),
        large_blob: (number % 4 == 0).then(|| LargeBlob { compressed: vec![3, 0], original_size: 0 }),
        last_used_at: (number % 2 == 1).then_some(1_750_000_000),
        ..credential(number)
    });
    made.collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vault_reader/fixture")
}
