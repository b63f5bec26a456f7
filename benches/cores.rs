//! Which core a thread runs on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Runs `start` so that the threads which it makes keep to one core, and the caller to another. Whether two
/// threads that talk happen to share a core doubles or halves what a ping takes; this takes the luck out of it.
/// On a single core everybody shares it.
///
/// # Panics
/// Where the system does not let a thread choose.
pub fn apart<T>(start: impl FnOnce() -> T) -> T {
    let allowed = sched_getaffinity(None).expect("the cores of this thread");
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let own = cores.next().expect("a core");
    keep_to(cores.next().unwrap_or(own));
    let started = start();
    keep_to(own);
    started
}

fn keep_to(core: usize) {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).expect("a core of this thread");
}
