//! Signature counters of processes that die and of processes that take turns.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Stdio},
    time::{Duration, Instant},
};

use authenticator::{Credential, Profile, platform::Store};
use rusqlite::Connection;

use crate::world::{World, again, credential, device_bound, job, unlocked};

/// Signatures at most that a process commits ahead.
const BLOCK: u32 = 256;

/// Two programs sign with one passkey and for one key, in any order, and die at any moment.
#[test]
fn no_counter_repeats_or_falls_whoever_signs_and_dies() {
    if let Some(job) = job() {
        return sign_when_told(Path::new(&job));
    }
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(0), &[]).unwrap();
    let dir = world.dir();
    let mut signers = [Signer::start(&dir), Signer::start(&dir)];
    let (mut last, mut random, mut deaths) = ((1, 0), 1_u32, 0_u32);
    for _ in 0..600 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let signer = &mut signers[usize::from(random >> 31 == 1)];
        if (random >> 16).is_multiple_of(40) {
            signer.child.kill().unwrap();
            signer.child.wait().unwrap();
            *signer = Signer::start(&dir);
            deaths += 1;
        }
        // Most often several in a row.
        for _ in 0..(random >> 8) % 6 {
            let signed = signer.sign();
            assert!(signed.0 > last.0 && signed.1 > last.1, "{signed:?} after {last:?}");
            assert!(
                signed.0 <= last.0 + BLOCK + 1 && signed.1 <= last.1 + BLOCK + 1,
                "{signed:?} after {last:?}"
            );
            last = signed;
        }
    }
    assert!(deaths > 5, "{deaths}");
    let seen = device_bound(&vault).get(&credential(0).id).unwrap().unwrap().sign_count;
    assert!(seen >= last.0);
}

/// Nothing can be committed while another program holds the write lock; that an assertion goes on shows that it
/// does not commit.
#[test]
fn an_assertion_waits_for_no_disk() {
    let (world, vault) = World::new();
    let (bound, synced) = (device_bound(&vault), vault.store(&Profile::synced()));
    bound.add(&credential(0), &[]).unwrap();
    let copyable = Credential { backup_eligible: true, sign_count: 0, ..credential(1) };
    synced.add(&copyable, &[]).unwrap();
    let sign = |count: u64| {
        let mut use_it = |credential: &mut Credential| {
            credential.sign_count += 1;
            credential.last_used_at = Some(1_800_000_000 + count);
        };
        assert_eq!(synced.update(&copyable.id, &mut use_it).unwrap().unwrap().sign_count, 0);
        let global = bound.update_state(&mut |state| state.global_counter += 1).unwrap().global_counter;
        (bound.update(&credential(0).id, &mut use_it).unwrap().unwrap().sign_count, global)
    };
    // The first signature takes a block.
    assert_eq!(sign(0), (2, 1));

    let other = Connection::open(world.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    for count in 1..=200 {
        let expected = u32::try_from(count).unwrap();
        assert_eq!(sign(count), (2 + expected, 1 + expected));
    }
    assert!(started.elapsed() < Duration::from_secs(9), "a commit waits for ten seconds");
    other.execute_batch("ROLLBACK").unwrap();

    // Half of the block is gone by now; the next writing takes more of it.
    vault.flush().unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for count in 201..=400 {
        sign(count);
    }
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    let shown = vault.passkey(&credential(0).id).unwrap().unwrap();
    assert_eq!((shown.sign_count, shown.last_used_at, shown.uses), (402, Some(1_800_000_400), 401));

    // What is closed goes on without a jump.
    drop((bound, synced, vault));
    let vault = unlocked(&world.dir());
    let shown = vault.passkey(&credential(0).id).unwrap().unwrap();
    assert_eq!((shown.sign_count, shown.last_used_at, shown.uses), (402, Some(1_800_000_400), 401));
    let store = device_bound(&vault);
    assert_eq!(store.get(&credential(0).id).unwrap().unwrap().sign_count, 402);
    assert_eq!(store.state().unwrap().global_counter, 401);
    assert_eq!(vault.passkey(&copyable.id).unwrap().unwrap().uses, 401);
}

fn sign_when_told(dir: &Path) {
    let vault = unlocked(dir);
    let store = device_bound(&vault);
    for line in std::io::stdin().lines() {
        assert_eq!(line.unwrap(), "sign");
        let counted = store.update(&credential(0).id, &mut |credential| {
            credential.sign_count += 1;
            credential.last_used_at = Some(credential.last_used_at.unwrap_or_default() + 1);
        });
        let global = store.update_state(&mut |state| state.global_counter += 1).unwrap().global_counter;
        let line = format!("signed {} {global}\n", counted.unwrap().unwrap().sign_count);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

struct Signer {
    child: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Signer {
    fn start(dir: &Path) -> Self {
        let test = "counters::no_counter_repeats_or_falls_whoever_signs_and_dies";
        let mut command = again(test, dir.to_str().unwrap());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, orders, lines: BufReader::new(output).lines() }
    }

    fn sign(&mut self) -> (u32, u32) {
        self.orders.write_all(b"sign\n").unwrap();
        let line = self.lines.by_ref().map(Result::unwrap).find(|line| line.contains("signed ")).unwrap();
        let (_, counters) = line.split_once("signed ").unwrap();
        let (own, global) = counters.split_once(' ').unwrap();
        (own.parse().unwrap(), global.parse().unwrap())
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
