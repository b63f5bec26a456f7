//! Keys at USB ports: may they be opened, and who else has them open.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::ErrorKind,
    path::Path,
};

use security_key::Medium;

use super::{Files, Finding};

pub(super) fn examine(files: &Files) -> Vec<Finding> {
    let keys: Vec<_> = security_key::found().into_iter().filter(|key| key.medium == Medium::Usb).collect();
    if keys.is_empty() {
        return vec![Finding::note(
            "usb",
            "No security key is plugged into a USB port.",
            &["Where one is, try another port without a hub between, and look whether `lsusb` shows it."],
        )];
    }
    let mut findings = Vec::new();
    for key in keys {
        findings.push(opens(files, &key.name, &key.address));
        findings.extend(holders(files, &key.address).map(|who| held(&key.name, &who)));
    }
    findings
}

fn opens(files: &Files, name: &str, node: &str) -> Finding {
    match File::options().read(true).write(true).open(files.at(node)) {
        Ok(_) => Finding::good("usb", format!("{name} at {node} can be used.")),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let mut fix = vec![
                "sudo cp packaging/70-latchkey.rules /etc/udev/rules.d/",
                "sudo udevadm control --reload && sudo udevadm trigger --sysname-match='hidraw*'",
            ];
            if std::env::var_os("SSH_CONNECTION").is_some() {
                fix.push("Only the person who sits at this computer is given its keys: over SSH use sudo.");
            }
            Finding::trouble("usb", format!("{name} is at {node}, and you may not open it."), &fix)
        }
        Err(error) => Finding::trouble(
            "usb",
            format!("{name} is at {node} and cannot be opened: {error}."),
            &["Unplug the key and plug it in again."],
        ),
    }
}

fn held(name: &str, who: &str) -> Finding {
    Finding::note(
        "holder",
        format!(
            "{who} has {name} open too. One at a time talks to a key: while it does, others hear \"busy\"."
        ),
        &["Where the key seems stuck, close that program."],
    )
}

/// The programs that have a node open, as far as this user may see them: `chromium (process 1234)`.
fn holders(files: &Files, node: &str) -> impl Iterator<Item = String> {
    let own = std::process::id();
    let mut found = BTreeMap::new();
    for process in fs::read_dir(files.at("/proc")).into_iter().flatten().flatten() {
        let Some(id) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if id != own && has_open(&process.path(), Path::new(node)) {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            found.insert(id, name.trim().to_owned());
        }
    }
    found.into_iter().map(|(id, name)| format!("{name} (process {id})"))
}

fn has_open(process: &Path, node: &Path) -> bool {
    let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    descriptors.into_iter().any(|descriptor| fs::read_link(descriptor.path()).is_ok_and(|to| to == node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_file_open_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let files = Files { root: "/".into(), home: None };
        assert_eq!(holders(&files, path).count(), 0, "this process does not count");
        let mut other =
            std::process::Command::new("sleep").arg("60").stdin(File::open(path).unwrap()).spawn().unwrap();
        let told: Vec<_> = holders(&files, path).collect();
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(told, [format!("sleep (process {})", other.id())]);
    }
}
