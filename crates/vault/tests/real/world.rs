//! What the tests share: a folder, a vault in it, credentials.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use authenticator::{Credential, PrivateKey, Profile, credential::CredRandom};
use ctap::{
    cose,
    entity::{RelyingParty, User},
    extension::CredProtect,
};
use secrecy::SecretString;
use vault::{Keyring, Slot, Vault, VaultStore};

pub(crate) const PASSPHRASE: &str = "correct horse battery";
/// Names the job of a test binary that another test started.
const JOB: &str = "LATCHKEY_VAULT_TEST_JOB";

pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// A folder with an open vault in it, behind the passphrase alone.
    pub(crate) fn new() -> (Self, Vault) {
        let world = Self::empty();
        let (vault, _) = Vault::create(&world.dir(), &passphrase(), Keyring::Skip).unwrap();
        (world, vault)
    }

    /// A folder without a vault.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir().join("vault.db")
    }
}

pub(crate) fn passphrase() -> SecretString {
    PASSPHRASE.into()
}

pub(crate) fn unlocked(dir: &Path) -> Vault {
    let vault = Vault::open(dir).unwrap();
    vault.unlock_with_passphrase(&passphrase()).unwrap();
    vault
}

/// The kinds of slots that the vault has.
pub(crate) fn kinds(vault: &Vault) -> Vec<Slot> {
    vault.slots().unwrap().iter().map(|slot| slot.kind).collect()
}

/// What opened the vault here.
pub(crate) fn opened_by(vault: &Vault) -> Option<Slot> {
    vault.opened_by().map(|slot| slot.kind)
}

pub(crate) fn device_bound(vault: &Vault) -> VaultStore {
    vault.store(&Profile::device_bound())
}

pub(crate) fn credential(number: u32) -> Credential {
    let mut id = b"credential id ".to_vec();
    id.extend(number.to_be_bytes());
    Credential {
        id,
        rp: RelyingParty { id: "shop.example".into(), name: Some("The Example Shop".into()) },
        user: User {
            id: b"user handle 0001".to_vec(),
            name: Some("erika@shop.example".into()),
            display_name: Some("Erika Mustermann".into()),
        },
        key: PrivateKey::from_bytes(cose::ES256, b"private key private key private!").unwrap(),
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_random: Some(CredRandom { with_uv: *b"seed with uv seed with uv seed w", without_uv: [9; 32] }),
        cred_blob: None,
        large_blob_key: None,
        large_blob: None,
        third_party_payment: false,
        backup_eligible: false,
        backup_state: false,
        sign_count: 1,
        created_at: 1_700_000_000,
        last_used_at: None,
    }
}

/// Every file of a folder with its bytes.
pub(crate) fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// This test binary again, doing only `test` (its full path), which finds `job` in [`job`].
pub(crate) fn again(test: &str, job: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(JOB, job);
    command.stdin(Stdio::null());
    command
}

/// What another test asked of this process.
pub(crate) fn job() -> Option<String> {
    std::env::var(JOB).ok()
}
