//! Several processes on one vault, and processes that die.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout, Stdio},
};

use authenticator::platform::Store;

use crate::world::{World, again, credential, device_bound, job, unlocked};

/// Every passkey whose storing was acknowledged survives kill -9, at whatever moment it comes.
#[test]
fn acknowledged_passkeys_survive_kill_9() {
    if let Some(job) = job() {
        return add_for_ever(&job);
    }
    let (world, vault) = World::new();
    drop(vault);
    let mut acknowledged = Vec::new();
    for round in 0..8_u32 {
        let job = format!("{}\n{}", world.dir().display(), round * 1_000_000);
        let (mut child, mut lines) = start("processes::acknowledged_passkeys_survive_kill_9", &job);
        for _ in 0..=(round * 7) {
            acknowledged.push(lines.next().unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died counts too.
        acknowledged.extend(lines);
        let stored = device_bound(&unlocked(&world.dir())).all().unwrap();
        for number in &acknowledged {
            let id = credential(*number).id;
            assert!(
                stored.iter().any(|c| c.id == id),
                "{number} was acknowledged in round {round} and is gone"
            );
        }
    }
    assert!(acknowledged.len() > 200);
}

/// Two processes count one credential up: no step is lost.
#[test]
fn two_processes_lose_nothing_to_each_other() {
    if let Some(job) = job() {
        return count_up(Path::new(&job));
    }
    let (world, vault) = World::new();
    device_bound(&vault).add(&credential(0), &[]).unwrap();
    let job = world.dir().display().to_string();
    let children: Vec<_> =
        (0..2).map(|_| start("processes::two_processes_lose_nothing_to_each_other", &job)).collect();
    let mut seen: Vec<u32> = Vec::new();
    for (mut child, lines) in children {
        let signed: Vec<u32> = lines.collect();
        assert!(signed.is_sorted());
        seen.extend(signed);
        assert!(child.wait().unwrap().success());
    }
    // They count ahead in blocks, so there are gaps.
    seen.sort_unstable();
    assert_eq!(seen.len(), 400);
    assert!(seen.is_sorted_by(|one, next| one < next), "no value was signed twice");
    assert!(device_bound(&vault).all().unwrap()[0].sign_count >= seen[399]);
}

fn add_for_ever(job: &str) {
    let (dir, first) = job.split_once('\n').unwrap();
    let store = device_bound(&unlocked(Path::new(dir)));
    for number in first.parse().unwrap().. {
        let mut made = credential(number);
        made.discoverable = false;
        store.add(&made, &[]).unwrap();
        say(number);
    }
}

fn count_up(dir: &Path) {
    let store = device_bound(&unlocked(dir));
    for _ in 0..200 {
        let counted = store.update(&credential(0).id, &mut |c| c.sign_count += 1).unwrap().unwrap();
        say(counted.sign_count);
    }
}

/// One write per line, so that a kill never cuts a number in two.
fn say(done: u32) {
    std::io::stdout().write_all(format!("done {done}\n").as_bytes()).unwrap();
}

/// The child and the numbers it says it is done with.
fn start(test: &str, job: &str) -> (Child, Numbers) {
    let mut child = again(test, job).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, Numbers(lines))
}

struct Numbers(std::io::Lines<BufReader<ChildStdout>>);

impl Iterator for Numbers {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        // The test harness writes lines of its own, and a killed child half a line.
        self.0.by_ref().map_while(Result::ok).find_map(|line| line.split_once("done ")?.1.parse().ok())
    }
}
