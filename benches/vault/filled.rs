//! A vault with many passkeys, ten for each site.

use authenticator::{Credential, PrivateKey, Profile, credential::CredRandom, platform::Store};
use ctap::{
    cose,
    entity::{RelyingParty, User},
    extension::CredProtect,
};
use exchange::{Format, Heading};
use std::{
    fs,
    path::{Path, PathBuf},
};
use vault::{Filter, HmacOutput, Keyring, SecurityKeySlot, Selection, SlotId, Sort, Vault, VaultStore};

/// As many as a screen shows.
const PAGE: usize = 50;

pub(crate) const PASSPHRASE: &str = "a bench's passphrase";

/// It and the slot that opens it without Argon2id.
pub(crate) struct Filled {
    pub(crate) vault: Vault,
    pub(crate) synced: VaultStore,
    /// Holds one passkey, which counts.
    pub(crate) device_bound: VaultStore,
    folder: PathBuf,
    slot: SlotId,
    count: u32,
    added: u32,
}

impl Filled {
    /// Makes one with `count` passkeys in a new folder.
    pub(crate) fn new(folder: &Path, count: u32) -> Self {
        let (vault, _) = Vault::create(folder, &PASSPHRASE.into(), Keyring::Skip).expect("a vault");
        let key = SecurityKeySlot::new(vec![1; 32], "latchkey.example").expect("randomness");
        let slot = vault.add_security_key_slot("bench", &key, &output()).expect("a slot");
        let filled = Self::of(vault, folder, slot, count);
        filled.device_bound.add(&credential(u32::MAX, false), &[]).expect("room");
        for number in 0..count {
            filled.synced.add(&credential(number, true), &[]).expect("room");
        }
        filled
    }

    fn of(vault: Vault, folder: &Path, slot: SlotId, count: u32) -> Self {
        let store = |mut profile: Profile| {
            profile.limits.discoverable_credentials = u64::MAX;
            vault.store(&profile)
        };
        let (synced, device_bound) = (store(Profile::synced()), store(Profile::device_bound()));
        Self { vault, synced, device_bound, folder: folder.to_owned(), slot, count, added: 0 }
    }

    /// As a program that starts: the file is opened, and unlocked.
    pub(crate) fn open(&self) -> Vault {
        opened(&self.folder, &self.slot)
    }

    pub(crate) fn get(&self) {
        let id = credential_id(self.count / 2);
        assert!(self.synced.get(&id).expect("a vault").is_some());
    }

    pub(crate) fn find(&self) {
        let site = site(self.count / 2);
        assert_eq!(self.synced.find(&site).expect("a vault").len(), 10);
    }

    pub(crate) fn add(&mut self) {
        self.added += 1;
        self.synced.add(&credential(1 << 30 | self.added, true), &[]).expect("room");
    }

    pub(crate) fn count_up(&self) {
        let id = credential_id(u32::MAX);
        let counted = self.device_bound.update(&id, &mut |credential| credential.sign_count += 1);
        assert!(counted.expect("a vault").is_some());
    }

    /// As a person waits for it: from the passphrase to the list.
    pub(crate) fn open_and_list(&self) {
        let vault = Vault::open(&self.folder).expect("a vault");
        vault.unlock_with_passphrase(&PASSPHRASE.into()).expect("its passphrase");
        assert!(vault.passkeys().expect("a vault").len() >= self.count as usize);
    }

    /// Every passkey that may be copied, in clear text, into a file.
    pub(crate) fn export(&self) {
        let exported = self.vault.export(Selection::All).expect("a vault");
        fs::write(self.folder.join("exported"), written(&exported.passkeys)).expect("a disk");
    }

    /// A file with a passkey that the vault does not hold.
    pub(crate) fn one_for_a_file(&mut self) -> Vec<u8> {
        self.added += 1;
        let made = credential(1 << 30 | self.added, true);
        let package = made.key.to_pkcs8().expect("a key");
        let passkey = exchange::Passkey::from_pkcs8(package, made.id, &*made.rp.id, made.user.id);
        written(&[passkey.expect("a passkey")])
    }

    /// What is on the screen after a letter was typed.
    pub(crate) fn search(&self) {
        self.shown(&format!("erika{}", self.count / 2), 0);
    }

    /// What is on the screen in the middle of the list.
    pub(crate) fn page(&self) {
        self.shown("", self.count as usize / 2);
    }

    /// The first page after the program started.
    pub(crate) fn first_page(&self) {
        first_page(&self.open());
    }

    fn shown(&self, query: &str, offset: usize) {
        let page = self.vault.search(query, &Filter::default(), Sort::Site, offset, PAGE).expect("a vault");
        assert!(!page.items.is_empty());
    }

    /// How long each sealed passkey is.
    pub(crate) fn sealed(&self) -> Vec<usize> {
        let file = rusqlite::Connection::open(self.folder.join("vault.db")).expect("a file");
        let mut statement =
            file.prepare("SELECT length(sealed) FROM record WHERE kind = 1").expect("a table");
        let lengths = statement.query_map([], |row| row.get(0)).expect("a table");
        lengths.collect::<Result<_, _>>().expect("numbers")
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn slot(&self) -> SlotId {
        self.slot
    }
}

pub(crate) fn opened(folder: &Path, slot: &SlotId) -> Vault {
    let vault = Vault::open(folder).expect("a vault");
    vault.unlock_with_security_key(slot, &output()).expect("its key");
    vault
}

pub(crate) fn first_page(vault: &Vault) {
    let page = vault.search("", &Filter::default(), Sort::Site, 0, PAGE).expect("a vault");
    assert!(!page.items.is_empty());
}

/// In the clear.
fn written(passkeys: &[exchange::Passkey]) -> Vec<u8> {
    let heading =
        Heading { exporter_name: "Latchkey", exporter_rp_id: "latchkey.example", written_at: 1_700_000_000 };
    let written = exchange::write(Format::Cxf, passkeys, &heading, None).expect("a file");
    written.bytes.to_vec()
}

pub(crate) fn site(number: u32) -> String {
    format!("site{}.example", number / 10)
}

pub(crate) fn credential(number: u32, synced: bool) -> Credential {
    Credential {
        id: credential_id(number),
        rp: RelyingParty { id: site(number), name: Some(format!("Site {}", number / 10)) },
        user: User {
            id: number.to_be_bytes().repeat(4),
            name: Some(format!("erika{number}@example.com")),
            display_name: Some("Erika Mustermann".to_owned()),
        },
        key: PrivateKey::from_bytes(cose::ES256, &[7; 32]).expect("a scalar"),
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_random: Some(CredRandom { with_uv: [8; 32], without_uv: [9; 32] }),
        cred_blob: None,
        large_blob_key: None,
        large_blob: None,
        third_party_payment: false,
        backup_eligible: synced,
        backup_state: false,
        sign_count: 0,
        created_at: 1_700_000_000,
        last_used_at: None,
    }
}

fn credential_id(number: u32) -> Vec<u8> {
    number.to_be_bytes().repeat(8)
}

fn output() -> HmacOutput {
    HmacOutput::new(&[7; 32]).expect("32 bytes")
}
