//! The child: mixed work until it is killed.

use std::{io::Write, ops::ControlFlow, path::Path};

use authenticator::{Credential, Profile, platform::Store};
use vault::{HmacOutput, Keyring, Restore, SecurityKeySlot, Slot, SlotId, Source, Vault};

use super::{
    Chances,
    model::{Held, IMPORTED, Model, made, rename},
    step::{Said, Step, Verb},
};
use crate::world::{device_bound, passphrase};

/// Around this many passkeys lie in the vault.
const PASSKEYS: u64 = 20;
/// At most so many slots beside those that are always there.
const SLOTS: usize = 3;
/// The slot that parent and child unlock by: it costs nothing.
const DOOR: &str = "door";

/// A vault in `dir`, with a slot to unlock by.
pub(super) fn create(dir: &Path) {
    let (vault, _) = Vault::create(dir, &passphrase(), Keyring::Skip).unwrap();
    vault.add_security_key_slot(DOOR, &security_key(), &output()).unwrap();
}

pub(super) fn unlocked(dir: &Path) -> Vault {
    let vault = Vault::open(dir).unwrap();
    vault.unlock_with_security_key(&slot(&vault, DOOR), &output()).unwrap();
    vault
}

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

fn choose(model: &Model, chances: &mut Chances) -> Step {
    let random = u32::try_from(chances.below(u64::from(IMPORTED))).unwrap();
    let step = |verb, of, number| Step { verb, of, number };
    if chances.below(12) == 0 {
        let slots: Vec<u32> = model.slots.iter().copied().collect();
        if slots.is_empty() || slots.len() < SLOTS && chances.below(2) == 0 {
            return step(Verb::AddSlot, random, 0);
        }
        return step(Verb::RemoveSlot, chances.pick(&slots), 0);
    }
    let passkeys: Vec<(u32, Held)> = model.passkeys.iter().map(|(number, held)| (*number, *held)).collect();
    if passkeys.is_empty() || chances.below(3 * PASSKEYS) >= passkeys.len() as u64 + 2 * PASSKEYS {
        return match chances.below(4) {
            0 => step(Verb::Import, IMPORTED + random, 5),
            _ => step(Verb::Add, random, 0),
        };
    }
    let (number, held) = chances.pick(&passkeys);
    let verb = match (held.deleted, number < IMPORTED) {
        (true, _) => chances.pick(&[Verb::Restore, Verb::Purge]),
        (false, true) => chances.pick(&[Verb::Count, Verb::Count, Verb::Rename, Verb::Delete]),
        (false, false) => chances.pick(&[Verb::Rename, Verb::Delete]),
    };
    step(verb, number, random)
}

/// Does it, and says which number came of it.
fn perform(vault: &Vault, step: Step) -> u32 {
    let credential = made(step.of, Held { counter: 1, name: 0, deleted: false });
    let id = &credential.id;
    let store = if step.of < IMPORTED { device_bound(vault) } else { vault.store(&Profile::synced()) };
    match step.verb {
        Verb::Add => store.add(&credential, &[]).unwrap(),
        Verb::Count => {
            let counted = store.update(id, &mut |credential| credential.sign_count += 1);
            return counted.unwrap().unwrap().sign_count;
        }
        Verb::Rename => {
            store.update(id, &mut |credential| rename(credential, step.number)).unwrap().unwrap();
        }
        Verb::Delete => assert!(vault.delete_passkey(id).unwrap()),
        Verb::Restore => assert!(vault.restore_passkey(id, Restore::IfFree).unwrap()),
        Verb::Purge => assert!(vault.purge_passkey(id).unwrap()),
        Verb::Import => import(vault, step),
        Verb::AddSlot => {
            let label = format!("slot {}", step.of);
            vault.add_security_key_slot(&label, &security_key(), &output()).unwrap();
        }
        Verb::RemoveSlot => {
            let slot = slot(vault, &format!("slot {}", step.of));
            vault.remove_slot(&slot, &mut |_| ControlFlow::Continue(())).unwrap();
        }
    }
    step.number
}

/// Several passkeys from one file, in one transaction.
fn import(vault: &Vault, step: Step) {
    let rows = (step.of..step.of + step.number).map(|number| {
        let credential = made(number, Held { counter: 0, name: 0, deleted: false });
        exchange::Row { place: number.to_string(), passkey: Ok(of_a_file(&credential)), notes: Vec::new() }
    });
    let document = exchange::Document { rows: rows.collect(), left_out: Vec::new() };
    let plan = vault.plan_import(document, Source { name: "cxf", backup_eligible: true }).unwrap();
    assert_eq!(vault.import(&plan).unwrap().added.len(), step.number as usize);
}

fn of_a_file(credential: &Credential) -> exchange::Passkey {
    let package = credential.key.to_pkcs8().unwrap();
    let (id, handle) = (credential.id.clone(), credential.user.id.clone());
    let mut passkey = exchange::Passkey::from_pkcs8(package, id, &*credential.rp.id, handle).unwrap();
    passkey.rp_name.clone_from(&credential.rp.name);
    passkey.user_name.clone_from(&credential.user.name);
    passkey.user_display_name.clone_from(&credential.user.display_name);
    passkey.created_at = Some(credential.created_at);
    passkey.hmac_secret = credential.cred_random.as_ref().map(|seeds| exchange::HmacSecret {
        with_uv: seeds.with_uv.into(),
        without_uv: Some(seeds.without_uv.into()),
    });
    passkey
}

fn slot(vault: &Vault, label: &str) -> SlotId {
    let slots = vault.slots().unwrap();
    slots.iter().find(|slot| slot.kind == Slot::SecurityKey && slot.label == label).unwrap().id
}

fn security_key() -> SecurityKeySlot {
    SecurityKeySlot::new(b"credential of a slot".to_vec(), "latchkey.local").unwrap()
}

fn output() -> HmacOutput {
    HmacOutput::new(&[7; 32]).unwrap()
}

/// One write per line, so that a kill never cuts a number in two.
fn say(said: Said) {
    std::io::stdout().write_all(format!("kill: {said}\n").as_bytes()).unwrap();
}
