//! The child: mixed work until it is killed.

use std::{io::Write, path::Path};

use authenticator::platform::Store;
use vault::Vault;

use super::{
    Chances,
    model::{Held, Model, made, rename},
    step::{Said, Step, Verb},
};
use crate::world::device_bound;

/// Around this many passkeys lie in the vault.
const PASSKEYS: usize = 20;

/// Works on the vault of a job, which is a folder and a seed on a line each.
pub(super) fn work(job: &str) -> ! {
    let (dir, seed) = job.split_once('\n').unwrap();
    let mut chances = Chances::new(seed.parse().unwrap());
    let vault = unlocked(Path::new(dir));
    let mut model = Model::of(&vault);
    loop {
        let mut step = choose(&model, &mut chances);
        say(Said { done: false, step });
        step.number = perform(&vault, step);
        say(Said { done: true, step });
        model.apply(step);
    }
}

pub(super) fn unlocked(dir: &Path) -> Vault {
    crate::world::unlocked(dir)
}

fn choose(model: &Model, chances: &mut Chances) -> Step {
    let random = u32::try_from(chances.below(1 << 30)).unwrap();
    let there: Vec<u32> = model.passkeys.keys().copied().collect();
    if chances.below(2 * PASSKEYS as u64) >= there.len() as u64 && chances.below(3) == 0 || there.is_empty() {
        return Step { verb: Verb::Add, passkey: random, number: 0 };
    }
    let passkey = chances.pick(&there);
    let verb = chances.pick(&[Verb::Count, Verb::Count, Verb::Rename, Verb::Delete]);
    Step { verb, passkey, number: random }
}

/// Does it, and says which number came of it.
fn perform(vault: &Vault, step: Step) -> u32 {
    let store = device_bound(vault);
    let credential = made(step.passkey, Held { counter: 1, name: 0 });
    match step.verb {
        Verb::Add => store.add(&credential, &[]).unwrap(),
        Verb::Count => {
            let counted = store.update(&credential.id, &mut |credential| credential.sign_count += 1);
            return counted.unwrap().unwrap().sign_count;
        }
        Verb::Rename => {
            store.update(&credential.id, &mut |credential| rename(credential, step.number)).unwrap().unwrap();
        }
        Verb::Delete => assert!(store.remove(&credential.id).unwrap()),
    }
    step.number
}

/// One write per line, so that a kill never cuts a number in two.
fn say(said: Said) {
    std::io::stdout().write_all(format!("kill: {said}\n").as_bytes()).unwrap();
}
