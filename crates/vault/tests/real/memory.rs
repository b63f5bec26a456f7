//! Where the keys of an open vault lie, as the kernel tells it.

use std::{fs, os::unix::fs::MetadataExt, path::Path, process::Command};

use authenticator::platform::Store;
use vault::{MemoryStatus, Vault};

use crate::world::{World, again, credential, device_bound, job, passphrase, unlocked};

#[test]
fn the_keys_are_in_a_page_that_is_not_swapped_out() {
    if let Some(job) = job() {
        let vault = Vault::open(Path::new(&job)).unwrap();
        assert_eq!((vault.memory(), locked_kilobytes()), (None, 0));
        vault.unlock_with_passphrase(&passphrase()).unwrap();
        assert_eq!((vault.memory(), locked_kilobytes()), (Some(MemoryStatus::Locked), 4));
        let second = unlocked(Path::new(&job));
        assert_eq!(locked_kilobytes(), 8, "a page of its own");
        drop(second);
        vault.rotate(&mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        assert_eq!(locked_kilobytes(), 4);
        vault.lock().unwrap();
        return assert_eq!((vault.memory(), locked_kilobytes()), (None, 0));
    }
    let (world, vault) = World::new();
    drop(vault);
    let test = "memory::the_keys_are_in_a_page_that_is_not_swapped_out";
    passes(&mut again(test, world.dir().to_str().unwrap()));
}

#[test]
fn where_no_memory_may_be_locked_that_is_said_and_the_vault_opens() {
    if let Some(job) = job() {
        let vault = unlocked(Path::new(&job));
        assert_eq!(locked_kilobytes(), 0);
        assert!(
            matches!(vault.memory(), Some(MemoryStatus::NotLocked(why)) if why.contains("not permitted"))
        );
        return device_bound(&vault).add(&credential(1), &[]).unwrap();
    }
    let (world, vault) = World::new();
    let inside = again(
        "memory::where_no_memory_may_be_locked_that_is_said_and_the_vault_opens",
        world.dir().to_str().unwrap(),
    );
    let mut command = Command::new("prlimit");
    command.arg("--memlock=0:0").arg("--");
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        // Root heeds the limit only without this capability.
        command.args(["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", "--"]);
    }
    command.arg(inside.get_program()).args(inside.get_args());
    command.envs(inside.get_envs().filter_map(|(name, value)| Some((name, value?))));
    passes(&mut command);
    assert_eq!(vault.passkeys().unwrap().len(), 1);
}

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// VmLck of this process (proc(5)).
fn locked_kilobytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
