//! Which programs use readers. PC/SC says that a card is taken, not by whom.

/// The names of this user's other programs that have opened the PC/SC library; none where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn with_readers() -> Vec<String> {
    use std::fs;

    let this = std::process::id().to_string();
    let mut names: Vec<String> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .map(|process| process.path())
        .filter(|process| process.file_name().is_some_and(|name| name != this.as_str()))
        .filter(|process| {
            fs::read_to_string(process.join("maps")).is_ok_and(|maps| maps.contains("/libpcsclite.so"))
        })
        .filter_map(|process| fs::read_to_string(process.join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The names of this user's other programs that have opened the PC/SC library; none where the system does not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn with_readers() -> Vec<String> {
    Vec::new()
}
