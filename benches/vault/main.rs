//! The vault with 10, 1,000 and 100,000 passkeys: beside itself, beside the physical limit, and beside pykeepass and
//! keepassxc-cli with the same 1,000.
//!
//! | Where | What |
//! |---|---|
//! | [`filled`] | a vault with many passkeys, and what is done with it |
//! | [`scale`] | the same with more and with fewer |
//! | [`limits`] | the disk, the cipher and a map |
//! | [`peers`] | pykeepass in its process, keepassxc-cli beside our program |
//! | [`memory`] | what a process keeps |

mod filled;
mod limits;
mod memory;
mod peers;
mod scale;

use benches::pairs::Pairs;
use criterion::Criterion;
use filled::Filled;
use peers::Peers;
use std::{path::Path, time::Duration};

const FEW: u32 = 10;
const SOME: u32 = 1_000;
const MANY: u32 = 100_000;

fn main() {
    if memory::wait_if_started_to() {
        return;
    }
    let mut criterion = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    let pairs = Pairs::default();

    // In memory where the system has such a folder: what is measured is the work, not the disk.
    let shared_memory = Path::new("/dev/shm");
    let folder = if shared_memory.exists() { shared_memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    let [mut many, mut some, mut few] =
        [MANY, SOME, FEW].map(|count| Filled::new(&folder.path().join(count.to_string()), count));
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut on_disk = Filled::new(&disk.path().join("vault"), SOME);
    let mut peers = Peers::new(disk.path(), SOME);

    let mut group = criterion.benchmark_group("vault");
    scale::measure(&pairs, &mut group, "1,000", [&mut some, &mut few], "with 10");
    scale::measure(&pairs, &mut group, "100,000", [&mut many, &mut some], "with 1,000");
    limits::cipher(&pairs, &mut group, &some);
    limits::memory(&pairs, &mut group, &some, SOME);
    group.finish();
    limits::disk(&pairs, &mut on_disk);
    peers.measure(&pairs, &mut on_disk);
    criterion.final_summary();
    pairs.report();
    memory::report(&many, &some, &few, &mut peers);
}
