//! The process itself: what other programs of the same user may see of its memory.

use serde::Serialize;
use specta::Type;

/// Set to `1`, it leaves the process open to debuggers and core files, for who works on Latchkey itself.
pub const ALLOW_DEBUGGING: &str = "LATCHKEY_ALLOW_DEBUGGING";

/// How far this process keeps its memory to itself, as the system tells it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProcessProtection {
    /// Whether programs of the same user may read its memory: attach to it, open `/proc/PID/mem`, take a core file
    /// of it. Always `true` where the system knows no such switch (only Linux does).
    pub dumpable: bool,
    /// The most bytes of a core file that a crash leaves; `null` without a limit. Larger ones count as 4 GiB.
    pub core_limit: Option<u32>,
}

impl ProcessProtection {
    /// What is wanted: nobody reads it, and a crash leaves nothing.
    pub fn is_full(self) -> bool {
        !self.dumpable && self.core_limit == Some(0)
    }
}

/// Where the keys of an open vault lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyMemory {
    /// Whether their page stays in memory; else it may be written to the swap space.
    pub locked: bool,
    /// Why it does not.
    pub reason: Option<String>,
}

impl From<::vault::MemoryStatus> for KeyMemory {
    fn from(status: ::vault::MemoryStatus) -> Self {
        match status {
            ::vault::MemoryStatus::Locked => Self { locked: true, reason: None },
            ::vault::MemoryStatus::NotLocked(reason) => Self { locked: false, reason: Some(reason) },
        }
    }
}

/// Closes this process, before it holds any secret: `PR_SET_DUMPABLE` 0 and `RLIMIT_CORE` 0, soft and hard. A system
/// that refuses, or [`ALLOW_DEBUGGING`], leaves it open; the face says so by what is returned.
pub fn protect() -> ProcessProtection {
    if std::env::var_os(ALLOW_DEBUGGING).is_none_or(|value| value != "1") {
        close();
    }
    protection()
}

/// What holds now.
pub fn protection() -> ProcessProtection {
    ProcessProtection { dumpable: dumpable(), core_limit: core_limit() }
}

/// What a face says of a process that is open; `None` where it is not.
pub fn warning(protection: ProcessProtection) -> Option<String> {
    let why = match std::env::var_os(ALLOW_DEBUGGING) {
        Some(value) if value == "1" => format!("{ALLOW_DEBUGGING} is set"),
        _ => "the system does not forbid it".to_owned(),
    };
    // Elsewhere there is nothing to switch, and a warning at every start would teach nobody anything.
    (cfg!(target_os = "linux") && !protection.is_full()).then(|| {
        format!("Other programs of yours can read this process's memory, and a crash may leave it in a file: {why}.")
    })
}

#[cfg(target_os = "linux")]
fn close() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    // What the system refuses, `protection` tells.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    close_core();
}

#[cfg(all(unix, not(target_os = "linux")))]
fn close() {
    close_core();
}

#[cfg(not(unix))]
fn close() {}

/// Besides, because a change of credentials or a started program sets the flag anew (prctl(2)); the limit stays.
#[cfg(unix)]
fn close_core() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(target_os = "linux")]
fn dumpable() -> bool {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    dumpable_behavior() != Ok(DumpableBehavior::NotDumpable)
}

#[cfg(not(target_os = "linux"))]
fn dumpable() -> bool {
    true
}

#[cfg(unix)]
fn core_limit() -> Option<u32> {
    use rustix::process::{Resource, getrlimit};

    getrlimit(Resource::Core).current.map(|bytes| u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[cfg(not(unix))]
fn core_limit() -> Option<u32> {
    None
}
