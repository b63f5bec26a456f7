//! Resident memory of a process that has the vault open and shows a page of it, beside one with fewer passkeys, and
//! beside pykeepass and keepassxc-cli with as many.

use crate::{
    filled::{Filled, first_page, opened},
    peers::Peers,
};
use benches::resident::resident;
use std::{
    env,
    io::{Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
};
use vault::SlotId;

/// A folder and a slot, for the process that only waits.
const FOLDER: &str = "LATCHKEY_BENCH_VAULT";
const SLOT: &str = "LATCHKEY_BENCH_SLOT";

/// Does what the other process is started for, if this is it.
#[expect(clippy::print_stdout, reason = "the parent reads it")]
pub(crate) fn wait_if_started_to() -> bool {
    let (Ok(folder), Ok(slot)) = (env::var(FOLDER), env::var(SLOT)) else { return false };
    let slot: SlotId = slot.parse().expect("a slot");
    let vault = opened(Path::new(&folder), &slot);
    first_page(&vault);
    println!("open");
    std::io::stdin().read_to_end(&mut Vec::new()).expect("a parent");
    true
}

#[expect(clippy::print_stdout, reason = "a report for a person")]
pub(crate) fn report(many: &Filled, some: &Filled, few: &Filled, peers: &mut Peers) {
    let [many, some, few] = [many, some, few].map(of);
    let [python, cli] = [peers.pykeepass_resident(), peers.keepassxc_resident()];
    println!("\n{:<26} {:>9} {:>9}  {:>6}", "resident in kB", "ours", "beside", "ratio");
    let row = |what: &str, ours: u32, beside: u32| {
        println!("{what:<26} {ours:>9} {beside:>9}  {:>6.2}", f64::from(ours) / f64::from(beside));
    };
    row("100,000 beside 1,000", many, some);
    row("1,000 beside 10", some, few);
    row("1,000 beside pykeepass", some, python);
    row("1,000 beside keepassxc-cli", some, cli);
}

/// The resident memory of a process of its own that has this vault open.
fn of(filled: &Filled) -> u32 {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .env(FOLDER, filled.folder())
        .env(SLOT, filled.slot().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program");
    let mut said = [0; 5];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut said).expect("a child that says so");
    let found = resident(child.id(), "VmRSS:");
    end(&mut child);
    found
}

/// Ends a child that waits for the end of its standard input.
pub(crate) fn end(child: &mut Child) {
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.flush();
    }
    child.wait().expect("a child that ends");
}
