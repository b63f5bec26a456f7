//! A vault on a network mount: sshfs, with an SFTP server behind it.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use authenticator::platform::{Store, StoreError};
use vault::{Backup, Existing, Keyring, Keys, Opener, Vault};

use crate::world::{World, again, credential, device_bound, job, passphrase, unlocked};

#[test]
fn a_vault_on_a_network_mount_needs_no_shared_memory() {
    let served = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::new(served.path()) else { return };
    let dir = mount.path().join("data");
    let (vault, _) = Vault::create(&dir, &passphrase(), Keyring::Skip).unwrap();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    assert_eq!(names(&dir), ["vault.db"], "neither a log nor its index");
    drop(vault);
    // Another computer: a mount of its own, which shares neither memory nor locks with the first.
    let other = Mount::new(&mount.served).unwrap();
    let vault = unlocked(&other.path().join("data"));
    device_bound(&vault).add(&credential(2), &[]).unwrap();
    drop((vault, other));
    drop(mount);
}

#[test]
fn processes_on_a_network_mount_lose_nothing_to_each_other() {
    const TEST: &str = "network::processes_on_a_network_mount_lose_nothing_to_each_other";
    if let Some(job) = job() {
        let store = device_bound(&unlocked(Path::new(&job)));
        for _ in 0..40 {
            let count = || store.update(&credential(0).id, &mut |credential| credential.sign_count += 1);
            // A slow mount may be held by the other for longer than SQLite waits. That is told, and changes nothing.
            while let Err(error) = count() {
                assert_eq!(error, StoreError::Failed("another program is busy with the vault".to_owned()));
            }
        }
        return;
    }
    let served = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::new(served.path()) else { return };
    let dir = mount.path().join("data");
    let (vault, _) = Vault::create(&dir, &passphrase(), Keyring::Skip).unwrap();
    device_bound(&vault).add(&credential(0), &[]).unwrap();
    let children: Vec<Child> =
        (0..2).map(|_| again(TEST, dir.to_str().unwrap()).stdout(Stdio::null()).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(device_bound(&vault).all().unwrap()[0].sign_count >= 81, "no step was lost");
}

/// A vault that was moved takes the journal that suits the place, with what its log still held.
#[test]
fn a_vault_moves_to_a_network_mount_and_back() {
    let served = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::new(served.path()) else { return };
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    // Copied while it is open, so that the passkey lies in the log alone.
    assert!(fs::metadata(world.dir().join("vault.db-wal")).unwrap().len() > 0);
    copy(&world.dir(), &mount.path(), &["vault.db", "vault.db-wal"]);
    drop(vault);
    let vault = unlocked(&mount.path());
    assert!(device_bound(&vault).all().unwrap() == [credential(1)]);
    assert_eq!(journal(&mount.path()), 1, "a rollback journal");
    device_bound(&vault).add(&credential(2), &[]).unwrap();
    drop(vault);

    let back = World::new().0;
    copy(&mount.path(), &back.dir(), &["vault.db"]);
    let vault = unlocked(&back.dir());
    assert!(device_bound(&vault).all().unwrap() == [credential(1), credential(2)]);
    assert_eq!(journal(&back.dir()), 2, "a write-ahead log");
}

/// Where files cannot be without a name, and not every rename is known.
#[test]
fn a_backup_goes_to_a_network_mount_whole() {
    let served = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::new(served.path()) else { return };
    let (_world, vault) = World::new();
    let file = mount.path().join("a.backup");
    let keys = Keys { passphrase: Some(&passphrase()), recipients: &[] };
    for (existing, done) in [(Existing::Keep, true), (Existing::Keep, false), (Existing::Replace, true)] {
        assert_eq!(vault.backup(&file, keys, existing, &mut |_| {}).is_ok(), done, "{existing:?}");
        assert_eq!(names(&mount.path()), ["a.backup"]);
        Backup::open(&Backup::read(&file).unwrap(), Opener::Passphrase(&passphrase())).unwrap();
    }
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

/// The journal of the file in `dir`, as SQLite's file header has it (sqlite.org/fileformat2.html §1.3).
fn journal(dir: &Path) -> u8 {
    fs::read(dir.join("vault.db")).unwrap()[18]
}

fn copy(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

fn names(dir: &Path) -> Vec<String> {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// A folder as sshfs shows it, until dropped.
struct Mount {
    served: PathBuf,
    /// Holds the mount point and the program that sshfs takes for ssh.
    folder: tempfile::TempDir,
    sshfs: Child,
}

impl Mount {
    /// `None`, said on standard error, where this user or container may mount nothing.
    fn new(served: &Path) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (point, ssh) = (folder.path().join("mount"), folder.path().join("ssh"));
        fs::create_dir(&point).unwrap();
        fs::write(&ssh, format!("#!/bin/sh\nexec {}\n", sftp_server().display())).unwrap();
        fs::set_permissions(&ssh, fs::Permissions::from_mode(0o700)).unwrap();
        let sshfs = Command::new("sshfs")
            .args(["-f", "-o"])
            .arg(format!("ssh_command={}", ssh.display()))
            .arg(format!("localhost:{}", served.display()))
            .arg(&point)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("sshfs: {error}; apt-get install sshfs openssh-sftp-server"));
        let mut mount = Self { served: served.to_owned(), folder, sshfs };
        while !mount.is_there() {
            if mount.sshfs.try_wait().unwrap().is_some() {
                // Past the test harness, which would keep it to itself.
                let said = b"\nNOT TESTED: sshfs cannot mount here, so nothing is seen of network mounts\n";
                std::io::stderr().write_all(said).unwrap();
                return None;
            }
            thread::sleep(Duration::from_millis(10));
        }
        Some(mount)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("mount")
    }

    fn is_there(&self) -> bool {
        fs::read_to_string("/proc/mounts").unwrap().contains(self.path().to_str().unwrap())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("fusermount3").args(["-u", "-z"]).arg(self.path()).status();
        let _ = self.sshfs.wait();
    }
}

/// It lies where each distribution wants it.
fn sftp_server() -> PathBuf {
    ["/usr/lib/openssh", "/usr/lib/ssh", "/usr/libexec/openssh", "/usr/libexec"]
        .map(|dir| Path::new(dir).join("sftp-server"))
        .into_iter()
        .find(|path| path.exists())
        .expect("no sftp-server: apt-get install openssh-sftp-server")
}
