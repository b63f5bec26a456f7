//! Kill -9 at random points of mixed work, on a disk.
//!
//! A child works on the vault for ever. Over a pipe it says what it is about to do and, after the commit, that it is done.
//! At a random moment it is killed, and the vault has to hold what it said it had done, wholly, and of the step that it
//! was at everything or nothing. `cargo xtask vault-kill` does so 500 times, `cargo test` 25 times.
//!
//! | Where | What |
//! |---|---|
//! | [`work`] | the child: picks a step, does it, says so |
//! | [`step`] | a step as the pipe carries it |
//! | [`model`] | what a vault has to hold, and what it holds |

mod model;
mod step;
mod work;

use std::{
    io::{BufRead, BufReader, Lines},
    ops::ControlFlow,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use authenticator::{platform::Rng, testing::SeededRng};

use crate::world::{again, job};
use model::Model;
use step::Said;

const TEST: &str = "kill::nothing_that_was_acknowledged_is_lost_and_nothing_is_half_there";
/// How many times a child is killed, and the seed of all chances.
const POINTS: &str = "LATCHKEY_KILL_POINTS";
const SEED: &str = "LATCHKEY_KILL_SEED";

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_is_half_there() {
    if let Some(job) = job() {
        work::work(&job);
    }
    let points = number(POINTS).unwrap_or(25);
    let seed = number(SEED).unwrap_or_else(|| u64::from(std::process::id()));
    let again_with = format!("{SEED}={seed} {POINTS}={points} begins with the same chances");
    println!("{again_with}");

    // Not the folder for temporary files, which may be no disk.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    assert_ne!(
        file_system(folder.path().to_str().unwrap()),
        "tmpfs",
        "the target folder has to be on a disk"
    );
    let dir = folder.path().join("data");
    work::create(&dir);

    let mut chances = Chances::new(seed);
    let (mut model, mut acknowledged, started) = (Model::default(), 0, Instant::now());
    for point in 1..=points {
        let job = format!("{}\n{}", dir.display(), chances.below(u64::MAX));
        let said = killed_at_random(&job, &mut chances);
        let pending = said.last().filter(|said| !said.done).map(|said| said.step);
        for done in said.iter().filter(|said| said.done) {
            model.apply(done.step);
            acknowledged += 1;
        }
        let vault = work::unlocked(&dir);
        let checked = vault.check(&mut |_| ControlFlow::Continue(())).unwrap();
        assert!(checked.is_whole(), "after kill {point}: {:?}\n{again_with}", checked.findings);
        let held = Model::of(&vault);
        model
            .accept(held, pending)
            .unwrap_or_else(|reason| panic!("after kill {point}: {reason}\n{again_with}"));
    }
    println!("{points} kills, {acknowledged} acknowledged steps, {:.0?}", started.elapsed());
    assert!(acknowledged > points, "the child came to something");
}

/// What a child said that was killed after a random number of steps and a random time, or while it started.
fn killed_at_random(job: &str, chances: &mut Chances) -> Vec<Said> {
    let mut child = again(TEST, job).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = Spoken(BufReader::new(child.stdout.take().unwrap()).lines());
    let mut said = Vec::new();
    let done = if chances.below(10) == 0 { 0 } else { 1 + chances.below(12) };
    while said.iter().filter(|said: &&Said| said.done).count() < usize::try_from(done).unwrap() {
        said.push(
            lines.next().unwrap_or_else(|| panic!("the child ended by itself: {}", complaint(&mut child))),
        );
    }
    // A step takes some milliseconds, starting some dozens.
    thread::sleep(Duration::from_micros(chances.below(if done == 0 { 60_000 } else { 10_000 })));
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still said before it died counts too.
    said.extend(lines);
    said
}

struct Spoken(Lines<BufReader<ChildStdout>>);

impl Iterator for Spoken {
    type Item = Said;

    fn next(&mut self) -> Option<Said> {
        // The test harness writes lines of its own, and a killed child half a line.
        self.0.by_ref().map_while(Result::ok).find_map(|line| line.split_once("kill: ")?.1.parse().ok())
    }
}

fn complaint(child: &mut Child) -> String {
    let _ = child.kill();
    let mut said = String::new();
    std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut said).unwrap();
    said
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().expect(variable))
}

fn file_system(path: &str) -> String {
    let output = Command::new("stat").args(["--file-system", "--format=%T", path]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The same chances for the same seed.
struct Chances(SeededRng);

impl Chances {
    fn new(seed: u64) -> Self {
        Self(SeededRng::new(seed))
    }

    fn below(&mut self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_be_bytes(bytes) % end
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[usize::try_from(self.below(among.len() as u64)).unwrap()]
    }
}
