//! A disk that is full, and one that can only be read: mounted in a name space of the test's own, where every user may.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use authenticator::platform::{Store, StoreError};
use vault::{Error, Keyring, Vault};

use crate::world::{World, again, credential, device_bound, job, passphrase, unlocked};

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    within("disk::a_full_disk_is_said_and_nothing_is_lost", "mount -t tmpfs -o size=1m tmpfs $1", |dir| {
        let filler = dir.join("filler");
        fill(&filler);
        let none = Vault::create(&dir.join("none"), &passphrase(), Keyring::Skip).unwrap_err();
        assert!(matches!(none, Error::DiskFull | Error::Io { .. }), "{none:?}");
        fs::remove_file(&filler).unwrap();

        let data = dir.join("data");
        let (vault, _) = Vault::create(&data, &passphrase(), Keyring::Skip).unwrap();
        let store = device_bound(&vault);
        let mut stored = 0;
        let refused = loop {
            match store.add(&credential(stored), &[]) {
                Ok(()) => stored += 1,
                Err(error) => break error,
            }
            if stored == 20 {
                fill(&filler);
            }
        };
        assert_eq!(refused, StoreError::Failed(Error::DiskFull.to_string()));
        assert_eq!(Error::DiskFull.to_string(), "the disk is full, nothing was stored");
        assert_eq!(Error::DiskFull.hint(), "Free some space and try again.");
        let numbers = 0..stored;
        assert!(store.all().unwrap() == numbers.clone().map(credential).collect::<Vec<_>>());
        drop((store, vault));

        // Opened anew on the full disk: what can be read is, what cannot be written is said.
        match Vault::open(&data).and_then(|vault| vault.unlock_with_passphrase(&passphrase()).map(|()| vault))
        {
            Ok(vault) => assert_eq!(vault.passkeys().unwrap().len(), stored as usize),
            Err(error) => assert!(matches!(error, Error::DiskFull), "{error:?}"),
        }
        fs::remove_file(filler).unwrap();
        let vault = unlocked(&data);
        assert!(device_bound(&vault).all().unwrap() == numbers.map(credential).collect::<Vec<_>>());
        device_bound(&vault).add(&credential(stored), &[]).unwrap();
    });
}

#[test]
fn a_folder_that_can_only_be_read_is_said() {
    const TEST: &str = "disk::a_folder_that_can_only_be_read_is_said";
    if let Some(job) = job() {
        let dir = Path::new(&job);
        let error = Vault::open(dir).unwrap_err();
        assert_eq!(error.to_string(), format!("{} can only be read", dir.display()));
        assert_eq!(error.hint(), "Allow writing there, or choose another data folder with `--data-dir`.");
        let error = Vault::create(&dir.join("new"), &passphrase(), Keyring::Skip).unwrap_err();
        assert!(matches!(error, Error::Io { .. }) && error.hint().contains("permissions"), "{error}");
        return;
    }
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(1), &[]).unwrap();
    drop(vault);
    run_within(TEST, "mount --bind $1 $1 && mount -o remount,bind,ro $1", &world.dir());
    // Nothing was written: the same file, where it can be written to.
    assert_eq!(unlocked(&world.dir()).passkeys().unwrap().len(), 1);
}

/// Takes all that is left.
fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    for size in [4096, 1] {
        while file.write_all(&[0; 4096][..size]).is_ok() {}
    }
}

/// Does `run` in a folder of its own after `mount`, a line of shell to which the folder is `$1`.
fn within(test: &str, mount: &str, run: impl FnOnce(&Path)) {
    if let Some(job) = job() {
        return run(Path::new(&job));
    }
    run_within(test, mount, tempfile::tempdir().unwrap().path());
}

fn run_within(test: &str, mount: &str, folder: &Path) {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "--", "sh", "-c", script, "mount"]).arg(folder);
        command
    };
    let probe = unshare("mount -t tmpfs tmpfs $1").stderr(Stdio::null()).status();
    if !probe.expect("unshare of util-linux").success() {
        // Past the test harness, which would keep it to itself.
        let said = format!("\nNOT TESTED: {test}: this user may not make a name space for mounts\n");
        return std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    let inside = again(test, folder.to_str().unwrap());
    let mut command = unshare(&format!(r#"{mount} && shift && exec "$@""#));
    command.arg(inside.get_program()).args(inside.get_args());
    command.envs(inside.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
