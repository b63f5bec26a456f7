//! How much memory a process keeps.

use std::fs;

/// What `/proc` says after `label` of this process, in kB: `VmRSS:` is all of it, `RssAnon:` its own.
///
/// # Panics
/// Where there is no such process, or no such line.
#[must_use]
pub fn resident(process: u32, label: &str) -> u32 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(label));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).expect("kB")
}
